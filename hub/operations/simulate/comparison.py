"""Two policies over one history, side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from hub import sla
from hub.model import Event, EventType
from hub.model.promises import Period
from hub.operations.simulate.sides import Fate, PromiseOutcome, Side
from hub.policy import Policy
from hub.ports import Contact

TELLING: Final = frozenset({sla.SUMMARY, *chain.from_iterable(sla.EVENTS.values())})
"""What clocks have told: each side tells it anew, so that what is stored of it does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A promise that stands otherwise at the end of the period."""

    case: str
    promise: str
    before: PromiseOutcome
    after: PromiseOutcome
    due_before: datetime
    due_after: datetime


class Comparison:
    """
    The policy of before and the one of after. Both sides are worked out from the events, in the same way.

    `moved` counts the promises that fall due at another instant; `changes` are those of the first `listed`
    cases in which a promise stands otherwise at the end, `changed` counts such cases.
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
        """Whether nothing that is looked at would have been different."""
        told = self.before.promises == self.after.promises and self.before.night == self.after.night
        return told and not self.moved and not self.changed

    def add_case(self, case: str, events: Iterable[Event]) -> None:
        """Replay a case by both policies, as it stood at the end of the period."""
        known = [event for event in events if event.time < self.period.until]
        before, after = self.before.replay(case, known), self.after.replay(case, known)
        self.cases += bool(before)
        self.clocks += len(before)
        pairs = _pairs(before, after)
        self.moved += sum(one.clock.due_at != other.clock.due_at for one, other in pairs)
        changes = [_change(one, other) for one, other in pairs if one.outcome is not other.outcome]
        if changes:
            self.changed += 1
            self.changes += changes if self.changed <= self._listed else []

    def add_contacts(self, contacts: Sequence[Contact]) -> None:
        """Look at stored messages by both policies."""
        self.messages += len(contacts)
        for contact in contacts:
            self.before.look_at(contact)
            self.after.look_at(contact)


def _pairs(before: Iterable[Fate], after: Iterable[Fate]) -> list[tuple[Fate, Fate]]:
    """Pair the fates of each clock: its id is made from what began it, whatever the policy."""
    others = {fate.clock.id: fate for fate in after}
    return [(fate, others[fate.clock.id]) for fate in before if fate.clock.id in others]


def _change(before: Fate, after: Fate) -> Change:
    return Change(
        case=before.clock.case,
        promise=before.clock.name,
        before=before.outcome,
        after=after.outcome,
        due_before=before.clock.due_at,
        due_after=after.clock.due_at,
    )
