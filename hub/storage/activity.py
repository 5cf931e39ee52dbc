"""Counts of messages by hour and by channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from asyncpg import Record

from hub.model import PropertyScope, State
from hub.storage.database import Store, load
from hub.storage.filters import listed

_LOADED = load("activity")
_SQL = {name: text.replace("{building}", _LOADED["building"]) for name, text in _LOADED.items()}
_STATES: Final = [str(state) for state in State]


_LETTER: Final = ("print", State.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfMessages:
    """The number of messages planned in an hour that are in one state now; `hour` is its begin."""

    hour: datetime
    state: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOfMessages:
    """The number of messages of a channel that are in one state now."""

    channel: str
    state: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPeople:
    """
    The number of people whose messages wait, and of their copropiedades; `bounded`: there are more.

    `building` is the name of their copropiedad, if it is one.
    """

    people: int = 0
    copropiedades: int = 0
    bounded: bool = False
    building: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueWork:
    """Broken promises that still run: since when the oldest is, and of how many copropiedades they are."""

    since: datetime | None = None
    copropiedades: int = 0
    building: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEvents:
    """Rejected events that nobody has settled: since when the oldest waits, and who sent most of them."""

    since: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMessages:
    """The number of messages that providers have accepted in the last hour, and in its last minutes."""

    hour: int = 0
    lately: int = 0


Counted = TypeVar("Counted", HourOfMessages, ChannelOfMessages)


class PostgresActivity(Store):
    """Counts of messages planned since an instant, by hour and channel; `places` narrows them."""

    async def hours(self, since: datetime, *, places: PropertyScope = None) -> Sequence[HourOfMessages]:
        late = Counter(
            at.replace(minute=0, second=0, microsecond=0) for at in await self._letters(since, places)
        )
        found = [HourOfMessages(**row) for row in await self._counted("hours", since, places)]
        return [_less(of, late[of.hour]) if of.state == State.SENT else of for of in found]

    async def channels(self, since: datetime, *, places: PropertyScope = None) -> Sequence[ChannelOfMessages]:
        late = len(await self._letters(since, places))
        found = [ChannelOfMessages(**row) for row in await self._counted("channels", since, places)]
        return [_less(of, late) if (of.channel, of.state) == _LETTER else of for of in found]

    async def waiting(self, channel: str, *, places: PropertyScope = None) -> AffectedPeople:
        """Count the people for whom a channel has a message that should leave, among its first 10,000."""
        [row] = await self.rows(_SQL["waiting"], channel, listed(places))
        return AffectedPeople(**row)

    async def overdue(self, *, places: PropertyScope = None) -> OverdueWork:
        """Return whom broken promises concern."""
        [row] = await self.rows(_SQL["overdue"], listed(places))
        return OverdueWork(**row)

    async def refused(self) -> RejectedEvents:
        """Return whose events nobody was notified of."""
        [row] = await self.rows(_SQL["refused"])
        return RejectedEvents(**row)

    async def accepted(
        self, hour: datetime, lately: datetime, *, places: PropertyScope = None
    ) -> AcceptedMessages:
        """Count the messages that providers have accepted since the one instant, and since the later one."""
        there = () if places is None else (listed(places),)
        statement = _SQL["accepted"].format(there=_SQL["accepted_there"] if there else "")
        [row] = await self.rows(statement, hour, lately, *there)
        letters = await self._letters(hour, places)
        return AcceptedMessages(
            hour=max(0, row["hour"] - len(letters)),
            lately=max(0, row["lately"] - sum(at >= lately for at in letters)),
        )

    async def _letters(self, since: datetime, places: PropertyScope) -> Sequence[datetime]:
        """Return when the letters were made that still lie in the office: they have not left."""
        return [row["at"] for row in await self.rows(_SQL["letters"], since, listed(places))]

    async def _counted(self, name: str, since: datetime, places: PropertyScope) -> Sequence[Record]:
        there = () if places is None else (listed(places),)
        narrowed = "AND copropiedad_id = ANY ($3::text[])" if there else ""
        return await self.rows(_SQL[name].format(there=narrowed), since, _STATES, *there)


def _less(counted: Counted, letters: int) -> Counted:
    return replace(counted, messages=max(0, counted.messages - letters))
