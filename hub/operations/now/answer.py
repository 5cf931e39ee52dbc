"""The first page as an answer: the sentence, the work that waits, and the last day by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, convert
from msgspec.structs import asdict

from hub.model import Instant
from hub.operations.incidents import IncidentRow
from hub.operations.now.headline import Headline, headline, matters
from hub.operations.now.matter import Urgency
from hub.operations.now.rank import Rank
from hub.operations.now.situation import Situation
from hub.storage.activity import AcceptedMessages


class NowMatter(Struct, kw_only=True):
    """A line: work that waits for somebody."""

    text: str
    path: Annotated[str, Meta(description="The page of the console that has the rows.")]
    urgency: Urgency
    rank: Annotated[Rank, Meta(description="The harm that it does; nothing lower stands above it.")]
    affected: Annotated[str, Meta(description="Whom it touches; may be empty.")]
    to_do: Annotated[str, Meta(description="What to do; empty where `path` is enough.")]
    since: Annotated[Instant | None, Meta(description="Since when, where that is known.")]


class NowHour(Struct, kw_only=True):
    """The outcome of the messages that were planned in one hour."""

    hour: Annotated[Instant, Meta(description="Its begin.")]
    left: int
    lost: int
    ahead: int
    spared: Annotated[int, Meta(description="Were not to be sent, or had no need to any more.")]


class NowChannel(Struct, kw_only=True):
    """The outcome of the messages that were planned for one channel since `since`."""

    channel: str
    left: int
    lost: int
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    hours: Sequence[NowHour]
    """24 of them, the oldest first."""
    channels: Mapping[str, NowChannel]
    since: datetime
    """Begin of the channels' counts: an hour ago, to the minute, as the list of the rows has it."""
    accepted: AcceptedMessages = field(default_factory=AcceptedMessages)
    """Messages that providers have accepted in the last hour and in ten minutes, planned at any time."""


class NowAnswer(Headline, kw_only=True):
    """The state of the hub; its texts are Spanish, for operators. Each number counts the list of its name."""

    matters: Annotated[list[NowMatter], Meta(description="What waits for somebody, the worst first.")]
    incidents: Annotated[list[IncidentRow], Meta(description="The open ones.")]
    hours: Annotated[list[NowHour], Meta(description="The last 24, the oldest first.")]
    since: Annotated[Instant, Meta(description="From when on the channels are counted: an hour ago.")]
    channels: list[NowChannel]


def answer_of(activity: Activity, situation: Situation) -> NowAnswer:
    return NowAnswer(
        **asdict(headline(situation)),
        matters=[convert(matter, NowMatter, from_attributes=True) for matter in matters(situation)],
        incidents=list(situation.incidents),
        hours=list(activity.hours),
        since=activity.since,
        channels=[of for _, of in sorted(activity.channels.items())],
    )
