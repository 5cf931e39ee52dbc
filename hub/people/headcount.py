"""
The people of an audience now: counts, channels, people left out, and a page of people. Pure.

Planning's rules judge each person, for a notice of service or for the purpose of the audience's consent.
Hours and limits do not count here: they move a message, and lose none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from hub.contact_rules.forecast import refusals
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import Person, Purpose
from hub.people.audience import merge_person
from hub.people.readiness import Suppressed, ways_to
from hub.policy import Policy

CHANNELS: Final[Mapping[str, str | None]] = {
    "email": "email",
    "sms": "phone",
    "whatsapp": "phone",
    "push": "push",
    "inbox": None,
}
"""Channel → the kind of contact point that it needs; the own inbox needs none."""


class Reach(Struct, kw_only=True):
    """The number of notified people whom each channel can reach; a person may count in several."""

    email: int
    mobile: Annotated[int, Meta(description="By SMS, or by WhatsApp where that is wanted.")]
    push: int
    letter_only: Annotated[int, Meta(description="By none of them, so only on paper.")]


class Tally:
    """Counts the people of several groups, each once, and keeps the first `limit` after `after`."""

    def __init__(
        self, suppressed: Suppressed, policy: Policy, *, at: datetime, after: str, limit: int
    ) -> None:
        self._suppressed = suppressed
        self._policy = policy
        self._at = at
        self._after = after
        self._limit = limit
        self._seen: dict[str, tuple[frozenset[str], str | None]] = {}
        self._first: dict[str, Person] = {}

    def add(self, people: Iterable[Person], opted_in: str | None = None) -> None:
        """
        Count a page of a group; a person is notified if any group notifies them.

        `opted_in` is the purpose that the group has consented to.
        """
        kept = dict(self._first)
        purpose = Purpose(opted_in) if opted_in in NEED_CONSENT else Purpose.SERVICE
        for known in people:
            person = self._count(known, purpose)
            if person.ref > self._after:
                kept[person.ref] = merge_person(kept.get(person.ref, person), person)
        # One more than the page shows that there is a next page.
        self._first = dict(sorted(kept.items())[: self._limit + 1])

    def _count(self, known: Person, purpose: Purpose) -> Person:
        ways = frozenset(ways_to(known, self._suppressed))
        person, ways = self._judged(known, ways, purpose)
        before, left_out = self._seen.get(person.ref, (ways, person.left_out))
        self._seen[person.ref] = before | ways, None if person.left_out is None else left_out
        return person

    def _judged(
        self, person: Person, ways: frozenset[str], purpose: Purpose
    ) -> tuple[Person, frozenset[str]]:
        """Take away the ways that the rules refuse; without any channel left, the person is left out."""
        facts = person.mark is not None or person.preferences is not None or purpose in NEED_CONSENT
        if person.left_out is not None or not facts:
            return person, ways
        mine = {channel: _addresses(person, kind) for channel, kind in CHANNELS.items()}
        closed = refusals(purpose, mine, person, at=self._at, policy=self._policy)
        if closed.keys() == mine.keys():
            return replace(person, left_out=closed["email"]), frozenset()
        # A mobile is reached by SMS or by WhatsApp.
        mobile = ways & {"sms"} if "whatsapp" not in closed else frozenset()
        return person, (ways - closed.keys()) | mobile

    @property
    def people(self) -> int:
        return len(self._seen)

    @property
    def told(self) -> int:
        return len(self._notified)

    @property
    def reach(self) -> Reach:
        return Reach(
            email=sum("email" in ways for ways in self._notified),
            mobile=sum("sms" in ways for ways in self._notified),
            push=sum("push" in ways for ways in self._notified),
            letter_only=sum(not ways for ways in self._notified),
        )

    @property
    def left_out(self) -> dict[str, int]:
        """Return reason → how many people are left out for it."""
        reasons = Counter(left_out for _, left_out in self._seen.values() if left_out is not None)
        return dict(sorted(reasons.items()))

    @property
    def _notified(self) -> Sequence[frozenset[str]]:
        return [ways for ways, left_out in self._seen.values() if left_out is None]

    @property
    def page(self) -> Sequence[Person]:
        """The people of the page, by ref."""
        return list(self._first.values())[: self._limit]

    @property
    def more(self) -> bool:
        """True when somebody comes after the page."""
        return len(self._first) > self._limit


def _addresses(person: Person, kind: str | None) -> Collection[str]:
    return [point.value for point in person.contact_points if point.kind == kind]
