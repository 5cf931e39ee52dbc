"""Whom the audiences of an event mean, what they are told, and what is kept of both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import is_recorded_only, plan_audience, unknown_person
from hub.model import AudienceRecord, EventType, Json, LeftOut, Message, Person, StoredEvent
from hub.people.audience import (
    Addressee,
    Group,
    Parties,
    Unknown,
    addressees,
    applies,
    merge_groups,
    merge_person,
)

QUIET: Final = "quiet"
CONDITION: Final = "condition"
WAITING: Final = "waiting"
EXPANDING: Final = "expanding"
NOBODY: Final = "nobody"

Found = Mapping[Group, Sequence[Person]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAudience:
    """
    An audience of an event: whom it means, and once they were looked up, who they are and what they get.

    `ends_planning` is true when the last page of its broad groups is the end of the event's planning.
    """

    stored: StoredEvent
    kind: EventType
    number: int
    addressees: Sequence[Addressee]
    people: Sequence[Person] = ()
    messages: Sequence[Message] = ()
    ends_planning: bool = False

    @property
    def waits(self) -> bool:
        """True while the case has not said who a party is."""
        return any(isinstance(addressee, Unknown) for addressee in self.addressees)

    @property
    def broad(self) -> list[Group]:
        """The groups that are expanded page by page."""
        return [group for group in self.addressees if isinstance(group, Group) and group.broad]

    @property
    def looked_up(self) -> list[Group]:
        """The groups whose people are looked up at once."""
        return [group for group in self.addressees if isinstance(group, Group) and not group.broad]

    def messages_to(
        self, people: Sequence[Person], *, context: IntakeContext, now: datetime, crowd: int | None = None
    ) -> list[Message]:
        """Plan what these of it are told; `crowd` is how many it has in all."""
        return plan_audience(
            self.stored, self.kind, self.number, people, rules=context.rules, now=now, crowd=crowd
        )


def resolve(stored: StoredEvent, kind: EventType, parties: Parties) -> list[PlannedAudience]:
    """Answer whom each audience of an event means: nobody when its publisher wants nobody told."""
    quiet = is_recorded_only(stored.event)
    return [
        PlannedAudience(
            stored=stored,
            kind=kind,
            number=number,
            addressees=[] if quiet else merge_groups(addressees(audience, stored, parties)),
        )
        for number, audience in enumerate(kind.audiences)
    ]


def as_planned(stored: StoredEvent, audiences: Sequence[PlannedAudience]) -> StoredEvent:
    """Note whether an event with these audiences waits for a party, and whether it is planned now."""
    waiting = any(audience.waits for audience in audiences)
    return replace(
        stored, waiting=waiting, planned=not waiting and not any(audience.broad for audience in audiences)
    )


def expansions(audiences: Sequence[PlannedAudience]) -> list[PlannedAudience]:
    """Answer the audiences of an event that are expanded page by page."""
    broad = [audience for audience in audiences if audience.broad]
    waiting = any(audience.waits for audience in audiences)
    return [replace(audience, ends_planning=audience is broad[-1] and not waiting) for audience in broad]


def plan(
    audience: PlannedAudience, found: Found, *, context: IntakeContext, now: datetime
) -> PlannedAudience:
    """Plan it for those who were looked up; the pages of broad groups come later."""
    known, missing = _found(audience.addressees, found)
    messages = audience.messages_to(known, context=context, now=now)
    messages += map(unknown_person, audience.messages_to(missing, context=context, now=now))
    return replace(audience, people=[*known, *missing], messages=messages)


def record(planned: PlannedAudience, *, doubled: Iterable[LeftOut], now: datetime) -> AudienceRecord:
    """Make what is kept of an audience; `doubled` are those whom another audience tells the same."""
    return AudienceRecord(
        event_key=planned.stored.key,
        audience=planned.number,
        planned_at=now,
        groups=[described(addressee) for addressee in planned.addressees],
        people=len(planned.people),
        why=_why(planned),
        left_out=[*left_out(planned.people), *doubled],
    )


def paged(
    audience: PlannedAudience, people: Sequence[Person], *, total: int, over: bool, at: datetime
) -> AudienceRecord:
    """
    Make what is kept after a page of a broad audience.

    `total` counts from the first page of this expansion, which began `at`: a page that is expanded again
    is not counted again.
    """
    ended = None if total else NOBODY
    return AudienceRecord(
        event_key=audience.stored.key,
        audience=audience.number,
        planned_at=at,
        groups=[described(group) for group in audience.broad],
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


def _why(planned: PlannedAudience) -> str | None:
    if is_recorded_only(planned.stored.event):
        return QUIET
    if not applies(planned.kind.audiences[planned.number], planned.stored):
        return CONDITION
    if planned.waits:
        return WAITING
    if planned.broad:
        return EXPANDING
    return None if planned.people else NOBODY


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
