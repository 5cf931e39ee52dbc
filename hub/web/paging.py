"""
Pages of lists that are read whole: keys, accounts, webhooks, pauses.

Operators make these rows one by one, so they fit into memory; the pages are for the answer, which must be
bounded, and go by key: what is added or removed between two pages moves no other row.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import msgspec

from hub.model import Json
from hub.model.pages import PageQuery
from hub.ports import Page
from hub.web.responses import Refusal
from hub.web.schemas.common import ListQuery

_NOT_OURS: Final = "The cursor is not one that a list has given."

Row = TypeVar("Row")
Key = tuple[str, ...]


def page_by(
    rows: Iterable[Row],
    query: ListQuery | PageQuery,
    *,
    key: Callable[[Row], Key],
    newest_first: bool = False,
) -> Page:
    """Return the page after the cursor; `key` is the order, and no two rows have the same."""
    ordered = sorted(rows, key=key, reverse=newest_first)
    after = None if query.after is None else _decoded(query.after)
    if after is not None:
        ordered = [row for row in ordered if (key(row) < after if newest_first else key(row) > after)]
    shown: Sequence[Json] = ordered[: query.limit]
    more = len(ordered) > query.limit
    return Page(items=shown, next=_encoded(key(ordered[query.limit - 1])) if more else None)


def _encoded(key: Key) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _decoded(cursor: str) -> Key:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[str, ...])
    except (binascii.Error, ValueError):
        hint = "Take `next` of the page before, or leave `after` out."
        errors = [{"detail": _NOT_OURS, "parameter": "after"}]
        raise Refusal(400, _NOT_OURS, hint, errors=errors) from None
