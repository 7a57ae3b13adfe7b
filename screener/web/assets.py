"""Style, script and icon, served from the package."""

from __future__ import annotations

from screener.web.site import HERE, Answer, PageView, finished

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def file(view: PageView) -> Answer:
    """One of the package's own files; their addresses carry a tag of their content, so browsers keep them."""
    path = HERE / "assets" / view.names["file"]
    if path.suffix not in _KINDS or not path.is_file():
        raise LookupError(f"There is no file {view.names['file']}.")
    return finished(path.read_bytes(), _KINDS[path.suffix], cache_control="public, max-age=31536000, immutable")


def stamp(view: PageView) -> object:
    """Never changes while the server runs."""
    return view.site.assets_tag
