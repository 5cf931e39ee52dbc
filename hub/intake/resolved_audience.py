"""The people of an event's audiences, their messages, and the records of both. Pure."""

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

PeopleByGroup = Mapping[Group, Sequence[Person]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """An event, and the addressees of each of its audiences."""

    stored: StoredEvent
    kind: EventType
    audiences: tuple[tuple[Addressee, ...], ...]

    @property
    def waiting(self) -> bool:
        """True while a party of the case is unknown."""
        return any(map(_waits, self.audiences))

    @property
    def broad(self) -> list[tuple[int, tuple[Group, ...]]]:
        """The audiences that are expanded page by page, each with its broad groups."""
        broad = [(number, tuple(_broad(audience))) for number, audience in enumerate(self.audiences)]
        return [(number, groups) for number, groups in broad if groups]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One audience of an event: its addressees, the people found, and their messages."""

    number: int
    addressees: Sequence[Addressee]
    people: Sequence[Person]
    messages: Sequence[Message]


def plan_audiences(
    meant: Meant, people: PeopleByGroup, *, context: IntakeContext, now: datetime
) -> Iterator[Spoken]:
    """Plan each audience for the people who were looked up; the pages of broad groups come later."""
    for number, audience in enumerate(meant.audiences):
        found, missing = _found(audience, people)
        plan = partial(plan_audience, meant.stored, meant.kind, number, rules=context.rules, now=now)
        messages = [*plan(found), *map(unknown_person, plan(missing))]
        yield Spoken(number=number, addressees=audience, people=[*found, *missing], messages=messages)


def record(meant: Meant, planned: Spoken, *, doubled: Iterable[LeftOut], now: datetime) -> AudienceRecord:
    """Make the record of an audience; `doubled` are people whom another audience notifies."""
    return AudienceRecord(
        event_key=meant.stored.key,
        audience=planned.number,
        planned_at=now,
        groups=[described(addressee) for addressee in planned.addressees],
        people=len(planned.people),
        why=_why(meant, planned),
        left_out=[*left_out(planned.people), *doubled],
    )


def quiet_records(meant: Meant, now: datetime) -> list[AudienceRecord]:
    """Make the records of a quiet event, of which its publisher wants nobody notified; else none."""
    if not is_quiet(meant.stored.event):
        return []
    key, numbers = meant.stored.key, range(len(meant.kind.audiences))
    return [
        AudienceRecord(event_key=key, audience=number, planned_at=now, groups=(), why=QUIET)
        for number in numbers
    ]


def paged(broad: Broad, people: Sequence[Person], *, total: int, over: bool, at: datetime) -> AudienceRecord:
    """
    Make the record of a broad audience after one of its pages.

    `total` counts from the first page of this expansion, which began `at`: a page that is expanded again
    is not counted twice.
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
    """Return the people who are not notified, with the reasons that their look-up gave."""
    return [
        LeftOut(person=person.ref, reason=person.left_out, detail=person.stand_in)
        for person in people
        if person.left_out is not None
    ]


def described(addressee: Addressee) -> Mapping[str, Json]:
    """Describe an addressee: a group by its non-default fields, a party by its word, a person by its ref."""
    if isinstance(addressee, Unknown):
        return {"party": addressee.who}
    if isinstance(addressee, Person):
        return {"person": addressee.ref}
    return {name: value for name, default in _GROUP_FIELDS if (value := getattr(addressee, name)) != default}


_GROUP_FIELDS: Final = tuple((field.name, field.default) for field in fields(Group))


def _why(meant: Meant, planned: Spoken) -> str | None:
    if not applies(meant.kind.audiences[planned.number], meant.stored):
        return CONDITION
    if _waits(planned.addressees):
        return WAITING
    if any(_broad(planned.addressees)):
        return EXPANDING
    return None if planned.people else NOBODY


def _waits(audience: Iterable[Addressee]) -> bool:
    return any(isinstance(addressee, Unknown) for addressee in audience)


def _broad(audience: Iterable[Addressee]) -> Iterator[Group]:
    return (addressee for addressee in audience if isinstance(addressee, Group) and addressee.broad)


def _found(audience: Iterable[Addressee], people: PeopleByGroup) -> tuple[list[Person], list[Person]]:
    """Return the people found, and stand-ins for the references that the directory does not have."""
    found: dict[str, Person] = {}
    missing: dict[str, Person] = {}
    for addressee in audience:
        members = _members(addressee, people)
        for person in members:
            found[person.ref] = merge_person(found.get(person.ref, person), person)
        if isinstance(addressee, Group) and addressee.person is not None and not members:
            missing[addressee.person] = Person(ref=addressee.person, name="")
    return list(found.values()), list(missing.values())


def _members(addressee: Addressee, people: PeopleByGroup) -> Sequence[Person]:
    if isinstance(addressee, Person):
        return [addressee]
    return people.get(addressee, ()) if isinstance(addressee, Group) else ()
