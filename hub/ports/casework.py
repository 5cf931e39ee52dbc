"""Casework: the list of cases, and the staff who have a case or a reply."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import PropertyScope
from hub.model.casework import CaseKind, FoundCase, ReplyState, ReplyView
from hub.model.pages import Rows


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


class CaseworkStore(Protocol):
    async def cases(self, asked: CaseFilter, *, after: str | None, limit: int) -> Rows[FoundCase]:
        """List cases, that of the newest event first. Raises StorageRefused for a foreign cursor."""

    async def case_mark(self, case: str) -> object:
        """Return a value that differs once anything of the case has changed."""

    async def assignee(self, case: str) -> str | None:
        """Return the assignee of the case."""

    async def assign_case(self, case: str, assignee: str | None, *, by: str) -> None:
        """Give the case to somebody; None: to nobody."""

    async def joined(self, case: str) -> Mapping[str, bool]:
        """Return the cases that go on in the thread of this one → whether it was open when it was joined."""

    async def started_by(self, event_key: UUID | None) -> str | None:
        """Return the type of an event."""

    async def read_reply(self, reply_id: UUID, *, by: str) -> None:
        """Store that somebody has read a reply; the first one counts."""

    async def assign_reply(self, reply_id: UUID, assignee: str | None, *, by: str) -> None:
        """Give a reply to somebody; None: to nobody."""

    async def settle_reply(self, reply_id: UUID, state: ReplyState, *, by: str) -> None:
        """Say that a reply is answered or needs no answer; `open` takes that back."""

    async def settle_thread(self, case: str, *, by: str, kinds: Collection[str]) -> int:
        """Say that all open replies of these kinds are answered in this case; return how many."""
