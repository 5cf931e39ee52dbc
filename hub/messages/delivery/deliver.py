"""
DELIVERY: claim the messages of a ticket, decide, render, send, record; then acknowledge the ticket.

    claim (one UPDATE) ▸ allowed now? ▸ within the person's rate? ▸ render ▸ send concurrently
    ▸ record (one statement) ▸ next step of the cascade for permanent failures
    ▸ appointments for waiting messages ▸ ack

A message is sent only under a lease. A worker whose lease has expired, or nearly so, sends nothing: the
next worker claims the message. One case can send a message twice: a provider accepted it and nobody
could record that in time. The repeat carries the same `Message-ID` or reference.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid4

import structlog
from msgspec.structs import replace

from hub.contact_rules.purposes import EXCLUDABLE, LIMITED
from hub.errors import (
    SendFailure,
    StorageUnavailable,
    TemplateFailure,
    TransientFailure,
)
from hub.messages.appointments import make_appointments
from hub.messages.cascades import Prints, advance_cascade, prints_all
from hub.messages.delivery import outcome_metrics
from hub.messages.delivery.contact_limit import closing, settle_contacts, within_limits
from hub.messages.delivery.decisions import (
    accepted,
    blocking_outcome,
    fail_unsent,
    failed,
    invalid_contact,
)
from hub.messages.delivery.documents import Documents, with_documents
from hub.messages.delivery.evidence import evidence_of
from hub.messages.delivery.exclusions import not_excluded
from hub.messages.delivery.lost_claims import LostClaims
from hub.messages.delivery.notice_digest import held_for_digest
from hub.messages.delivery.pausing import Pauses, held_back
from hub.messages.delivery.person_rate import over_person_rate
from hub.messages.delivery.repeats import not_repeated
from hub.messages.delivery.survey_turn import asked_lately
from hub.messages.planning.undelivered import has_followup
from hub.model import Claimed, EventType, Message, Outcome, Outgoing, Purpose, Rendered, State
from hub.model.state_machine import LOST
from hub.policy import Policy
from hub.ports import Appointments, Channel, DeliveryStore, ExclusionRegistry, Later, Now, Publisher, Throttle
from hub.resilience.handover import Handover
from hub.resilience.right_of_way import RIGHT_OF_WAY
from hub.tasks import cancel, reraise_if_cancelled, wait_then_cancel

RECORD_PAUSE: Final = 0.5
"""Seconds between attempts to record outcomes while the database is away."""

AT_A_TIME: Final = 5
"""Messages rendered and composed in one go, in a millisecond; in between, other work has its turn."""


_LAWFUL: Final = LIMITED | EXCLUDABLE
"""Purposes that the limits or the register of excluded numbers judge before a send. Others pay nothing."""
_WITH_THE_PERSON: Final = frozenset({State.SENT, State.WAITING})
"""What may still wait for a receipt, but for no further try."""

log = structlog.get_logger()


class Renderer(Protocol):
    """Renders a claimed message; raises TemplateFailure."""

    def __call__(self, claimed: Claimed) -> Rendered: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDeps:
    """
    What sending needs besides the message.

    `catalog` says what may wait for a digest: without it, nothing does.
    """

    channels: Mapping[str, Channel]
    render: Renderer
    policy: Policy
    throttle: Throttle
    now: Now
    pauses: Pauses
    handover: Handover = field(default_factory=Handover)
    lost_claims: LostClaims = field(default_factory=LostClaims)
    prints: Prints = prints_all
    documents: Documents | None = None
    exclusions: ExclusionRegistry | None = None
    catalog: Mapping[str, EventType] = field(default_factory=dict)


class _Lease:
    """How long this worker may still start to send. Monotonic: no other machine's clock matters."""

    def __init__(self, policy: Policy) -> None:
        self.token = uuid4()
        self.length = policy.delivery.lease
        self.until = time.monotonic() + self.length.total_seconds()
        self._margin = policy.delivery.provider_timeout

    @property
    def left(self) -> timedelta:
        return timedelta(seconds=self.until - time.monotonic())

    @property
    def long_enough(self) -> bool:
        """True while the lease outlasts a provider's full time-out."""
        return self.left > self._margin


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
    paused = await deps.pauses.current()
    lease = _Lease(deps.policy)
    with deps.lost_claims.token(ids, lease.token) as lease.token:
        claimed = await store.claim(ids, token=lease.token, lease=lease.length)
    if not claimed:
        return
    outcomes: list[Outcome] = []
    try:
        free = await _allowed(claimed, paused, deps, store, outcomes)
        purposes = {claim.message.purpose for claim in free}
        judged = not (purposes.isdisjoint(_LAWFUL) and purposes.isdisjoint(deps.policy.repeats.purposes))
        free, ready = await _lawful(free, lease, deps, store, outcomes) if judged else (free, {})
        if free and outcomes:
            # Record now: if it waited for the slowest provider, a resume meanwhile would miss these messages.
            await _record(store, lease, outcomes)
        await _attempt(free, ready, lease, deps, outcomes)
    except asyncio.CancelledError:
        # Record what the providers answered: an unrecorded message would be sent a second time.
        await _record(store, lease, outcomes)
        raise
    done = await _record(store, lease, outcomes)
    if judged:
        await settle_contacts(free, outcomes, store=store, token=lease.token)
    _report(claimed, outcomes)
    outcome_metrics.count(outcomes)
    by_id = {claim.message.id: claim.message for claim in claimed}
    lost = [
        replace(by_id[outcome.message_id], state=outcome.state, reason=outcome.reason)
        for outcome in outcomes
        if outcome.message_id in done and outcome.state in LOST
    ]
    # Before the cascade, which needs the broker: a repeat of the ticket finds these messages ended.
    await store.suppress([invalid_contact(outcome) for outcome in outcomes if outcome.gone])
    await _cascade(lost, store, publisher, deps)
    await make_appointments(appointments, _later(outcomes, by_id))


