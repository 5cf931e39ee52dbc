"""The stored state of a case's replay, so that the next event costs the same however long the case is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Position = tuple[datetime, bool, datetime, str, str]
"""Where an event stands in its case: instant, whether it is the hub's own, its own time, id, source."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An event that stopped a clock, or would have."""

    id: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """
    The result of a replay up to the event at `until`; the clocks themselves are stored as clocks.

    `running` and `ended` are, by clock name, the clock that runs and the last one that ended. `answers` and
    `lost` are those of the last clock of a name that can be reopened. `missing` are the ids of events that
    the hub's own events are about and that have not arrived. `reminders_end` is the instant up to which the
    events of the case send no more reminders, `collection_end` the one up to which they send no more
    collection; before `messages_end` they send nothing more at all. `collected` is when the last of them has
    asked for money. `version` names the catalogue and the policy of the replay.
    """

    version: str
    until: Position | None = None
    running: Mapping[str, UUID] = field(default_factory=dict)
    ended: Mapping[str, UUID] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    reminders_end: datetime | None = None
    collection_end: datetime | None = None
    collected: datetime | None = None
    messages_end: datetime | None = None

    @property
    def clocks(self) -> set[UUID]:
        """The clocks that a later event may still change."""
        return {*self.running.values(), *self.ended.values()}

    @property
    def collects(self) -> bool:
        """Whether collection may still be on its way: nothing has ended it."""
        if self.collected is None:
            return False
        return self.collection_end is None or self.collection_end < self.collected
