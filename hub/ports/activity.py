"""Activity of the hub, by hour and by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import PropertyScope


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


class ActivityStore(Protocol):
    """Counts of messages planned since an instant, by hour and channel; `places` narrows them."""

    async def hours(self, since: datetime, *, places: PropertyScope = None) -> Sequence[HourOfMessages]: ...

    async def channels(
        self, since: datetime, *, places: PropertyScope = None
    ) -> Sequence[ChannelOfMessages]: ...

    async def waiting(self, channel: str, *, places: PropertyScope = None) -> AffectedPeople:
        """Count the people for whom a channel has a message that should leave, among its first 10,000."""

    async def overdue(self, *, places: PropertyScope = None) -> OverdueWork:
        """Return whom broken promises concern."""

    async def refused(self) -> RejectedEvents:
        """Return whose events nobody was notified of."""

    async def accepted(
        self, hour: datetime, lately: datetime, *, places: PropertyScope = None
    ) -> AcceptedMessages:
        """Count the messages that providers have accepted since the one instant, and since the later one."""