async def _lawful(
    free: list[Claimed], lease: _Lease, deps: DeliveryDeps, store: DeliveryStore, outcomes: list[Outcome]
) -> tuple[list[Claimed], Mapping[UUID, Outgoing]]:
    """
    Return what the register of excluded numbers and the limits allow and says something new, rendered or not.

    The limits come last: a contact is reserved only for what is about to leave.
    """
    policy, now = deps.policy, deps.now()
    free = await not_excluded(free, outcomes, registry=deps.exclusions, store=store, policy=policy, now=now)
    free, ready = await not_repeated(
        free,
        outcomes,
        prepare=lambda claim: _prepare(claim, lease, deps),
        throttle=deps.throttle,
        policy=policy.repeats,
    )
    free = await within_limits(free, outcomes, store=store, token=lease.token, policy=policy, now=now)
    return free, ready


async def _attempt(
    free: Sequence[Claimed],
    ready: Mapping[UUID, Outgoing],
    lease: _Lease,
    deps: DeliveryDeps,
    outcomes: list[Outcome],
) -> None:
    """Send these messages, of which some are `ready`, and append each outcome as it comes."""

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
                outgoing = ready.get(claim.message.id) or _prepare(claim, lease, deps)
                if isinstance(outgoing, Outgoing):
                    sending.append(asyncio.create_task(send(claim, outgoing)))
                else:
                    outcomes.append(outgoing)
                if number % AT_A_TIME == 0:
                    await RIGHT_OF_WAY.pause()
            await asyncio.gather(*sending)
        finally:
            await cancel(*sending)


