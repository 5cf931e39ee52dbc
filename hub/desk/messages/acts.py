"""Messages: list and show them, send a lost one again, cancel one that has not left; many by a bulk run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from hub.desk.messages.rows import (
    CancelBody,
    EvidenceList,
    MessagesQuery,
    ReasonBody,
    RecipientsQuery,
    RedriveBody,
    RedrivenOne,
    RedriveOneBody,
    UnreachedLine,
    UnreachedQuery,
)
from hub.doors.operator import Operator, found
from hub.errors import MessageSettled
from hub.inbound import confirm_bounce
from hub.model import Json, State
from hub.model.audiences import UnreachedRow
from hub.model.bulk import BulkFilter, BulkKind, BulkRun
from hub.model.letters import HandedOver
from hub.model.looks import WholeQuery
from hub.model.message_lists import LISTS, MessageList
from hub.model.message_rows import MessageRow, MessageWhole, ShownMessage
from hub.model.pages import Rows
from hub.model.state_machine import LOST, UNSENT
from hub.operations.bulk.plan import BulkPlan
from hub.operations.bulk.runs import BulkOrder, plan_or_start
from hub.operations.causes import CauseList, read_causes
from hub.operations.evidence.reading import read_evidence
from hub.operations.evidence.schemas import ReleaseRow, row_of
from hub.operations.recipients import Recipients, event_named, read_recipients
from hub.people.units import own_name
from hub.ports import MessageFilter
from hub.rendering.labels_es import UNREACHED
from hub.rendering.outcomes_es import in_words
from hub.rendering.titles_es import event_title
from hub.storage import named
from hub.storage import redrive as storage
from hub.storage.cancel import withdraw
from hub.storage.filters import narrowed
from hub.storage.verdicts import TAKEN

MESSAGE: Final = "message"
MAIL: Final = "mail"
_LEFT: Final = "the message is {state}: only what has not left can be cancelled"
_NOT_LOST: Final = "the message is {state}: only what is lost goes again"
_ON_ITS_WAY: Final = "on its way"
"""It has moved between the look and now."""


async def list_messages(by: Operator, query: MessagesQuery) -> Rows[MessageRow]:
    """List messages, newest first."""
    page = await by.stores.log.messages(_narrowed(by, query), after=query.after, limit=query.limit)
    return Rows(items=[in_words(MessageRow, row) for row in page.items], next=page.next)


async def list_causes(by: Operator, query: MessagesQuery) -> CauseList:
    """Group the newest lost messages, or those of a filter, by reason and channel."""
    asked = _narrowed(by, query)
    if not (asked.state or asked.states):
        asked = replace(asked, states=LISTS[MessageList.LOST])
    return await read_causes(by.stores.log, asked)


async def show_message(by: Operator, message_id: UUID, query: WholeQuery) -> MessageWhole:
    """Show a message with its attempts; masked by default."""
    return in_words(MessageWhole, await look_at(by, message_id, whole=query.whole))


async def look_at(by: Operator, message_id: UUID, *, whole: bool) -> ShownMessage:
    """Return a message as the operator may see it; audit the look."""
    return await by.look(by.stores.log.message, message_id, MESSAGE, whole=whole)


async def show_evidence(by: Operator, message_id: UUID) -> EvidenceList:
    """Make the words of a message again, and compare them byte for byte with the sent ones."""
    log, evidence, remaker = by.stores.log, by.stores.evidence, by.stores.remaker
    found_proof = await read_evidence(by.actor, message_id, log=log, evidence=evidence, remaker=remaker)
    proof = found(MESSAGE, found_proof)
    release = None if proof.release is None else ReleaseRow.of(proof.release)
    return EvidenceList(items=[row_of(call) for call in proof.calls], next=None, release=release)


async def redrive(by: Operator, body: RedriveBody) -> BulkRun | BulkPlan:
    """Start a bulk run that sends lost messages again, by filter; with `dry_run`, only the plan."""
    return await _many(by, BulkKind.RESEND, body, also_told=body.also_told)


async def redrive_message(by: Operator, message_id: UUID, body: RedriveOneBody) -> RedrivenOne:
    """
    Send one lost message again; safe to repeat.

    There is one durable row per recipient and channel, so none is skipped or doubled. It is committed, then
    ticketed with confirms; after a crash in between, the sweep finds it.
    """
    row = await within_reach(by, message_id)
    await by.audit("redrive", f"message:{message_id}", person=row.person, also_told=body.also_told)
    if row.state not in LOST:
        raise MessageSettled(_NOT_LOST.format(state=row.state))
    done = await storage.redrive(by.db, message_id, include_notified=body.also_told)
    if done is None:
        raise MessageSettled(_NOT_LOST.format(state=_ON_ITS_WAY))
    verdict, tickets = done
    await by.stores.publisher.tickets(tickets)
    return RedrivenOne(id=message_id, verdict=verdict)


async def cancel_messages(by: Operator, body: CancelBody) -> BulkRun | BulkPlan:
    """Start a bulk run that cancels messages that have not left, by filter; with `dry_run`, only the plan."""
    return await _many(by, BulkKind.CANCEL, body, why=body.why)


async def cancel_message(by: Operator, message_id: UUID, body: ReasonBody) -> HandedOver:
    """
    Cancel one message that has not left; safe to repeat.

    No further step of its cascade starts. A message that is being sent is left to its worker, and one that
    leaves with a digest to the digest.
    """
    row = await within_reach(by, message_id)
    await by.audit("cancel", f"message:{message_id}", person=row.person, why=body.why)
    if row.state == State.CANCELLED:
        return HandedOver(id=message_id, changed=False)
    if row.state not in UNSENT:
        raise MessageSettled(_LEFT.format(state=row.state))
    verdict = (await withdraw(by.db, [message_id])).get(message_id)
    if verdict is None:
        raise MessageSettled(_LEFT.format(state=_ON_ITS_WAY))
    if verdict != TAKEN:
        raise MessageSettled(_LEFT.format(state=verdict), why=verdict)
    return HandedOver(id=message_id, changed=True)


async def confirm(by: Operator, message_id: UUID) -> HandedOver:
    """
    Record that a mail was lost, as its report says; safe to repeat.

    Its cascade goes on, and a legal term runs on.
    """
    changed = await confirm_bounce.confirm(by.actor, message_id, store=by.stores.mail_reports)
    return HandedOver(id=message_id, changed=found(MAIL, changed))


async def dismiss(by: Operator, message_id: UUID) -> HandedOver:
    """Record that a mail has arrived although it was reported as lost; safe to repeat."""
    changed = await confirm_bounce.dismiss(by.actor, message_id, store=by.stores.mail_reports)
    return HandedOver(id=message_id, changed=found(MAIL, changed))


async def list_recipients(by: Operator, key: str, query: RecipientsQuery) -> Recipients:
    """List the people notified of an event, and those left out with the reason."""
    of = found("event", await event_named(by.stores.explain, key, by.places))
    return await read_recipients(by.stores.recipients, of, **asdict(query))


async def list_unreached(by: Operator, query: UnreachedQuery) -> Rows[UnreachedRow]:
    """List events that do not reach all their recipients, newest first."""
    return await by.stores.log.unreached(
        after=query.after, limit=query.limit, places=by.places, since=query.since
    )


async def list_unreached_in_words(by: Operator, query: UnreachedQuery) -> Rows[UnreachedLine]:
    """List events that do not reach all their recipients, newest first: reason, place, and remedy."""
    found = await list_unreached(by, query)
    places = {row.copropiedad_id for row in found.items if row.copropiedad_id}
    names = await by.stores.accounts.names(places) if places else {}
    units = await named.units(by.db, {row.unit_id for row in found.items if row.unit_id})
    return Rows(items=[_in_words(row, names, units) for row in found.items], next=found.next)


def _in_words(row: UnreachedRow, names: Mapping[str, str], units: Mapping[str, str]) -> UnreachedLine:
    place = row.copropiedad_id or ""
    why = [UNREACHED.get(reason, (reason, "")) for reason in row.reasons]
    return UnreachedLine(
        id=row.id,
        found_at=row.found_at,
        title=event_title(row.type),
        event_id=row.event_id,
        source=row.source,
        place=own_name(names.get(place, place)),
        unit=units.get(row.unit_id or "", ""),
        unit_id=row.unit_id,
        why=[reason for reason, _ in why],
        to_do=[remedy for _, remedy in why if remedy],
    )


async def within_reach(by: Operator, message_id: UUID) -> ShownMessage:
    """Return a message, masked, without a look at it."""
    return found(MESSAGE, await by.stores.log.message(message_id, places=by.places))


async def _many(
    by: Operator, kind: BulkKind, body: RedriveBody | CancelBody, **noted: Json
) -> BulkRun | BulkPlan:
    """Plan or start a bulk run on the messages of a body, whose fields are called as those of the filter."""
    asked = msgspec.convert(body, BulkFilter, from_attributes=True)
    order = BulkOrder(kind=kind, asked=asked, reason=body.why.strip(), noted=noted)
    return await plan_or_start(by.stores.bulk, order, by.actor, dry_run=body.dry_run, most=body.limit)


def _narrowed(by: Operator, query: MessagesQuery) -> MessageFilter:
    """Return the filter, whose fields are called as those of the query."""
    return narrowed(msgspec.convert(query, BulkFilter, from_attributes=True), by.places)
