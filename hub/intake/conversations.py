"""Conversations that become cases: a mail, a form or a call that is a PQRS from now on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import is_recorded_only
from hub.model import THREAD, Event, Json, own_event
from hub.model.casework import FILED, case_of_thread
from hub.model.ids import event_key

_NUMBERS: Final = ("pqrs_id", "radicado")


def with_filings(events: Mapping[UUID, Event], context: IntakeContext, now: datetime) -> Mapping[UUID, Event]:
    """
    Add to a batch what ends the conversations that its events take over.

    It is stored together with the event that takes over: a receipt of both that has not left goes out once.
    """
    taking = [event for event in events.values() if context.kinds[event.type].takes_over]
    made = [filing for event in taking if (filing := _filing(event, context, now)) is not None]
    return {**events, **{event_key(filing): filing for filing in made}} if made else events


def _filing(event: Event, context: IntakeContext, now: datetime) -> Event | None:
    kind = context.kinds[event.type]
    thread = event.data.get(kind.takes_over)
    # A thread that is a case itself goes on: what was written in it has become another one.
    if not thread or case_of_thread(thread) == thread:
        return None
    known: dict[str, Json] = {name: event.data[name] for name in _NUMBERS if event.data.get(name)}
    data = {THREAD: thread, "case": kind.case_of(event.data), **known}
    # After all that the conversation has had so far, whatever its writers' clocks say.
    return own_event(FILED, f"filed:{event_key(event)}", data, time=now, quiet=is_recorded_only(event))
