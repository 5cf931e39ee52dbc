"""How much the hub does, by hour and by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import PropertyScope


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfMessages:
    """How many messages of an hour, by their planning, are in one state now; `hour` is its begin."""

    hour: datetime
    state: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOfMessages:
    """How many messages of a channel are in one state now."""

    channel: str
    state: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPeople:
    """Whose messages wait, and in how many copropiedades; `bounded`: there are more."""

    people: int = 0
    copropiedades: int = 0
    bounded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMessages:
    """How many messages providers have accepted in the last hour, and in its last minutes."""

    hour: int = 0
    lately: int = 0


class ActivityStore(Protocol):
    """Counts, with `places` only of these copropiedades; by hour and channel of what was planned since."""

    async def hours(self, since: datetime, *, places: PropertyScope = None) -> Sequence[HourOfMessages]: ...

    async def channels(
        self, since: datetime, *, places: PropertyScope = None
    ) -> Sequence[ChannelOfMessages]: ...

    async def waiting(self, channel: str, *, places: PropertyScope = None) -> AffectedPeople:
        """Count for whom a channel has something that should leave, among the first 10,000 messages of it."""

    async def accepted(
        self, hour: datetime, lately: datetime, *, places: PropertyScope = None
    ) -> AcceptedMessages:
        """Count what providers have accepted since the one instant, and since the other, later one."""
