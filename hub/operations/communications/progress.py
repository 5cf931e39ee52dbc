"""Progress of a communication: what became of its people and messages, counted from the rows at each look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, structs

from hub.model import Instant, State
from hub.model.communications import MOVING, Communication
from hub.model.state_machine import LOST, UNSENT
from hub.operations.communications.cost import expected_end
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.shown import Shown
from hub.resilience.rate_limit import Rate
from hub.storage.communication_progress import Delivered, Standing, tally_of
from hub.storage.communications import PostgresCommunications

_ARRIVED: Final = frozenset({State.DELIVERED, State.READ})
_GOING: Final = UNSENT | {State.SENDING}


class ChannelProgress(Struct, frozen=True, kw_only=True):
    """Messages of one channel."""

    channel: str
    messages: int
    going: Annotated[int, Meta(description="Not sent yet, or being sent.")]
    sent: Annotated[int, Meta(description="Accepted, and not confirmed by anybody; a letter: made.")]
    arrived: Annotated[int, Meta(description="Delivered or read.")]
    read: int
    lost: int
    waits_until: Annotated[
        Instant | None, Meta(description="When the last of those leaves that wait for lawful hours.")
    ] = None


class Progress(Struct, frozen=True, kw_only=True):
    """
    People by the best that became of each, and messages by channel.

    It has `arrived` by the word of a provider; one that was `sent` was accepted, and nobody has confirmed it.
    `unread` people have it in their inbox alone, and have not opened it; `unplanned` ones have nothing yet.
    """

    people: int
    read: int
    arrived: int
    sent: int
    going: int
    unread: int
    lost: int
    unplanned: int
    channels: list[ChannelProgress]
    parts: int
    published: int
    planned: int
    dead: Annotated[int, Meta(description="Parts that intake has refused: nobody gets them.")] = 0
    expected_at: Annotated[
        Instant | None,
        Meta(
            description="When the last of what is left may leave, by rates and lawful hours; null: unknown."
        ),
    ] = None


async def progress_of(store: PostgresCommunications, row: Communication, people: int) -> Progress | None:
    """
    Count what became of a communication; None of one that has not started.

    Of one that has ended it is the last count that was kept, once its rows are forgotten.
    """
    if row.plan is None or row.started_at is None:
        return None
    keys, audiences = await store.keys(row.plan), kind_of(row.kind).audiences
    standing = await store.standing(row.plan)
    fates = await store.fates(keys, audiences)
    now = counted(standing, fates, await store.delivered(keys, audiences), people=people)
    if row.state in MOVING or (kept := await tally_of(store, row.id)) is None:
        return now
    return max(now, msgspec.convert(kept, Progress), key=lambda one: one.people - one.unplanned)


def with_end(
    progress: Progress, shown: Shown | None, rates: Mapping[str, Sequence[Rate]], now: datetime
) -> Progress:
    """Return it with the instant at which it is expected to end, by what its plan says of the rest. Pure."""
    planned = shown if progress.unplanned else None
    made = Counter({one.channel: one.messages for one in progress.channels})
    going = Counter({one.channel: one.going for one in progress.channels})
    left = going + (Counter(planned.channels if planned else {}) - made)
    lawful = _latest(
        [*(one.waits_until for one in progress.channels), planned.waits_until if planned else None]
    )
    return structs.replace(progress, expected_at=expected_end(left, rates, lawful_at=lawful, now=now))


def counted(
    standing: Standing, fates: Mapping[str, int], delivered: Iterable[Delivered], *, people: int
) -> Progress:
    """Make the figures of the counted rows. Pure."""
    known = sum(fates.values())
    return Progress(
        people=max(people, known),
        unplanned=max(people - known, 0),
        channels=_by_channel(delivered),
        expected_at=None,
        **fates,
        **structs.asdict(standing),
    )


def _by_channel(delivered: Iterable[Delivered]) -> list[ChannelProgress]:
    rows: defaultdict[str, list[Delivered]] = defaultdict(list)
    for one in delivered:
        rows[one.channel].append(one)
    found = [
        ChannelProgress(
            channel=channel,
            messages=sum(one.n for one in of_channel),
            going=_count(of_channel, _GOING),
            sent=_count(of_channel, {State.SENT}),
            arrived=_count(of_channel, _ARRIVED),
            read=_count(of_channel, {State.READ}),
            lost=_count(of_channel, LOST | {State.CANCELLED}),
            waits_until=_latest(one.held_until for one in of_channel),
        )
        for channel, of_channel in rows.items()
    ]
    return sorted(found, key=lambda one: (-one.messages, one.channel))


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in instants if at is not None), default=None)


def _count(rows: Iterable[Delivered], states: Iterable[str]) -> int:
    named = frozenset(states)
    return sum(one.n for one in rows if one.state in named)
