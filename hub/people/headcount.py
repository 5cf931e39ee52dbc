"""Who is in an audience now: counts, channels, people left out, and a page of people. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.model import Person
from hub.people.audience import merge_person
from hub.people.readiness import Suppressed, ways_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """
    Counts of people. `told` are `people` without those left out, who are counted by reason.

    A person may count in several of `email`, `mobile` and `push`, or only in `letter_only`.
    """

    people: int
    told: int
    email: int
    mobile: int
    push: int
    letter_only: int
    left_out: Mapping[str, int]


class Tally:
    """Counts the people of several groups, each once, and keeps the first `limit` after `after`."""

    def __init__(self, suppressed: Suppressed, *, after: str, limit: int) -> None:
        self._suppressed = suppressed
        self._after = after
        self._limit = limit
        self._seen: dict[str, tuple[frozenset[str], str | None]] = {}
        self._first: dict[str, Person] = {}

    def add(self, people: Iterable[Person]) -> None:
        """Count a page of a group; a person whom any group notifies is notified."""
        kept = dict(self._first)
        for person in people:
            self._count(person)
            if person.ref > self._after:
                kept[person.ref] = merge_person(kept.get(person.ref, person), person)
        # One more than the page shows that there is a next page.
        self._first = dict(sorted(kept.items())[: self._limit + 1])

    def _count(self, person: Person) -> None:
        known = self._seen.get(person.ref)
        if known is None:
            ways = frozenset(ways_to(person, self._suppressed))
            self._seen[person.ref] = ways, person.left_out
        elif person.left_out is None:
            self._seen[person.ref] = known[0], None

    @property
    def headcount(self) -> Headcount:
        told = [ways for ways, left_out in self._seen.values() if left_out is None]
        reasons = Counter(left_out for _, left_out in self._seen.values() if left_out is not None)
        return Headcount(
            people=len(self._seen),
            told=len(told),
            email=sum("email" in ways for ways in told),
            mobile=sum("sms" in ways for ways in told),
            push=sum("push" in ways for ways in told),
            letter_only=sum(not ways for ways in told),
            left_out=dict(sorted(reasons.items())),
        )

    @property
    def page(self) -> Sequence[Person]:
        """The people of the page, by ref."""
        return list(self._first.values())[: self._limit]

    @property
    def more(self) -> bool:
        """True when somebody comes after the page."""
        return len(self._first) > self._limit
