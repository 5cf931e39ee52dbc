"""
DELIVERY: claim the messages of a ticket, decide, render, send, record; then acknowledge the ticket.

    claim (one UPDATE) ▸ the rules before a send ▸ render ▸ send concurrently
    ▸ record (one statement) ▸ next step of the cascade for permanent failures
    ▸ appointments for waiting messages ▸ ack

A message is sent only under a lease. A worker whose lease has expired, or nearly so, sends nothing: the
next worker claims the message. One case can send a message twice: a provider accepted it and nobody
could record that in time. The repeat carries the same `Message-ID` or reference.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.errors import (
    SendFailure,
    StorageUnavailable,
    TransientFailure,
)
from hub.messages.appointments import make_appointments
from hub.messages.cascades import advance_cascade
from hub.messages.delivery import outcome_metrics
from hub.messages.delivery.before_sending import judge
from hub.messages.delivery.contact_limit import closing, settle_contacts
from hub.messages.delivery.decisions import (
    accepted,
    failed,
    invalid_contact,
)
from hub.messages.delivery.deps import DeliveryDeps, Lease
from hub.messages.delivery.evidence import evidence_of
from hub.messages.delivery.prepare import Prepared
from hub.messages.delivery.rule import RuleContext
from hub.messages.delivery.traces import NOT_TRACED, Traces, log_fields, spans_of, traces_of
from hub.messages.planning.undelivered import has_followup
from hub.model import Claimed, Message, Outcome, Outgoing, State
from hub.model.state_machine import LOST
from hub.ports import Appointments, DeliveryStore, Later, Publisher
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.tasks import cancel, reraise_if_cancelled, wait_then_cancel

RECORD_PAUSE: Final = 0.5
"""Seconds between attempts to record outcomes while the database is away."""

AT_A_TIME: Final = 5
"""Messages rendered and composed in one go, in a millisecond; in between, other work has its turn."""


_WITH_THE_PERSON: Final = frozenset({State.SENT, State.WAITING})
"""States that may still wait for a receipt, but for no further try."""

_NOTHING: Final[Mapping[str, str]] = {}

log = structlog.get_logger()


async def deliver(
    ids: Sequence[UUID],
    *,
    deps: DeliveryDeps,
    store: DeliveryStore,
    publisher: Publisher,
    appointments: Appointments,
) -> None:
    """
    Deliver a ticket. When this returns, all outcomes are recorded and the ticket may be acknowledged.

    Raises StorageUnavailable or BrokerUnavailable when a server is away; a repeat of the ticket does only
    the remaining work.
    """
    paused, began = await deps.pauses.current(), deps.now()
    lease = Lease(deps.policy)
    with deps.lost_claims.token(ids, lease.token) as lease.token:
        claimed = await store.claim(ids, token=lease.token, lease=lease.length)
    if not claimed:
        return
    prepared, outcomes = Prepared(lease, deps), list[Outcome]()
    context = RuleContext(deps=deps, store=store, lease=lease, paused=paused, prepared=prepared)
    try:
        free = await judge(claimed, context, outcomes)
        if free and outcomes:
            # Record now: if it waited for the slowest provider, a resume meanwhile would miss these messages.
            await _record(store, lease, outcomes)
        await _attempt(free, prepared, lease, deps, outcomes)
    except asyncio.CancelledError:
        # Record what the providers answered: an unrecorded message would be sent a second time.
        await _record(store, lease, outcomes)
        raise
    done = await _record(store, lease, outcomes)
    await settle_contacts(free, outcomes, store=store, token=lease.token)
    if outcomes:
        decided = _decided(claimed, outcomes)
        traces = NOT_TRACED if deps.tracer is None else await traces_of(claimed, store)
        _report(decided, traces)
        if deps.tracer is not None:
            deps.tracer.record(spans_of(decided, traces, began=began, ended=deps.now()))
        outcome_metrics.count(decided)
    by_id = {claim.message.id: claim.message for claim in claimed}
    lost = [
        replace(by_id[outcome.message_id], state=outcome.state, reason=outcome.reason)
        for outcome in outcomes
        if outcome.message_id in done and outcome.state in LOST
    ]
    # Before the cascade, which needs the broker: a repeat of the ticket finds these messages ended.
    await store.suppress([invalid_contact(outcome) for outcome in outcomes if outcome.bad_contact])
    await _cascade(lost, store, publisher, deps)
    await make_appointments(appointments, _later(outcomes, by_id))


async def _attempt(
    free: Sequence[Claimed],
    prepared: Prepared,
    lease: Lease,
    deps: DeliveryDeps,
    outcomes: list[Outcome],
) -> None:
    """Send these messages, and append each outcome as it comes."""

    async def send(claim: Claimed, outgoing: Outgoing) -> None:
        if deps.documents is None or not outgoing.attachment:
            outcome = await _send(claim, outgoing, lease, deps)
        else:
            # Such a mail is in memory whole, and more than once.
            async with deps.documents.room:
                outcome = await _send(claim, outgoing, lease, deps)
        if outcome is not None:
            outcomes.append(outcome)

    if not free:
        return
    with deps.handover.sending(free[0].message.channel) as sending:
        try:
            for number, claim in enumerate(free, 1):
                outgoing = prepared.take(claim)
                if isinstance(outgoing, Outgoing):
                    sending.append(asyncio.create_task(send(claim, outgoing)))
                else:
                    outcomes.append(outgoing)
                if number % AT_A_TIME == 0:
                    await RIGHT_OF_WAY.pause()
            await asyncio.gather(*sending)
        finally:
            await cancel(*sending)


async def _send(claimed: Claimed, outgoing: Outgoing, lease: Lease, deps: DeliveryDeps) -> Outcome | None:
    """Send under the lease; None if too little of it is left: the row waits for the next worker."""
    if not lease.long_enough:
        return None
    channel, began = deps.channels[outgoing.message.channel], deps.now()
    if outgoing.message.purpose in deps.policy.contact_hours and (
        too_late := closing(claimed, policy=deps.policy, now=began)
    ):
        return too_late
    try:
        async with asyncio.timeout(lease.left.total_seconds()):
            answer = await channel.send(outgoing)
    except SendFailure as exc:
        return _failure(claimed, exc, began, deps)
    except TimeoutError:
        # The channel has its own, shorter time-outs; this one fires only if none of them did.
        return _failure(claimed, TransientFailure("timeout", unknown=True), began, deps)
    except Exception as exc:
        # A fault of ours must not end the ticket's other messages.
        message = outgoing.message
        log.exception(
            "channel.broken",
            channel=message.channel,
            message_id=str(message.id),
            event_id=message.event_id,
            event_name=message.event,
        )
        fault = TransientFailure("channel_fault", code=type(exc).__name__, unknown=True)
        return _failure(claimed, fault, began, deps)
    parts = outcome_metrics.count_parts(outgoing) if outgoing.message.channel == "sms" else None
    evidence = evidence_of(outgoing, answer, parts)
    return accepted(claimed, answer, began, deps.now(), traits=channel.traits, evidence=evidence)


def _failure(claimed: Claimed, error: SendFailure, began: datetime, deps: DeliveryDeps) -> Outcome:
    chance = random.random()  # noqa: S311 - jitter, not a secret
    return failed(claimed, error, began, deps.now(), policy=deps.policy, chance=chance)


async def _record(store: DeliveryStore, lease: Lease, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
    """
    Record the outcomes, retrying while the database is away, even after the lease: an outage does not count.

    Shielded: a cancelled worker (shutdown, a lost broker) must still record what was sent. It ends when
    that is done, or with its lease.
    """
    recording = asyncio.create_task(_recording(store, lease, outcomes), name="delivery.record")
    try:
        return await asyncio.shield(recording)
    except asyncio.CancelledError:
        await wait_then_cancel(recording, lease.left)
        if recording.cancelled():
            log.error("delivery.outcomes_lost", count=len(outcomes))
        raise


async def _recording(store: DeliveryStore, lease: Lease, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
    while True:
        try:
            return await store.record(lease.token, outcomes)
        except StorageUnavailable:
            reraise_if_cancelled()
            await asyncio.sleep(RECORD_PAUSE)


async def _cascade(
    lost: Sequence[Message], store: DeliveryStore, publisher: Publisher, deps: DeliveryDeps
) -> None:
    """Start the next step where a whole step has permanently failed."""
    candidates = [message for message in lost if has_followup(message)]
    if not candidates:
        return
    over = await store.step_failed(candidates)
    done = [message for message in candidates if message.id in over]
    await advance_cascade(done, store=store, publisher=publisher, now=deps.now(), prints=deps.prints)


def _later(outcomes: Iterable[Outcome], messages: Mapping[UUID, Message]) -> list[Later]:
    """Return the messages that wait, but not for a receipt: the timers' audit finds overdue receipts."""
    return [
        (outcome.message_id, messages[outcome.message_id].lane, outcome.next_at)
        for outcome in outcomes
        if outcome.next_at is not None and outcome.state not in _WITH_THE_PERSON
    ]


def _decided(claimed: Sequence[Claimed], outcomes: Sequence[Outcome]) -> Sequence[tuple[Claimed, Outcome]]:
    known = {claim.message.id: claim for claim in claimed}
    return [(known[outcome.message_id], outcome) for outcome in outcomes]


def _report(decided: Sequence[tuple[Claimed, Outcome]], traces: Traces) -> None:
    """Log each outcome, by ids only."""
    for claim, outcome in decided:
        message = claim.message
        level = log.info if outcome.state in {*_WITH_THE_PERSON, State.HELD} else log.warning
        level(
            "message." + outcome.state,
            message_id=str(message.id),
            event_id=message.event_id,
            event_name=message.event,
            channel=message.channel,
            reason=outcome.reason,
            **(log_fields(traces, message.event_key) if traces else _NOTHING),
        )
