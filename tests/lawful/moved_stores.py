"""The stores of a hub whose clock is moved: the driver's view of them, and those in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Protocol

from hub.ports import DeliveryStore, IntakeStore, PreferenceStore, TimerStore, UnsubscribeStore
from hub.ports.replies import ReplyStore
from hub.storage import PostgresErasures, PostgresNoticeDigests
from hub.testing import (
    MemoryExclusions,
    MemoryPreferences,
    MemoryStore,
    SettableClock,
)
from tests.lawful.telling import Register

_NEEDED: Final = ("transaction", "claim", "release", "release_due", "clocks_by_id")
"""Statements without which nothing goes on: an outage of the database."""


class MovedStores(Protocol):
    """The stores of a hub, with a clock that is moved."""

    @property
    def intake(self) -> IntakeStore: ...
    @property
    def delivery(self) -> DeliveryStore: ...
    @property
    def timers(self) -> TimerStore: ...
    @property
    def preferences(self) -> PreferenceStore: ...
    @property
    def replies(self) -> ReplyStore: ...
    @property
    def unsubscribes(self) -> UnsubscribeStore: ...
    @property
    def digests(self) -> PostgresNoticeDigests: ...
    @property
    def erasures(self) -> PostgresErasures: ...
    @property
    def register(self) -> Register: ...

    async def move(self, to: datetime) -> None:
        """Let the store's clock show this instant."""

    def be_away(self, error: Exception | None) -> None:
        """Raise this from now on, as in an outage; None ends it."""


class InMemory:
    """The stores in memory, which read the clock of the hub."""

    def __init__(self, clock: SettableClock) -> None:
        self.intake = self.delivery = self.timers = MemoryStore(clock)
        self.replies = self.unsubscribes = self.intake
        self.preferences = MemoryPreferences(self.intake)
        self.register = MemoryExclusions()
        self.digests: Any = None
        self.erasures: Any = None
        """Only the weeks in PostgreSQL make digests and erase people."""

    async def move(self, to: datetime) -> None:
        """Do nothing: they share the clock."""

    def be_away(self, error: Exception | None) -> None:
        for statement in _NEEDED:
            self.intake.faults.always(statement, error)
