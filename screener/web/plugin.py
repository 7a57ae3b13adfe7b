"""The Datasette plug-in: the routes of the page. It does nothing in a Datasette without a ``site``."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import msgspec
from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from screener import clock
from screener.errors import ScreenerError, StoreError
from screener.web import (
    api,
    assets,
    calendar,
    catalysts,
    desk,
    feeds,
    live,
    marking,
    rules,
    search,
    story,
    stream,
    syndication,
    ticker,
    today,
)
from screener.web.guard import Receive, Send
from screener.web.query import BadQuery
from screener.web.site import DATABASE, Answer, Page, PageView, Stamp, finished

_TICKER = r"/ticker/(?P<ticker>[^/]{1,60})"
_TYPE = r"/catalysts/(?P<type>[a-z0-9_]{1,60})"
ROUTES: tuple[tuple[str, Page, Stamp | None], ...] = (
    (r"/$", today.page, today.stamp),
    (r"/list\.(?P<kind>csv|tsv|json)$", today.as_file, None),
    (_TICKER + "$", ticker.page, ticker.stamp),
    (_TICKER + "/rules$", ticker.rules_page, None),
    (_TICKER + r"/feed\.(?P<kind>atom|json)$", syndication.of_ticker, None),
    (r"/story/(?P<story>[^/]{1,200})$", story.page, None),
    (r"/catalysts$", catalysts.page, None),
    (_TYPE + "$", catalysts.type_page, None),
    (_TYPE + r"/feed\.(?P<kind>atom|json)$", syndication.of_type, None),
    (r"/stream$", stream.page, None),
    (r"/desk$", desk.page, None),
    (r"/desk/outcomes$", desk.outcomes_page, None),
    (r"/desk/movers$", desk.movers_page, None),
    (r"/desk/brief$", desk.brief_page, None),
    (r"/calendar$", calendar.page, None),
    (r"/feeds$", feeds.page, None),
    (r"/rules$", rules.page, None),
    (r"/rules/(?P<rule>[a-z0-9_]{1,80})$", rules.rule_page, None),
    (r"/search$", search.page, None),
    (r"/feed\.(?P<kind>atom|json)$", syndication.of_today, None),
    (r"/-/screener/(?P<file>[a-z.]{1,30})$", assets.file, assets.stamp),
    *((rf"/api/{path}$", function, None) for path, function in api.PATHS),
)
_NO_ROUTES: list[tuple[str, object]] = []


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: object) -> list[tuple[str, object]]:
    """The routes of the page, before Datasette's own."""
    if getattr(datasette, "site", None) is None:
        return _NO_ROUTES
    own: list[tuple[str, object]] = [(p, _route(make, stamp)) for p, make, stamp in ROUTES]
    return [
        *own,
        (r"/events$", live.events),
        (marking.PATH + "$", _mark),
        (r"/openapi\.json$", _openapi),
        (r"/(?!data(?:[/.?]|$)|-/|favicon\.ico$).*$", _no_such_path),
    ]


@hookimpl  # type: ignore[untyped-decorator]
def menu_links(datasette: object) -> list[dict[str, str]]:
    """The way back from Datasette's pages."""
    return [{"href": "/", "label": "Today's list"}] if getattr(datasette, "site", None) else []


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls(datasette: Any) -> list[str]:
    """The page's colours on Datasette's own pages."""
    site = getattr(datasette, "site", None)
    return [f"/-/screener/tables.css?{site.assets_tag}"] if site is not None else []


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(datasette: object, request: Request, exception: Exception) -> Response | None:
    """A query that takes too much is the reader's to mend: 400, where Datasette would answer 500."""
    if getattr(datasette, "site", None) is None or not isinstance(exception, QueryInterrupted | sqlite3.DatabaseError):
        return None
    said = "the query takes too long" if isinstance(exception, QueryInterrupted) else str(exception)
    if request.path.partition("?")[0].endswith((".json", ".csv")):
        return Response.json({"ok": False, "error": said, "status": 400}, status=400)
    return respond(failed(request, 400, said), request)


