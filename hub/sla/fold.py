"""Fold of moves: what each does to the clocks of a case. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from hub.business_time import dates
from hub.business_time.opening_hours import DAY
from hub.model import (
    FIRST_LEVEL,
    HUB_SOURCE,
    Acknowledgement,
    Clock,
    ClockHistory,
    ClockState,
    Event,
    FollowUp,
    Json,
    Move,
    Pause,
    Promise,
)
from hub.model.case_state import Answer
from hub.model.extensions import AskedExtension, ExtensionRefusal
from hub.model.ids import clock_id, event_key
from hub.policy import Policy
from hub.sla import follow_ups
from hub.sla.events import CONTEXT, party_of
from hub.sla.schedule import schedule


@dataclass(slots=True)
class Fold:
    """
    The clocks of a case after the events folded so far.

    `ended` are the ended clocks, the last one of each name last. `answers` holds, by clock name, the events
    that stopped the last clock, or would have. The ids of answers that turned out not to have arrived are in
    `lost` instead. `extensions` are the events that asked for one.
    """

    case: str
    policy: Policy
    running: dict[str, Clock] = field(default_factory=dict)
    ended: list[Clock] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    lost: dict[str, set[str]] = field(default_factory=dict)
    extensions: list[AskedExtension] = field(default_factory=list)

    def start(self, name: str, event: Event) -> None:
        if name not in self.running:
            rules = self.policy.clocks[name]
            promise = rules.promise_for(event.data, self.policy.calendar_rules.mode)
            at = rules.started_at(event)
            self._begin(name, event, promise, _context(event), at)

    def check(self, name: str, event: Event) -> None:
        """Start the check that the event's messages leave in time; a new announcement starts a new check."""
        self.cancel(name, event)
        self.start(name, event)
        self.running[name] = replace(
            self.running[name], promise=replace(self.running[name].promise, checked=True)
        )

    def restart(self, name: str, event: Event) -> None:
        """Start the whole term once more, with the last promise; without an earlier clock, do nothing."""
        last = self._last(name)
        if name not in self.running and last is not None:
            self._begin(name, event, last.promise, {**last.context, **_context(event)}, event.time)

    def _begin(
        self, name: str, event: Event, promise: Promise, context: Mapping[str, Json], at: datetime
    ) -> None:
        self.answers[name], self.lost[name] = [], set()
        self.running[name] = Clock(
            id=clock_id(self.case, name, event),
            case=self.case,
            name=name,
            state=ClockState.OPEN,
            started_at=at,
            due_at=at,
            level=FIRST_LEVEL,
            promise=promise,
            steps=(),
            course=ClockHistory(registered_at=event.time if at < event.time else None),
            opened_by=event_key(event),
            context=context,
        )

    def stop(self, name: str, event: Event) -> None:
        """
        End the clock by an answer, or by the letter that replaces a lost answer to this clock.

        An event of the hub's own that names an ended clock, or another running one, does not end this one.
        If it names a clock that was replaced by an earlier start, it ends the replacement.
        """
        about = about_id(event)
        if self._names_another(name, event):
            return
        if name in self.answers and (about is None or about in self.lost[name]):
            self.answers[name].append(Answer(event.id, event.time))
            self._end(name, event.time, ClockState.MET)

    def _names_another(self, name: str, event: Event) -> bool:
        """Return whether the event names a clock that has ended, or one of another name, while this runs."""
        named = event.data.get("clock_id") if event.source == HUB_SOURCE else None
        others = (clock for clock in self.running.values() if clock.name != name)
        return name in self.running and any(str(clock.id) == named for clock in (*self.ended, *others))

    def cancel(self, name: str, event: Event) -> None:
        self._end(name, event.time, ClockState.CANCELLED)

    def _end(self, name: str, at: datetime, state: ClockState) -> None:
        clock = self.running.pop(name, None)
        if clock is not None:
            # Of two terms that one event starts, only one may count from a fact before it.
            at = max(at, clock.started_at)
            self.ended.append(replace(self._resumed(clock, at), ended_at=at, state=state))

    def pause(self, name: str, event: Event) -> None:
        clock = self.running.get(name)
        if clock is not None and not clock.course.paused:
            self._change(clock, pauses=(*clock.course.pauses, Pause(since=event.time)))

    def resume(self, name: str, event: Event) -> None:
        if name in self.running:
            at = self.policy.clocks[name].started_at(event)
            self.running[name] = self._resumed(self.running[name], at)

    def _resumed(self, clock: Clock, at: datetime) -> Clock:
        if not clock.course.paused:
            return clock
        *before, last = clock.course.pauses
        # What was asked for may have come before anybody asked.
        pauses = (*before, replace(last, until=max(at, last.since)))
        return replace(clock, course=replace(clock.course, pauses=pauses))

    def extend(self, name: str, event: Event) -> None:
        """Extend once: the law allows no second extension."""
        clock = self.running.get(name)
        refusal = self._refusal(name, clock)
        if clock is not None and refusal is None:
            named = event.data.get("new_due_on")
            to = None if named is None else dates.instant(named) + DAY
            self._change(clock, extended_at=event.time, extended_to=to)
        about = clock or self._last(name)
        self.extensions.append(AskedExtension(event, name, None if about is None else about.id, refusal))

    def _refusal(self, name: str, clock: Clock | None) -> ExtensionRefusal | None:
        if clock is None:
            return ExtensionRefusal.NO_CLOCK if self._last(name) is None else ExtensionRefusal.ENDED
        return None if clock.course.extended_at is None else ExtensionRefusal.ALREADY_EXTENDED

    def reopen(self, name: str, event: Event) -> None:
        """Undo the stop of an answer that did not arrive: the next answer ends the clock, or it runs on."""
        last, answers = self._last(name), self.answers.get(name, [])
        about = about_id(event) or next((answer.id for answer in answers), None)
        arrived = [answer for answer in answers if answer.id != about]
        if about is None or last is None or last.state is ClockState.CANCELLED or arrived == answers:
            return
        self.answers[name] = arrived
        self.lost[name].add(about)
        self.ended.remove(last)
        running = replace(last, ended_at=None, state=ClockState.OPEN)
        self.running[name] = running
        if arrived:
            self._end(name, arrived[0].time, ClockState.MET)
        else:
            self._change(running, reopened=(*running.course.reopened, event.time))

    def acknowledge(self, name: str, event: Event) -> None:
        """Record a level's acknowledgement of the clock that the event names; once per level."""
        clock = self.running.get(name)
        if clock is None or str(clock.id) != event.data.get("clock_id"):
            return
        known = clock.course.acknowledged
        if event.data["level"] not in {acknowledgement.level for acknowledgement in known}:
            new = Acknowledgement(level=event.data["level"], at=event.time, by=event.data["by"])
            self._change(clock, acknowledged=(*known, new))

    def follow_up(self, follow_up: FollowUp, event: Event) -> None:
        """Schedule a follow-up, unless the case has it already: one to come, or the only one."""
        last, delay = self._last(follow_up.name), follow_ups.delay_of(follow_up, self.policy)
        known = last is not None and last.state is not ClockState.CANCELLED
        if known and last is not None and (follow_up.once or follow_ups.is_pending(last, event.time)):
            return
        if delay is None or not follow_ups.applies(follow_up, event, self.policy):
            return
        promise = follow_ups.promise_of(follow_up, delay, self.policy.calendar_rules.mode)
        clock = Clock(
            id=clock_id(self.case, follow_up.name, event),
            case=self.case,
            name=follow_up.name,
            state=ClockState.OPEN,
            started_at=event.time,
            due_at=event.time,
            level=FIRST_LEVEL,
            promise=promise,
            steps=(),
            opened_by=event_key(event),
            context=follow_ups.context_of(follow_up, event, self._known()),
        )
        self.ended.append(schedule(clock, self.policy.calendar, self.policy.calendar_version))

    def call_off(self, event: Event) -> None:
        """Cancel the follow-ups of the case that are still to come."""
        self.ended = [
            follow_ups.cancelled(clock, event.time)
            if clock.promise.follow_up is not None and follow_ups.is_pending(clock, event.time)
            else clock
            for clock in self.ended
        ]

    def _known(self) -> dict[str, Json]:
        """Return what the clocks know of their case; where two differ, the later one counts."""
        clocks = sorted(
            [*self.ended, *self.running.values()], key=lambda clock: (clock.started_at, clock.name)
        )
        return {key: value for clock in clocks for key, value in clock.context.items()}

    def _last(self, name: str) -> Clock | None:
        return next((clock for clock in reversed(self.ended) if clock.name == name), None)

    def _change(self, clock: Clock, **changes: Any) -> None:
        self.running[clock.name] = replace(clock, course=replace(clock.course, **changes))


def about_id(event: Event) -> str | None:
    """Return the id of the event that an event of the hub's own is about."""
    about: str | None = event.data.get("about_id") if event.source == HUB_SOURCE else None
    return about


def _context(event: Event) -> dict[str, Json]:
    known = {key: event.data[key] for key in CONTEXT if event.data.get(key) is not None}
    return known | party_of(event.data)


MOVES: Final[Mapping[Move, Callable[[Fold, str, Event], None]]] = {
    Move.START: Fold.start,
    Move.CHECK: Fold.check,
    Move.RESTART: Fold.restart,
    Move.STOP: Fold.stop,
    Move.CANCEL: Fold.cancel,
    Move.PAUSE: Fold.pause,
    Move.RESUME: Fold.resume,
    Move.EXTEND: Fold.extend,
    Move.REOPEN: Fold.reopen,
    Move.ACKNOWLEDGE: Fold.acknowledge,
}
