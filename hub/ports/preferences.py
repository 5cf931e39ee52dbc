"""People's wishes about messages, and staff's marks "do not contact"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.model import MarkEntry, MarkReason, PreferenceEntry, PropertyScope, RefusedEvents


class PreferenceStore(Protocol):
    """Each change of preferences is kept; a mark is kept after its end."""

    async def latest(self, person: str) -> PreferenceEntry | None:
        """Return the preferences in force; None if the person has never set any."""

    async def history(self, person: str, *, limit: int) -> Sequence[PreferenceEntry]:
        """Return the newest changes, newest first."""

    async def keep(self, entry: PreferenceEntry) -> bool:
        """Keep a change; False if its version is taken. Notices that wait for a digest are judged anew."""

    async def marks(self, person: str) -> Sequence[MarkEntry]:
        """Return all marks of a person, newest first, also those that have ended."""

    async def stopped(
        self, person: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[RefusedEvents]:
        """Return the events that were not sent to the person because of a mark, newest first."""

    async def mark(self, entry: MarkEntry) -> None:
        """Keep a mark, and cancel the letters that it stops and that are not posted yet; safe to repeat."""

    async def end_marks(self, person: str, reason: MarkReason | None, *, at: datetime, by: str) -> int:
        """End the marks in force, of one reason or all; return how many."""