@hookimpl  # type: ignore[untyped-decorator]
def skip_csrf(datasette: object, scope: dict[str, object]) -> bool | None:
    """The page's own token is checked for its own path; Datasette's cookie has no part in it."""
    return True if getattr(datasette, "site", None) is not None and scope.get("path") == marking.PATH else None


async def _mark(datasette: Any, request: Request, receive: Receive) -> Response:
    """Store one of the user's marks or views; the guard has seen to who asks."""
    if request.method != "POST":
        return respond(failed(request, 404, "Marks and views are sent by the forms of the pages."), request)
    site = datasette.site
    try:
        sent = await marking.body(receive)
        answer = await asyncio.get_running_loop().run_in_executor(None, marking.store_sent, site, sent)
    except BadQuery as e:
        answer = failed(request, 400, str(e))
    except marking.MarkRefused as e:
        answer = failed(request, 403, str(e))
    except StoreError as e:  # a long writer, a full disk: what was sent can be sent again
        answer = failed(request, 503, str(e))
    except ScreenerError as e:
        answer = failed(request, 500, str(e))
    site.forget()
    return respond(answer, request)


async def _openapi(datasette: object, request: Request) -> Response:
    return respond(finished(api.description(), "application/json"), request)


async def _no_such_path(datasette: object, request: Request) -> Response:
    return respond(
        failed(
            request, 404, "There is no such page; those of the menu are all, and /openapi.json lists the JSON paths."
        ),
        request,
    )


def _route(make: Page, stamp: Stamp | None) -> Callable[..., Any]:
    async def view(datasette: Any, request: Request) -> Response:
        site = datasette.site
        if site.replaced:
            return respond(
                failed(request, 503, "The database file was replaced: start `screener serve` again."), request
            )
        args = {k: request.args.getlist(k) for k in request.args}
        names = {k: unquote(v) for k, v in request.url_vars.items()}
        origin = f"{request.scheme}://{request.host}"
        key = (request.path, request.query_string, origin if make in syndication.PAGES else "")
        run = datasette.get_database(DATABASE).execute_fn

        def bound(db: sqlite3.Connection) -> PageView:
            return PageView(site, db, args, names, clock.now(), origin)

        try:
            answer = await site.answer(key, run, make, stamp, bound)
        except BadQuery as e:
            answer = failed(request, 400, str(e))
        except LookupError as e:
            answer = failed(request, 404, str(e.args[0] if e.args else e))
        except sqlite3.OperationalError as e:
            answer = failed(request, 503, f"The database did not answer ({e}); try again in a moment.")
        except ScreenerError as e:
            answer = failed(request, 500, str(e))
        return respond(answer, request)

    return view


_TITLES = {400: "This address cannot be read", 403: "Not taken", 404: "Not here", 500: "That failed", 503: "Busy"}


def failed(request: Request, status: int, message: str) -> Answer:
    """An error as a page, or as JSON below /api."""
    if request.path.startswith("/api/"):
        return finished(msgspec.json.encode({"error": message}), "application/json", status)
    site = request.scope["screener.site"]
    text = site.templates.get_template("error.html").render(
        now=clock.now(), title=_TITLES.get(status, "Error"), message=message, nav=""
    )
    return finished(text, status=status)


def respond(answer: Answer, request: Request) -> Response:
    """The response with what caching and compression need."""
    headers = {"cache-control": "private, no-cache", "vary": "Accept-Encoding", **answer.headers}
    if answer.etag:
        headers["etag"] = answer.etag
        if answer.etag in map(str.strip, request.headers.get("if-none-match", "").split(",")):
            return Raw(b"", 304, headers, answer.kind)
    body = answer.body
    if answer.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body = answer.packed
        headers["content-encoding"] = "gzip"
    if request.method == "HEAD":
        body = b""
    return Raw(body, answer.status, headers, answer.kind)


class Raw(Response):  # type: ignore[misc]
    """A response whose body is bytes already."""

    async def asgi_send(self, send: Send) -> None:
        """Send it in one piece."""
        pairs = [(k.encode("latin-1"), str(v).encode("latin-1")) for k, v in self.headers.items()]
        pairs.append((b"content-type", self.content_type.encode("latin-1")))
        if self.body or self.status not in (304,):
            pairs.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        await send({"type": "http.response.body", "body": self.body})