async def _allowed(
    claimed: Sequence[Claimed],
    paused: frozenset[str],
    deps: DeliveryDeps,
    store: DeliveryStore,
    outcomes: list[Outcome],
) -> list[Claimed]:
    """Return the messages that may be sent now; append the outcomes of the others."""
    now = deps.now()
    decided = [(claim, _blocked(claim, paused, deps, now)) for claim in claimed]
    free = [
        claim if (ends := claim.message.expires_at) is None or ends > now else replace(claim, late=True)
        for claim, blocked in decided
        if blocked is None
    ]
    over = await over_person_rate(free, throttle=deps.throttle, policy=deps.policy.throttle, now=now)
    outcomes.extend(blocked for _, blocked in decided if blocked is not None)
    outcomes.extend(over.values())
    left = await _not_asked_lately(
        [claim for claim in free if claim.message.id not in over], deps, store, outcomes
    )
    return await with_documents(left, deps.documents, outcomes, now=now)


def _blocked(claim: Claimed, paused: frozenset[str], deps: DeliveryDeps, now: datetime) -> Outcome | None:
    blocked = held_back(claim, paused, now=now) or blocking_outcome(claim, policy=deps.policy, now=now)
    if blocked is not None or claim.contact.preferences is None:
        return blocked
    return held_for_digest(claim, deps.catalog.get(claim.message.event), policy=deps.policy, now=now)


async def _not_asked_lately(
    free: list[Claimed], deps: DeliveryDeps, store: DeliveryStore, outcomes: list[Outcome]
) -> list[Claimed]:
    surveys = [claim.message for claim in free if claim.message.purpose is Purpose.SURVEY]
    if not surveys:
        return free
    refused = await asked_lately(surveys, store=store, once_per=deps.policy.surveys.once_per)
    outcomes.extend(refused.values())
    return [claim for claim in free if claim.message.id not in refused]


def _prepare(claimed: Claimed, lease: _Lease, deps: DeliveryDeps) -> Outgoing | Outcome:
    """Render the message; return its outcome if its template fails or its channel is not configured."""
    message = claimed.message
    if message.channel not in deps.channels:
        return fail_unsent(claimed, "not_configured")
    try:
        rendered = deps.render(claimed)
    except TemplateFailure as exc:
        log.error("template.failed", message_id=str(message.id), event_name=message.event, error=str(exc))
        return fail_unsent(claimed, exc.reason)
    except Exception:
        # A fault of ours must not end the ticket's other messages.
        log.exception("template.broken", message_id=str(message.id), event_name=message.event)
        return fail_unsent(claimed, "template")
    if claimed.exclusion is not None and rendered.facts is not None:
        rendered = replace(rendered, facts=replace(rendered.facts, exclusion=claimed.exclusion))
    return Outgoing(
        message=message,
        rendered=rendered,
        until=lease.until,
        unsure_of=claimed.unsure_of,
        attachment=claimed.document.content if claimed.document is not None else b"",
    )


async def _send(claimed: Claimed, outgoing: Outgoing, lease: _Lease, deps: DeliveryDeps) -> Outcome | None:
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
        log.exception("channel.broken", channel=outgoing.message.channel, message_id=str(outgoing.message.id))
        fault = TransientFailure("channel_fault", code=type(exc).__name__, unknown=True)
        return _failure(claimed, fault, began, deps)
    if outgoing.message.channel == "sms":
        outcome_metrics.count_parts(outgoing)
    evidence = evidence_of(outgoing, answer)
    return accepted(claimed, answer, began, deps.now(), traits=channel.traits, evidence=evidence)


def _failure(claimed: Claimed, error: SendFailure, began: datetime, deps: DeliveryDeps) -> Outcome:
    chance = random.random()  # noqa: S311 - jitter, not a secret
    return failed(claimed, error, began, deps.now(), policy=deps.policy, chance=chance)


async def _record(store: DeliveryStore, lease: _Lease, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
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


async def _recording(store: DeliveryStore, lease: _Lease, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
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


def _report(claimed: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
    """Log each outcome, by ids only."""
    known = {claim.message.id: claim.message for claim in claimed}
    for outcome in outcomes:
        message = known[outcome.message_id]
        level = log.info if outcome.state in {*_WITH_THE_PERSON, State.HELD} else log.warning
        level(
            "message." + outcome.state,
            message_id=str(message.id),
            event_id=message.event_id,
            event_name=message.event,
            channel=message.channel,
            reason=outcome.reason,
        )
