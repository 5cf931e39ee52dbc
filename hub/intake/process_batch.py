"""
INTAKE: a batch of what came over the wire becomes rows, then tickets; only then is it acknowledged.

    read (decode ▸ validate) ▸ ONE transaction (events, parties, messages, clocks, dead letters)
    ▸ tickets, confirmed ▸ broad audiences page by page, each page its own transaction
    ▸ notices of what was refused or does not reach all ▸ appointments

Everything is idempotent, because a batch that was committed but not acknowledged comes again:
ids are made from the event, and a duplicate creates nothing but tickets for what is still queued.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from hub.errors import InvalidEvent
from hub.intake.commit import commit
from hub.intake.decode import IntakeContext, dead_letter, may_be_told, read, rejection
from hub.intake.pages import PAGE, expand
from hub.intake.source_bindings import SourceBindings
from hub.intake.unreached import notice
from hub.messages.appointments import make_appointments, waiting
from hub.model import DeadLetter, RawMessage, Unreached
from hub.model.tickets import tickets
from hub.ports import Appointments, IntakeStore, Now, Publisher

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
    Take a batch in. When this returns, everything of it is durable and may be acknowledged.

    Raises StorageUnavailable or BrokerUnavailable when a server is away: nothing may be
    acknowledged then, and the same batch may be given again.
    """
    batch = read(incoming, context=context, now=now(), bound=await senders.current())
    taken = await commit(batch, context=context, store=store, now=now)
    await publisher.tickets(tickets(taken.messages))
    for audience in taken.broad:
        async for expanded in expand(audience, context=context, store=store, now=now, page=page):
            await publisher.tickets(tickets(expanded.messages))
            await make_appointments(appointments, waiting(expanded.messages))
            taken.unreached += expanded.unreached
    await _tell_publishers(taken.letters, publisher, now)
    await _tell_unreached(taken.unreached, publisher, now)
    await make_appointments(appointments, taken.later, taken.clocks)


async def store_dead_letter(
    incoming: RawMessage, error: Exception, *, store: IntakeStore, publisher: Publisher, now: Now
) -> None:
    """Make a dead letter of a delivery on which the hub itself fails, again and again."""
    fault = InvalidEvent(f"the hub fails on it ({type(error).__name__})")
    await refuse([(incoming, fault)], store=store, publisher=publisher, now=now)


async def refuse(
    refused: Sequence[tuple[RawMessage, InvalidEvent]], *, store: IntakeStore, publisher: Publisher, now: Now
) -> Sequence[DeadLetter]:
    """
    Keep what is refused at any door as dead letters, and tell the publishers.

    Raises StorageUnavailable or BrokerUnavailable: then the same may be refused again.
    """
    letters = [dead_letter(incoming, error) for incoming, error in refused]
    async with store.transaction() as transaction:
        await transaction.add_dead_letters(letters)
    await _tell_publishers(letters, publisher, now)
    return letters


async def _tell_publishers(letters: Sequence[DeadLetter], publisher: Publisher, now: Now) -> None:
    for letter in letters:
        log.warning("event.rejected", reason=letter.reason, field=letter.field, dead_letter=str(letter.id))
        if may_be_told(letter):
            await publisher.notice(rejection(letter, now()))


async def _tell_unreached(found: Sequence[Unreached], publisher: Publisher, now: Now) -> None:
    for event in found:
        log.warning(
            "event.unreached",
            event_id=event.event_id,
            event_type=event.type,
            reasons=list(map(str, event.reasons)),
        )
        await publisher.notice(notice(event, now()))
