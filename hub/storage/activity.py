"""Counts of messages by hour and by channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record

from hub.model import PropertyScope, State
from hub.ports.activity import (
    AcceptedMessages,
    AffectedPeople,
    ChannelOfMessages,
    HourOfMessages,
    OverdueWork,
    RejectedEvents,
)
from hub.storage.database import Store, load
from hub.storage.filters import listed

_LOADED = load("activity")
_SQL = {name: text.replace("{building}", _LOADED["building"]) for name, text in _LOADED.items()}
_STATES: Final = [str(state) for state in State]


class PostgresActivity(Store):
    """The ActivityStore."""

    async def hours(self, since: datetime, *, places: PropertyScope = None) -> Sequence[HourOfMessages]:
        return [HourOfMessages(**row) for row in await self._counted("hours", since, places)]

    async def channels(self, since: datetime, *, places: PropertyScope = None) -> Sequence[ChannelOfMessages]:
        return [ChannelOfMessages(**row) for row in await self._counted("channels", since, places)]

    async def waiting(self, channel: str, *, places: PropertyScope = None) -> AffectedPeople:
        [row] = await self.rows(_SQL["waiting"], channel, listed(places))
        return AffectedPeople(**row)

    async def overdue(self, *, places: PropertyScope = None) -> OverdueWork:
        [row] = await self.rows(_SQL["overdue"], listed(places))
        return OverdueWork(**row)

    async def refused(self) -> RejectedEvents:
        [row] = await self.rows(_SQL["refused"])
        return RejectedEvents(**row)

    async def accepted(
        self, hour: datetime, lately: datetime, *, places: PropertyScope = None
    ) -> AcceptedMessages:
        there = () if places is None else (listed(places),)
        statement = _SQL["accepted"].format(there=_SQL["accepted_there"] if there else "")
        [row] = await self.rows(statement, hour, lately, *there)
        return AcceptedMessages(**row)

    async def _counted(self, name: str, since: datetime, places: PropertyScope) -> Sequence[Record]:
        there = () if places is None else (listed(places),)
        narrowed = "AND copropiedad_id = ANY ($3::text[])" if there else ""
        return await self.rows(_SQL[name].format(there=narrowed), since, _STATES, *there)
