"""Invented documents and entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from screener.dilution.records import Document, Entry, Kind, Status


def moment(day: str) -> dt.datetime:
    """Noon in New York in winter, as aware UTC."""
    return dt.datetime.fromisoformat(f"{day}T17:00:00+00:00")


def made(kind: Kind, told: str, status: Status = "announced", *, number: int = 1, **fields: Any) -> Entry:
    """An entry of a document of its own, public on a day."""
    document = fields.pop("document", f"{kind}-{told}")
    return Entry(id=f"{document}#{number}", kind=kind, status=status, form=fields.pop("form", "8-K"), document=document,
                 published=moment(told), received=moment(told), **fields)  # fmt: skip


Filing = Callable[..., Document]


@pytest.fixture
def filing() -> Filing:
    def build(form: str, text: str, **fields: Any) -> Document:
        return Document(id="0009999999-27-000001", form=form, text=text, received=moment("2027-03-01"),
                        published=moment("2027-03-01"), **fields)  # fmt: skip

    return build
