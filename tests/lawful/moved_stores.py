"""The stores of a hub whose clock is moved: the driver's view of them, and those in memory."""

from datetime import datetime
from typing import Any, Final, Protocol

from hub.model import Mark, MarkEntry, PreferenceEntry
from hub.ports import DeliveryStore, IntakeStore, TimerStore, UnsubscribeStore
from hub.ports.replies import ReplyStore
from hub.storage import PostgresErasures, PostgresNoticeDigests, PostgresPreferences
from hub.testing import (
    MemoryExclusions,
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
    def preferences(self) -> PostgresPreferences: ...
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


class Wishes:
    """The wishes and marks of people, as the directory in memory shows them to a claim."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._latest: dict[str, PreferenceEntry] = {}

    async def latest(self, person: str) -> PreferenceEntry | None:
        return self._latest.get(person)

    async def keep(self, entry: PreferenceEntry) -> bool:
        self._latest[entry.person] = entry
        directory = self._store.tables.directory
        directory.preferences = {**directory.preferences, entry.person: entry.wishes}
        return True

    async def mark(self, entry: MarkEntry) -> None:
        """Show the oldest mark of a person, which counts."""
        mark = Mark(reason=entry.reason, since=entry.since, until=entry.until)
        directory = self._store.tables.directory
        directory.marks = {entry.person: mark, **directory.marks}


class InMemory:
    """The stores in memory, which read the clock of the hub."""

    def __init__(self, clock: SettableClock) -> None:
        self.intake = self.delivery = self.timers = MemoryStore(clock)
        self.replies = self.unsubscribes = self.intake
        self.preferences: Any = Wishes(self.intake)
        self.register = MemoryExclusions()
        self.digests: Any = None
        self.erasures: Any = None
        """Only the weeks in PostgreSQL make digests and erase people."""

    async def move(self, to: datetime) -> None:
        """Do nothing: they share the clock."""

    def be_away(self, error: Exception | None) -> None:
        for statement in _NEEDED:
            self.intake.faults.always(statement, error)
