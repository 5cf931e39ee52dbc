"""State of a case in plain words for its person: received, due, assignee, steps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME
from hub.model import Clock, Purpose
from hub.model.residents import ResidentMessage
from hub.operations.clocks.due_words import due_words, ended_words, paused_words
from hub.operations.residents.not_answered import is_overdue, next_rung, was_told
from hub.operations.residents.own_words_es import own_subject
from hub.operations.residents.schemas import ShownCase, ShownPromise, ShownStep
from hub.policy.clocks import ESCALATES
from hub.rendering.filters import inicial, punto
from hub.rendering.labels_es import LEVELS
from hub.rendering.titles_es import CLOCKS, EVENTS
from hub.sla import subject_of

PROMISED: Final = frozenset(
    {"first_reply", "legal_term", "maintenance_response", "maintenance_resolution", "privacy_query"}
    | {"privacy_claim", "outage", "conflict", "callback", "accounting_delivery"}
)
"""The promises that are made to the person of a case; the others are the company's own affair."""
_OF_A_PERSON: Final = ("subject_id:", "person_id:")
"""Cases that gather the affairs of one person: there, a link would show more than its message."""
_MINE: Final = frozenset(
    name
    for name, kind in BY_NAME.items()
    if any(audience.purpose is not Purpose.INTERNAL for audience in kind.audiences)
)
"""Events of which somebody outside the company is notified."""


def case_of(message: ResidentMessage, *, now: datetime, calendar: WorkCalendar) -> ShownCase | None:
    """Return the case of a message in plain words; None without a promise, and for a person's own file."""
    clocks = [clock for clock in message.clocks if clock.name in PROMISED]
    if not clocks or message.case is None or message.case.startswith(_OF_A_PERSON):
        return None
    overdue = [clock for clock in clocks if is_overdue(clock, now)]
    rungs = [(clock, step) for clock in overdue if (step := next_rung(clock, now)) is not None]
    may_climb = any(not was_told(message, clock, step) for clock, step in rungs)
    return ShownCase(
        number=subject_of(clocks[0]),
        subject=own_subject(
            message.person,
            message.case,
            message.events[0].name if message.events else "",
            message.opened,
            unit=message.unit,
        ),
        message_id=str(message.message_id),
        received_at=min(clock.started_at for clock in clocks),
        promises=list(_promises(clocks, now, calendar)),
        happened=[
            ShownStep(what=EVENTS[event.name], at=event.at)
            for event in message.events
            if event.name in _MINE and event.name in EVENTS
        ],
        may_climb=may_climb,
        was_told=bool(rungs) and not may_climb,
        at_top=bool(overdue) and not rungs,
        open=any(clock.ended_at is None for clock in clocks),
        overdue=bool(overdue),
    )


def _promises(clocks: Sequence[Clock], now: datetime, calendar: WorkCalendar) -> Iterator[ShownPromise]:
    """Yield each promise that runs, then the end of the last of each other kind."""
    said: set[str] = set()
    for clock in clocks:
        if clock.ended_at is None or clock.name not in said:
            said.add(clock.name)
            yield ShownPromise(
                what=CLOCKS[clock.name],
                how=inicial(punto(_how(clock, now, calendar))),
                overdue=is_overdue(clock, now),
            )


def _how(clock: Clock, now: datetime, calendar: WorkCalendar) -> str:
    if clock.ended_at is not None:
        return ended_words(clock.state, clock.ended_at, now)
    if clock.course.paused:
        return paused_words(clock.course, now)
    held = f". Lo tiene: {LEVELS.get(str(clock.level), 'la administración')}"
    return f"{due_words(clock.promise, clock.due_at, now, calendar)}{held if clock.name in ESCALATES else ''}"
