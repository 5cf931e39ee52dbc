"""Two policies over one history, side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from hub import sla
from hub.model import Event, EventType, Period
from hub.operations.simulate.sides import Fate, PromiseOutcome, Side
from hub.policy import Policy
from hub.storage.history import Contact

CLOCK_EVENTS: Final = frozenset({sla.SUMMARY, *chain.from_iterable(sla.EVENTS.values())})
"""Events of clocks. Each side computes them again, so the stored ones do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A promise with another outcome at the end of the period."""

    case: str
    name: str
    before: PromiseOutcome
    after: PromiseOutcome
    due_before: datetime
    due_after: datetime


class Comparison:
    """
    Compares two policies, `before` and `after`, each computed from the same events in the same way.

    `moved` counts the promises with another due time. `changed` counts the cases in which a promise has
    another outcome at the end; `changes` lists those of the first `listed` cases.
    """

    def __init__(
        self,
        before: Policy,
        after: Policy,
        *,
        period: Period,
        catalog: Mapping[str, EventType],
        listed: int,
    ) -> None:
        self.period = period
        self.before = Side(before, period, catalog)
        self.after = Side(after, period, catalog)
        self.cases = self.clocks = self.messages = self.moved = self.changed = 0
        self.changes: list[Change] = []
        self._listed = listed

    @property
    def same(self) -> bool:
        """True when both policies give the same result."""
        counts = self.before.promises == self.after.promises and self.before.night == self.after.night
        return counts and not self.moved and not self.changed

    def add_case(self, case: str, events: Iterable[Event]) -> None:
        """Replay a case by both policies, up to the end of the period."""
        known = [event for event in events if event.time < self.period.until]
        before, after = self.before.replay(case, known), self.after.replay(case, known)
        self.cases += bool(before)
        self.clocks += len(before)
        pairs = _pairs(before, after)
        self.moved += sum(old.clock.due_at != new.clock.due_at for old, new in pairs)
        changes = [_change(old, new) for old, new in pairs if old.outcome is not new.outcome]
        if changes:
            self.changed += 1
            self.changes += changes if self.changed <= self._listed else []

    def add_contacts(self, contacts: Sequence[Contact]) -> None:
        """Count stored messages by both policies."""
        self.messages += len(contacts)
        for contact in contacts:
            self.before.look_at(contact)
            self.after.look_at(contact)


def _pairs(before: Iterable[Fate], after: Iterable[Fate]) -> list[tuple[Fate, Fate]]:
    """Pair the fates of each clock: its id depends on its first event, not on the policy."""
    others = {fate.clock.id: fate for fate in after}
    return [(fate, others[fate.clock.id]) for fate in before if fate.clock.id in others]


def _change(before: Fate, after: Fate) -> Change:
    return Change(
        case=before.clock.case,
        name=before.clock.name,
        before=before.outcome,
        after=after.outcome,
        due_before=before.clock.due_at,
        due_after=after.clock.due_at,
    )
