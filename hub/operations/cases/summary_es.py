"""State of a case now, in sentences: its promises, and their assignees. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from hub.business_time import WorkCalendar
from hub.model import FIRST_LEVEL, Clock, ClockState, StepKind
from hub.operations.cases.schemas import CaseProgress
from hub.operations.clocks.due_words import due_words, ended_words, paused_words
from hub.operations.explain import sentences_es
from hub.policy.clocks import ESCALATES
from hub.rendering import labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.filters import NBSP
from hub.rendering.titles_es import CLOCKS

_STANDS: Final[Mapping[CaseProgress, str]] = {
    CaseProgress.OPEN: "Abierto.",
    CaseProgress.CLOSED: "Cerrado: todos sus plazos terminaron.",
    CaseProgress.NO_PROMISES: "Sin plazos: nada de este caso tiene un plazo que cumplir.",
}
_CLIMBS: Final = frozenset({StepKind.ESCALATE, StepKind.REMIND})


def progress_of(head: Sequence[Clock]) -> CaseProgress:
    """Return whether a promise of the case still runs. `head` has the running clocks first."""
    if not head:
        return CaseProgress.NO_PROMISES
    return CaseProgress.OPEN if head[0].ended_at is None else CaseProgress.CLOSED


def summary(
    head: Sequence[Clock], names: Mapping[str, str], now: datetime, calendar: WorkCalendar
) -> list[str]:
    """Yield the state of the case, then each running promise, then the end of the last of each other kind."""
    return [_STANDS[progress_of(head)], *_running(head, names, now, calendar), *_ended(head, now)]


def _running(
    head: Sequence[Clock], names: Mapping[str, str], now: datetime, calendar: WorkCalendar
) -> Iterator[str]:
    for clock in head:
        if clock.ended_at is None:
            course = clock.course
            paused = course.paused
            due = (
                paused_words(course, now) if paused else due_words(clock.promise, clock.due_at, now, calendar)
            )
            held = f"; {_holder(clock, names)}" if clock.name in ESCALATES else ""
            at_risk = ", en riesgo" if clock.state is ClockState.AT_RISK else ""
            yield _plain(f"{promise(clock.name)}: {due}{at_risk}{held}")


def _ended(head: Sequence[Clock], now: datetime) -> Iterator[str]:
    said = {clock.name for clock in head if clock.ended_at is None}
    for clock in head:
        if clock.ended_at is not None and clock.name not in said:
            said.add(clock.name)
            yield _plain(f"{promise(clock.name)}: {ended_words(clock.state, clock.ended_at, now)}")


def _holder(clock: Clock, names: Mapping[str, str]) -> str:
    """`lo tiene Luz Mora desde …`: who has taken the level on, else the level."""
    taken = [ack for ack in clock.course.acknowledged if ack.level >= clock.level]
    if taken:
        last = max(taken, key=lambda ack: ack.at)
        return f"lo tiene {name_of(last.by, names)} desde {sentences_es.at_time(last.at)}"
    return f"lo tiene el {level(clock.level)} desde {sentences_es.at_time(_since(clock))}"


def _since(clock: Clock) -> datetime:
    climbed = (
        step.at
        for step in clock.steps[: clock.fired]
        if step.kind in _CLIMBS and step.notified_level == clock.level
    )
    return clock.started_at if clock.level == FIRST_LEVEL else min(climbed, default=clock.started_at)


def promise(name: str) -> str:
    """`Primera respuesta`."""
    return CLOCKS.get(name, name)


def level(number: object) -> str:
    """`nivel 2 (Coordinación del área)`."""
    label = labels_es.LEVELS.get(str(number))
    return f"nivel {number} ({label})" if label else f"nivel {number}"


def name_of(by: str, names: Mapping[str, str]) -> str:
    """Return the name of the author; without one the reference, `luz` of `account:luz`."""
    return who_es(by, names)


def _plain(text: str) -> str:
    return sentences_es.sentence(text.replace(NBSP, " "))
