"""The catalyst screener: which small caps moved on news, why, and what is the catch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def load() -> Language:
    """The classifier as a spaCy pipeline: ``load()(text)`` gives a ``Doc`` whose first line is read as the headline.

    ``doc.cats`` holds a calibrated chance for each catalyst type and noise class, ``doc.spans["sc"]`` the words that
    speak for those held, as displaCy draws them (``displacy.serve(doc, style="span")``). Raises ModelError and YamlError
    for damaged files.
    """
    # Only whoever classifies waits for spaCy.
    from screener import config
    from screener.classify.judge import build

    return build([config.built_in("rules") / "catalysts"], config.built_in("data") / "model")
