"""One policy's side of a rehearsal: what it would have made of the history, counted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hub import sla
from hub.model import Event, EventType, Purpose, Step, StepKind
from hub.model.promises import Period
from hub.operations.simulate.fates import Fate, PromiseOutcome, fate_of
from hub.operations.simulate.nights import begins_at, call_of_message, calls_of_step, is_night
from hub.policy import Policy
from hub.ports import Contact


@dataclass(slots=True, kw_only=True)
class Counts:
    """
    What comes of the clocks of one promise within the period.

    `climbed` counts the steps that hand over by the level that is told, `night` the messages of all its
    steps that go at night.
    """

    kept: int = 0
    broken: int = 0
    warned: int = 0
    climbed: Counter[int] = field(default_factory=Counter)
    reminded: int = 0
    night: int = 0

    @property
    def share_kept(self) -> float | None:
        done = self.kept + self.broken
        return self.kept / done if done else None

    def add(self, other: Counts) -> None:
        """Count what the other has counted, too."""
        self.kept += other.kept
        self.broken += other.broken
        self.warned += other.warned
        self.climbed += other.climbed
        self.reminded += other.reminded
        self.night += other.night


class Side:
    """Replays cases by one policy and counts; its memory does not grow with the history."""

    def __init__(self, policy: Policy, period: Period, catalog: Mapping[str, EventType]) -> None:
        self.promises: dict[str, Counts] = {}
        self.night: Counter[Purpose] = Counter()
        self._policy = policy
        self._period = period
        self._catalog = catalog

    @property
    def total(self) -> Counts:
        """What comes of all promises together."""
        total = Counts()
        for counts in self.promises.values():
            total.add(counts)
        return total

    def replay(self, case: str, events: Iterable[Event]) -> list[Fate]:
        """Answer what becomes of the clocks of a case that are of the period, and count it."""
        clocks = sla.replay(case, events, self._catalog, self._policy)
        fates = [fate for clock in clocks if (fate := fate_of(clock, self._period))]
        for fate in fates:
            self._count(fate)
        return fates

    def look_at(self, contact: Contact) -> None:
        """Count a stored message if it would go at night."""
        first = begins_at(contact, self._catalog)
        call = call_of_message(contact, first, self._policy) if first in self._period else None
        if call is not None and is_night(call.at, self._policy.calendar.zone):
            self.night[call.purpose] += 1

    def _count(self, fate: Fate) -> None:
        counts = self.promises.setdefault(fate.clock.name, Counts())
        counts.kept += fate.outcome is PromiseOutcome.KEPT
        counts.broken += fate.outcome is PromiseOutcome.BROKEN
        for step in fate.told:
            _count_step(counts, step)
        woken = Counter(self._night_calls(fate))
        counts.night += woken.total()
        self.night += woken

    def _night_calls(self, fate: Fate) -> Iterator[Purpose]:
        zone = self._policy.calendar.zone
        for step in fate.told:
            for call in calls_of_step(fate.clock, step, self._catalog, self._policy):
                if is_night(call.at, zone):
                    yield call.purpose


def _count_step(counts: Counts, step: Step) -> None:
    if step.kind is StepKind.AT_RISK:
        counts.warned += 1
    elif step.kind is StepKind.ESCALATE:
        counts.climbed[step.told_level] += 1
    elif step.kind is StepKind.REMIND:
        counts.reminded += 1
