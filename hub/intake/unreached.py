"""Unreached events: they do not reach all recipients, and their publishers get a notice. Pure."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.business_time import WorkCalendar
from hub.intake.decode import IntakeContext, is_directory
from hub.messages.planning.plan import is_recorded_only
from hub.model import (
    DO_NOT_CONTACT,
    UNKNOWN_PERSON,
    AddedEvent,
    ChannelTraits,
    Clock,
    Event,
    Message,
    Move,
    Purpose,
    State,
    StoredEvent,
    Unreached,
    UnreachedReason,
    is_hub_source,
    own_event,
)
from hub.people.audience.contacts import bad_contacts
from hub.sla import TOO_LATE, counts_from, is_history

NOTICE: Final = "hub.event.unreached"
_PLACED: Final = AddedEvent(place_known=True)
"""An event that has waited: its place was looked up when it came."""


def find_unreached(
    events: Iterable[StoredEvent],
    *,
    units: Container[str],
    new: Mapping[UUID, AddedEvent],
    empty: Container[UUID],
    stale: Container[UUID],
    late: Container[UUID],
    messages: Sequence[Message],
    channels: Mapping[str, ChannelTraits],
) -> list[Unreached]:
    """
    Return the events that name something unknown to the directory or a contact that is none, do not reach
    their audience, come too late for their clocks to call anybody, or tell late of what a term counts from.

    `units` are known to the directory; `new` says of new events whether their copropiedad is; `empty` are the
    keys of the events with an empty audience, `stale` those of the events whose clocks are history, `late`
    those of the events that were registered late.
    """
    silent = out_of_reach(messages, channels)
    strangers = {message.event_key for message in messages if message.reason == UNKNOWN_PERSON}
    found: list[Unreached] = []
    for stored in events:
        unit, wrong = stored.event.data.get("unit_id"), bad_fields(stored.event)
        signs = {
            UnreachedReason.UNKNOWN_UNIT: bool(unit) and unit not in units,
            UnreachedReason.UNKNOWN_COPROPIEDAD: not new.get(stored.key, _PLACED).place_known,
            UnreachedReason.UNKNOWN_PERSON: stored.key in strangers,
            UnreachedReason.EMPTY_AUDIENCE: stored.key in empty,
            UnreachedReason.NO_CHANNEL: stored.key in silent,
            UnreachedReason.BAD_CONTACT: bool(wrong),
            UnreachedReason.STALE: stored.key in stale,
            UnreachedReason.LATE: stored.key in late,
        }
        reasons = sorted(reason for reason, holds in signs.items() if holds)
        if reasons and is_directory(stored.event):
            # It is for nobody: only a contact that would be lost is of interest.
            reasons = [UnreachedReason.BAD_CONTACT] if wrong else []
        if reasons and not is_recorded_only(stored.event):
            found.append(unreached(stored, *reasons, fields=wrong))
    return found


def bad_fields(event: Event) -> tuple[str, ...]:
    """Return where a publisher's event names a contact that is none; the hub's own have what people wrote."""
    found = tuple(bad_contacts(event.data))
    return () if found and is_hub_source(event.source) else found


def late(clocks: Iterable[Clock], events: Iterable[StoredEvent], calendar: WorkCalendar) -> set[UUID]:
    """
    Return which new events were registered after the business day that follows the receipt.

    What comes on a Friday evening is registered on Monday: that costs the term nothing that counts.
    """
    begun_by = {
        clock.opened_by
        for clock in clocks
        if (at := clock.course.registered_at) and at > calendar.legal_due(clock.started_at, 1)
    }
    return {one.key for one in events if one.key in begun_by} if begun_by else set()


def stale(
    clocks: Iterable[Clock], events: Iterable[StoredEvent], now: datetime, context: IntakeContext
) -> set[UUID]:
    """Return which new events came so late that the clocks they began, or let run on, are history."""
    early = now - TOO_LATE
    old = [clock for clock in clocks if clock.started_at < early and _is_history(clock, now)]
    if not old:
        return set()
    begun_by = {clock.opened_by for clock in old}
    resumed = {(clock.case, pause.until) for clock in old for pause in clock.course.pauses}
    return {one.key for one in events if one.key in begun_by or (one.case, _resumes(one, context)) in resumed}


def _resumes(stored: StoredEvent, context: IntakeContext) -> datetime:
    kind = context.kinds[stored.event.type]
    return counts_from(kind, stored.event, context.rules.policy, by=Move.RESUME)


def _is_history(clock: Clock, now: datetime) -> bool:
    course = clock.course
    return course.unknown_until is not None and not course.paused and is_history(clock, now)


def out_of_reach(messages: Iterable[Message], channels: Mapping[str, ChannelTraits]) -> Collection[UUID]:
    """
    Return the keys of the emergencies of these messages that reach somebody by no channel.

    An unread entry of an inbox reaches nobody. Nobody is sent to look for the deceased.
    """
    urgent = [
        message
        for message in messages
        if message.purpose is Purpose.EMERGENCY and message.reason != DO_NOT_CONTACT
    ]
    loud = [name for name in channels if not channels[name].waits] if urgent else []
    silent = [message for message in urgent if not _is_loud(message, loud)]
    if not silent:
        return ()
    reached = {(message.event_key, message.person) for message in urgent if _is_loud(message, loud)}
    return {message.event_key for message in silent if (message.event_key, message.person) not in reached}


def _is_loud(message: Message, loud: Container[str]) -> bool:
    """Return whether the message, or a step after it, goes out by one of these channels."""
    if message.state is State.SUPPRESSED:
        return False
    return message.channel in loud or any(
        target.channel in loud for step in message.fallback for target in step
    )


def unreached(stored: StoredEvent, *reasons: UnreachedReason, fields: tuple[str, ...] = ()) -> Unreached:
    event = stored.event
    return Unreached(
        event_key=stored.key,
        event_id=event.id,
        source=event.source,
        type=event.type,
        reasons=reasons,
        fields=fields,
    )


def again(found: Iterable[Unreached], events: Mapping[UUID, Event]) -> list[Unreached]:
    """Name the fields of what is reported again, which only the events have: a repeat says the same."""
    return [
        replace(one, fields=bad_fields(events[one.event_key]))
        if UnreachedReason.BAD_CONTACT in one.reasons
        else one
        for one in found
    ]


def notice(found: Unreached, now: datetime) -> Event:
    """Make the event that notifies the publisher; a repeat has the same id."""
    return own_event(
        NOTICE,
        f"unreached:{found.event_key}:{'+'.join(found.reasons)}",
        {
            "event_id": found.event_id,
            "event_source": found.source,
            "event_type": found.type,
            "reasons": list(found.reasons),
            **({"document": found.document} if found.document else {}),
            **({"fields": list(found.fields)} if found.fields else {}),
        },
        time=now,
    )
