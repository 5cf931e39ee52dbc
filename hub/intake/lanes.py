"""
Lanes: each event is handled in one, and an event of another lane is published to the queue of that lane.

An event's lane is that of its type. Its routing key is its publisher's word, and only finds the queue:
otherwise payments that are published under the key of an emergency would delay the next emergency. An event
above its sender's rate is handled one lane below. Its messages keep the lane of its type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from hub.intake.decode import Batch, IntakeContext
from hub.intake.sender_rates import BELOW, SenderRates
from hub.model import Event, Lane, RawMessage
from hub.ports import Publisher

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """
    Events for another lane, each with the message in which it came.

    An event above its sender's rate is `demoted_from` a lane; nobody moves it back.
    """

    lane: Lane
    events: Sequence[tuple[Event, RawMessage]]
    demoted_from: Lane | None = None


def take_out(batch: Batch, context: IntakeContext) -> list[Move]:
    """
    Take the events of other lanes out of the batch, and return where they go.

    They have been decoded, validated and judged by their senders: the hub may publish them in its own name.
    """
    lane, rates = context.lane, context.rates
    if lane is None:
        return []
    moves = _misplaced(batch, context, lane)
    if rates is not None and rates.limits(lane) and (excess := _excess(batch, rates, lane)):
        moves.append(Move(lane=BELOW[lane], events=excess, demoted_from=lane))
    return moves


def _misplaced(batch: Batch, context: IntakeContext, lane: Lane) -> list[Move]:
    found: defaultdict[Lane, list[UUID]] = defaultdict(list)
    for key, (event, raw) in batch.events.items():
        if (own := raw.lane or context.kinds[event.type].lane) is not lane:
            found[own].append(key)
    return [Move(lane=own, events=[batch.events.pop(key) for key in keys]) for own, keys in found.items()]


def _excess(batch: Batch, rates: SenderRates, lane: Lane) -> list[tuple[Event, RawMessage]]:
    keys = [key for key, (_, raw) in batch.events.items() if not rates.admits(key, raw, lane)]
    return [batch.events.pop(key) for key in keys]


async def move(moves: Sequence[Move], publisher: Publisher, context: IntakeContext) -> None:
    """Publish each event to the queue of its lane."""
    for one in moves:
        left = one.demoted_from
        await publisher.move(one.lane, one.events, stay=left is not None)
        log.warning("events.demoted" if left else "events.moved", lane=one.lane, count=len(one.events))
        if left is not None and context.rates is not None:
            context.rates.note_demoted(left, [raw for _, raw in one.events])
