"""Pages of lists that are read whole: keys, accounts, webhooks. Operators make these rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hub.model import Json
from hub.model.pages import Key, ListQuery, PageQuery, T, cut
from hub.ports import Page


def page_by(
    rows: Iterable[T], query: ListQuery | PageQuery, *, key: Callable[[T], Key], newest_first: bool = False
) -> Page:
    """Return the page after the cursor, as `hub.model.pages.cut` makes it."""
    items, following = cut(rows, query, key, newest_first=newest_first)
    shown: Sequence[Json] = items
    return Page(items=shown, next=following)
