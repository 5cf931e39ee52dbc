"""Filters of cases and of replies, as lists of staff ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model import PropertyScope
from hub.model.casework import CaseKind, ReplyView


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """
    A filter of cases; None does not filter.

    A case is open while a promise of it runs. `since` and `until` bound its last entry.
    """

    is_open: bool | None = None
    kind: CaseKind | None = None
    assignee: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    places: PropertyScope = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFilter:
    """A filter of replies; None does not filter. `who` is whose replies the view `mine` shows."""

    kind: str | None = None
    view: ReplyView | None = None
    who: str = ""
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    places: PropertyScope = None
