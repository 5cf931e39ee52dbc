"""The events of a case's clocks, after any events in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub import sla
from hub.catalog import BY_NAME
from hub.model import HUB_SOURCE, NOBODY, Clock, ClockState, Event
from tests.unit.factories import HOUR, MONDAY, POLICY, SOURCE, event

PQRS = event("pqrs.received").data["pqrs_id"]
CASE = f"pqrs_id:{PQRS}"
DAY = 24 * HOUR
AT_THE_END = MONDAY + 365 * DAY
NAMES = (
    "pqrs.received",
    "pqrs.replied",
    "pqrs.info_requested",
    "pqrs.info_received",
    "pqrs.term_extended",
    "pqrs.responded",
    "pqrs.reopened",
    "pqrs.transferred",
    "pqrs.withdrawn",
    "notification.undelivered",
    "notification.handed_over",
)


def happened(name: str, days: int, number: int) -> Event:
    about = {"about": "pqrs.responded", "about_id": f"e-{number - 1}"} if "notification" in name else {}
    source = HUB_SOURCE if BY_NAME[name].hub_emitted else SOURCE
    data = {"pqrs_id": PQRS, **about}
    return event(name, data, at=MONDAY + days * DAY, id=f"e-{number}", source=source)


HISTORIES = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 40)), max_size=8).map(
    lambda drawn: [
        happened("pqrs.received", 0, 0),
        *(happened(name, days, n) for n, (name, days) in enumerate(drawn, start=1)),
    ]
)


@dataclass
class ReplayedHub:
    """A hub that receives events and fires the due steps in between. Every level is held."""

    known: list[Event] = field(default_factory=list)
    clocks: dict[Any, Clock] = field(default_factory=dict)
    published: list[tuple[Clock, str]] = field(default_factory=list)

    def receive(self, *events: Event) -> None:
        self.known += events
        fresh = sla.reconcile(
            sla.replay(CASE, self.known, BY_NAME, POLICY), list(self.clocks.values()), POLICY
        )
        self.clocks |= {clock.id: clock for clock in fresh}

    def pass_until(self, now: datetime) -> None:
        for key, clock in self.clocks.items():
            while (at := (clock := self.clocks[key]).next_at) is not None and at <= now:
                step = clock.steps[clock.fired]
                if not sla.already_notified(clock, step):
                    self.published.append((clock, sla.event_id(clock, step)))
                self.clocks[key] = sla.with_progress(clock, clock.fired + 1)

    @property
    def alive(self) -> dict[Any, tuple[object, ...]]:
        """The stored clocks, without the replaced ones and without the steps fired meanwhile."""
        return {
            clock.id: (clock.name, clock.ended_at and clock.state, clock.due_at, clock.ended_at, clock.course)
            for clock in self.clocks.values()
            if not (clock.state is ClockState.CANCELLED and clock.ended_at == clock.started_at)
        }


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Event], list[Event], list[int]]:
    """A history, the order of its arrival, and how many days pass before each event."""
    history = draw(HISTORIES)
    waits = draw(st.lists(st.integers(0, 12), min_size=len(history), max_size=len(history)))
    return history, draw(st.permutations(history)), waits


def lived_through(order: Sequence[Event], waits: Sequence[int]) -> ReplayedHub:
    hub, now = ReplayedHub(), MONDAY
    for arriving, days in zip(order, waits, strict=True):
        now = max(now, arriving.time) + timedelta(days=days)
        hub.pass_until(now)
        hub.receive(arriving)
    hub.pass_until(AT_THE_END)
    return hub


@settings(max_examples=100, deadline=None)
@given(course=arrivals())
def test_late_and_disordered_events_leave_the_same_clocks(
    course: tuple[list[Event], list[Event], list[int]],
) -> None:
    history, order, waits = course
    at_once = ReplayedHub()
    at_once.receive(*history)
    at_once.pass_until(AT_THE_END)

    assert at_once.alive == lived_through(order, waits).alive


@settings(max_examples=100, deadline=None)
@given(course=arrivals())
def test_no_step_is_notified_twice_and_a_clock_breaches_once(
    course: tuple[list[Event], list[Event], list[int]],
) -> None:
    _, order, waits = course
    hub = lived_through(order, waits)
    ids = Counter(name for _, name in hub.published)
    breaches = Counter(clock.id for clock, name in hub.published if ":breach:" in name)

    assert {1} >= set(ids.values())
    assert {1} >= set(breaches.values())


@settings(max_examples=100, deadline=None)
@given(course=arrivals())
def test_ended_clock_has_only_its_end_left_to_notify(
    course: tuple[list[Event], list[Event], list[int]],
) -> None:
    _, order, waits = course
    hub, now = ReplayedHub(), MONDAY
    for arriving, days in zip(order, waits, strict=True):
        now = max(now, arriving.time) + timedelta(days=days)
        hub.pass_until(now)
        hub.receive(arriving)
        for clock in hub.clocks.values():
            assert len({step.key for step in clock.steps}) == len(clock.steps)
            if clock.ended_at is not None:
                assert {"resolve"} >= {step.kind for step in clock.steps[clock.fired :]}
                assert len(clock.steps) <= clock.fired + 1


RECEIVED, ANSWERED, ANSWERED_LATER, TWICE, THRICE = (
    happened("pqrs.received", 0, 0),
    happened("pqrs.replied", 0, 1),
    happened("pqrs.replied", 1, 2),
    happened("pqrs.received", 0, 3),
    happened("pqrs.received", 0, 4),
)
CAME_BACK = [THRICE, TWICE, RECEIVED, ANSWERED_LATER, ANSWERED]
"""The clock of TWICE calls people, gives way to that of RECEIVED, and comes back once that one has ended."""


@settings(max_examples=100, deadline=None)
@given(course=arrivals())
@example(course=([RECEIVED, ANSWERED, ANSWERED_LATER, TWICE, THRICE], CAME_BACK, [0, 0, 3, 0, 0]))
def test_everybody_who_was_alerted_is_notified_of_the_end(
    course: tuple[list[Event], list[Event], list[int]],
) -> None:
    _, order, waits = course
    hub = lived_through(order, waits)
    ended = [clock for clock in hub.clocks.values() if clock.ended_at not in (None, clock.started_at)]

    assert [] == [step for clock in ended for step in sla.calls(clock) if step.told != NOBODY]
