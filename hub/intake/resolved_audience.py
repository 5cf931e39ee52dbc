"""Whom the audiences of an event mean, what they are told, and what is kept of both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Final

from hub.intake.commit_result import Broad
from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import is_quiet, plan_audience, unknown_person
from hub.model import AudienceRecord, EventType, Json, LeftOut, Message, Person, StoredEvent
from hub.people.audience import Addressee, Group, Unknown, applies, merge_person

QUIET: Final = "quiet"
CONDITION: Final = "condition"
WAITING: Final = "waiting"
EXPANDING: Final = "expanding"
NOBODY: Final = "nobody"

Found = Mapping[Group, Sequence[Person]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """An event, and whom each of its audiences means."""

    stored: StoredEvent
    kind: EventType
    audiences: tuple[tuple[Addressee, ...], ...]

    @property
    def waiting(self) -> bool:
        """True while the case has not said who a party is."""
        return any(map(_waits, self.audiences))

    @property
    def broad(self) -> list[tuple[int, tuple[Group, ...]]]:
        """The audiences that are expanded page by page, each with its broad groups."""
        found = [(number, tuple(_broad(audience))) for number, audience in enumerate(self.audiences)]
        return [(number, groups) for number, groups in found if groups]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An audience of an event, who of it was found, and what they are told."""

    number: int
    addressees: Sequence[Addressee]
    people: Sequence[Person]
    messages: Sequence[Message]


def spoken(meant: Meant, people: Found, *, context: IntakeContext, now: datetime) -> Iterator[Spoken]:
    """Plan each audience for those who were looked up; the pages of broad ones come later."""
    for number, audience in enumerate(meant.audiences):
        found, missing = _found(audience, people)
        plan = partial(plan_audience, meant.stored, meant.kind, number, rules=context.rules, now=now)
        messages = [*plan(found), *map(unknown_person, plan(missing))]
        yield Spoken(number=number, addressees=audience, people=[*found, *missing], messages=messages)


def record(meant: Meant, one: Spoken, *, doubled: Iterable[LeftOut], now: datetime) -> AudienceRecord:
    """Make what is kept of an audience; `doubled` are those whom another audience tells the same."""
    return AudienceRecord(
        event_key=meant.stored.key,
        audience=one.number,
        planned_at=now,
        groups=[described(addressee) for addressee in one.addressees],
        people=len(one.people),
        why=_why(meant, one),
        left_out=[*left_out(one.people), *doubled],
    )


def silent(meant: Meant, now: datetime) -> list[AudienceRecord]:
    """Make what is kept of an event about which its publisher wants nobody told."""
    if not is_quiet(meant.stored.event):
        return []
    key, numbers = meant.stored.key, range(len(meant.kind.audiences))
    return [
        AudienceRecord(event_key=key, audience=number, planned_at=now, groups=(), why=QUIET)
        for number in numbers
    ]


def paged(broad: Broad, people: Sequence[Person], *, total: int, over: bool, at: datetime) -> AudienceRecord:
    """
    Make what is kept after a page of a broad audience.

    `total` counts from the first page of this expansion, which began `at`: a page that is expanded again
    is not counted again.
    """
    ended = None if total else NOBODY
    return AudienceRecord(
        event_key=broad.stored.key,
        audience=broad.audience,
        planned_at=at,
        groups=[described(group) for group in broad.groups],
        people=total,
        why=ended if over else EXPANDING,
        left_out=left_out(people),
    )


def left_out(people: Iterable[Person]) -> list[LeftOut]:
    """Answer those who are not told, with the reasons that their look-up gave."""
    return [
        LeftOut(person=person.ref, reason=person.left_out, detail=person.stand_in)
        for person in people
        if person.left_out is not None
    ]


def described(addressee: Addressee) -> Mapping[str, Json]:
    """Describe who was looked up: what a group says of itself, a party by its word, a stranger by the ref."""
    if isinstance(addressee, Unknown):
        return {"party": addressee.who}
    if isinstance(addressee, Person):
        return {"person": addressee.ref}
    return {name: value for name, default in _SAID if (value := getattr(addressee, name)) != default}


_SAID: Final = tuple((field.name, field.default) for field in fields(Group))


def _why(meant: Meant, one: Spoken) -> str | None:
    if not applies(meant.kind.audiences[one.number], meant.stored):
        return CONDITION
    if _waits(one.addressees):
        return WAITING
    if any(_broad(one.addressees)):
        return EXPANDING
    return None if one.people else NOBODY


def _waits(audience: Iterable[Addressee]) -> bool:
    return any(isinstance(one, Unknown) for one in audience)


def _broad(audience: Iterable[Addressee]) -> Iterator[Group]:
    return (one for one in audience if isinstance(one, Group) and one.broad)


def _found(audience: Iterable[Addressee], people: Found) -> tuple[list[Person], list[Person]]:
    """Answer who was found, and the references that the directory does not have."""
    found: dict[str, Person] = {}
    missing: dict[str, Person] = {}
    for one in audience:
        members = _members(one, people)
        for person in members:
            found[person.ref] = merge_person(found.get(person.ref, person), person)
        if isinstance(one, Group) and one.person is not None and not members:
            missing[one.person] = Person(ref=one.person, name="")
    return list(found.values()), list(missing.values())


def _members(one: Addressee, people: Found) -> Sequence[Person]:
    if isinstance(one, Person):
        return [one]
    return people.get(one, ()) if isinstance(one, Group) else ()
