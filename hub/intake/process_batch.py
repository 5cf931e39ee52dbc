"""
INTAKE: store a batch of raw messages, publish its tickets, and only then let it be acknowledged.

    read (decode ▸ validate) ▸ ONE transaction (events, parties, messages, clocks, dead letters)
    ▸ tickets, confirmed ▸ broad audiences page by page, each page its own transaction
    ▸ notices of rejected events and of events that do not reach all recipients ▸ appointments
    ▸ events that came into the wrong lane, or above their sender's rate, go to another one

Everything is idempotent, because a batch that was committed but not acknowledged is redelivered: ids are
made from the event, and a duplicate creates nothing but tickets for messages that are still queued.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter as Metric

from hub.errors import InvalidEvent
from hub.intake import lanes
from hub.intake.commit import commit
from hub.intake.commit_result import CommitResult
from hub.intake.decode import Batch, IntakeContext, dead_letter, may_be_reported, read, rejection
from hub.intake.pages import PAGE, expand
from hub.intake.replay_sender import as_sent
from hub.intake.source_bindings import BindingSnapshot, SourceBindings
from hub.intake.traces import BatchTrace, trace_ids
from hub.intake.unreached import notice
from hub.messages.appointments import make_appointments, waiting
from hub.model import TYPE_PREFIX, TYPE_SUFFIX, DeadLetter, RawMessage, Unreached
from hub.model.tickets import tickets
from hub.ports import Appointments, IntakeStore, Now, Publisher
from hub.ports.publisher import NOWHERE
from hub.resilience.right_of_way import RIGHT_OF_WAY

_UNREACHED: Final = Metric(
    "hub_events_unreached", "Events that do not reach all whom they are for.", ["event", "reason"]
)

_NOTHING: Final[Mapping[str, str]] = {}

AT_A_TIME: Final = 20
"""Events decoded in one go, in half a millisecond; in between, other work has its turn: an emergency."""

log = structlog.get_logger()


async def process_batch(
    incoming: Sequence[RawMessage],
    *,
    context: IntakeContext,
    senders: SourceBindings,
    store: IntakeStore,
    publisher: Publisher,
    appointments: Appointments,
    now: Now,
    page: int = PAGE,
) -> None:
    """
    Process a batch. When this returns, all of it is durable and may be acknowledged.

    Where the context has a lane, events of other lanes are published to the queues of theirs, and those
    above their sender's rate to the queue of the lane below.

    Raises StorageUnavailable or BrokerUnavailable when a server is away: then acknowledge nothing; the
    same batch may be processed again.
    """
    bound = await senders.current()
    batch = await _read(incoming, context=context, now=now(), bound=bound)
    moves = lanes.take_out(batch, context)
    trace = None if context.tracer is None else BatchTrace(context.tracer, now)
    result = await commit(batch, context=context, store=store, now=now, bound=bound)
    if trace is not None:
        trace.plan_ended()
    await publisher.tickets(tickets(result.messages))
    for audience in result.broad:
        async for expanded in expand(audience, context=context, store=store, now=now, page=page):
            await publisher.tickets(tickets(expanded.messages))
            await make_appointments(appointments, waiting(expanded.messages))
            result.unreached += expanded.unreached
    if trace is not None:
        trace.record(batch.events, _ticketed(result))
    await _notify_publishers(result.letters, publisher, now, bound)
    traced = {} if context.tracer is None else trace_ids(batch.events)
    await notify_unreached(result.unreached, publisher, now, traced)
    await make_appointments(appointments, result.later, result.clocks)
    await lanes.move(moves, publisher, context)
    if context.rates is not None:
        context.rates.settle(batch.events)


def _ticketed(result: CommitResult) -> set[UUID]:
    """Return the keys of the events that have messages, or an audience of many."""
    return {message.event_key for message in result.messages} | {
        audience.stored.key for audience in result.broad
    }


async def _read(
    incoming: Sequence[RawMessage], *, context: IntakeContext, now: datetime, bound: BindingSnapshot
) -> Batch:
    batch = Batch()
    for start in range(0, len(incoming), AT_A_TIME):
        if start:
            await RIGHT_OF_WAY.pause()
        read(incoming[start : start + AT_A_TIME], context=context, now=now, bound=bound, before=batch)
    return batch


async def store_dead_letter(
    incoming: RawMessage,
    error: Exception,
    *,
    senders: SourceBindings,
    store: IntakeStore,
    publisher: Publisher,
    now: Now,
) -> None:
    """Store a dead letter of a delivery on which the hub itself fails repeatedly."""
    fault = InvalidEvent(f"the hub fails on it ({type(error).__name__})")
    bound = await senders.current()
    refused = [(as_sent(incoming, senders.own), fault)]
    await refuse(refused, store=store, publisher=publisher, now=now, bound=bound)


async def refuse(
    refused: Sequence[tuple[RawMessage, InvalidEvent]],
    *,
    store: IntakeStore,
    publisher: Publisher,
    now: Now,
    bound: BindingSnapshot | None = None,
) -> Sequence[DeadLetter]:
    """
    Store refused messages of any entry point as dead letters, and notify the publishers.

    Raises StorageUnavailable or BrokerUnavailable: then the call may be repeated.
    """
    letters = [dead_letter(incoming, error) for incoming, error in refused]
    async with store.transaction() as transaction:
        await transaction.add_dead_letters(letters)
    await _notify_publishers(letters, publisher, now, bound)
    return letters


async def _notify_publishers(
    letters: Sequence[DeadLetter], publisher: Publisher, now: Now, bound: BindingSnapshot | None
) -> None:
    for letter in letters:
        log.warning(
            "event.rejected",
            reason=letter.reason,
            field=letter.field,
            dead_letter_id=str(letter.id),
            event_id=letter.event_id,
            sender=letter.sender,
        )
    told = [(letter, rejection(letter, now())) for letter in letters if may_be_reported(letter)]
    also = {event.id: bound.words_of(letter) for letter, event in told} if bound else NOWHERE
    await publisher.notify([event for _, event in told], also)


async def notify_unreached(
    found: Sequence[Unreached],
    publisher: Publisher,
    now: Now,
    traced: Mapping[UUID, Mapping[str, str]] = MappingProxyType({}),
) -> None:
    """Log and count events that do not reach all as they should, and notify their publishers."""
    for event in found:
        log.warning(
            "event.unreached",
            event_id=event.event_id,
            event_name=event.type.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX),
            reasons=list(map(str, event.reasons)),
            **(traced.get(event.event_key, _NOTHING) if traced else _NOTHING),
        )
    for (kind, reason), times in Counter(
        (event.type, reason) for event in found for reason in event.reasons
    ).items():
        _UNREACHED.labels(kind.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX), str(reason)).inc(times)
    await publisher.notify([notice(event, now()) for event in found])
