"""Finding things by what somebody typed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import PropertyScope


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A person of the directory. `roles` are some of those that last: role, unit or nothing, copropiedad."""

    ref: str
    name: str
    roles: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """A unit, or a copropiedad, whose `copropiedad` is itself. `address` is that of a copropiedad."""

    id: str
    name: str
    copropiedad: str
    tower: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvent:
    """An event. `words` are the field of its data that its subjects begin with, where it has one."""

    key: UUID
    id: str
    type: str
    time: datetime
    case: str | None
    copropiedad: str | None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMessage:
    id: UUID
    event_key: UUID
    event: str
    person: str
    channel: str
    state: str
    created_at: datetime
    copropiedad: str | None


class SearchStore(Protocol):
    """
    Reads only, and never more than `limit` rows, the best first.

    `words` are lower case without accents; each begins a word of what is found. With `places`, what belongs
    to none of them is not found; a person belongs where a membership of theirs lasts.
    """

    async def people_called(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPerson]:
        """Find people by all words of a name, in any order; where these are few, also with typing errors."""

    async def people_at(
        self, part: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPerson]:
        """Find people by a part of an e-mail address or a telephone number."""

    async def people(self, refs: Collection[str], *, places: PropertyScope = None) -> Sequence[FoundPerson]:
        """Return these people."""

    async def units(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPlace]:
        """Find units by id, tower and label."""

    async def copropiedades(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPlace]:
        """Find copropiedades by id, name and address."""

    async def places(self, ids: Collection[str], *, places: PropertyScope = None) -> Sequence[FoundPlace]:
        """Return the units and copropiedades with these ids."""

    async def events(
        self, words: Collection[str], keys: Collection[UUID], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundEvent]:
        """Find events by the publisher's id or by key, newest first."""

    async def events_about(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundEvent]:
        """Find events by words of what their subjects are made of, newest first."""

    async def messages(
        self, ids: Collection[UUID], *, places: PropertyScope = None
    ) -> Sequence[FoundMessage]:
        """Return these messages."""

    async def messages_of(
        self, events: Collection[UUID], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundMessage]:
        """Return some messages of each of these events, in the order of the events."""
