"""Activity of the hub, by hour and by channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
