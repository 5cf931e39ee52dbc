"""Resolved audiences of an event: their people, their messages, and the records of both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import fields, replace

from hub.intake.decode import IntakeContext
from hub.messages.planning.plan import is_recorded_only, plan_audience, unknown_person
from hub.model import AudienceRecord, EventType, Json, LeftOut, Message, Person, Recall, StoredEvent
from hub.people.audience import (
    NO_OPERATORS,
    Addressee,
    Group,
    LastResort,
    Operators,
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

PeopleByGroup = Mapping[Group, Sequence[Person]]


class PlannedAudience(Struct, frozen=True, kw_only=True):
    """
    An audience of an event: its addressees and, once looked up, the people and their messages.

    `broad` are its groups that are expanded page by page, `looked_up` those whose people are looked up at
    once. It `waits` while a party of the case is unknown. `ends_planning` is true if the last page of its
    broad groups completes the event's planning. `recalled` is true if the event is taken back already. The
    people of `then` come on the same pages, after its own.
    """

    stored: StoredEvent
    kind: EventType
    number: int
    addressees: Sequence[Addressee]
    broad: Sequence[Group] = ()
    looked_up: Sequence[Group] = ()
    waits: bool = False
    people: Sequence[Person] = ()
    messages: Sequence[Message] = ()
    ends_planning: bool = False
    recalled: bool = False
    then: PlannedAudience | None = None

    def messages_to(
        self, people: Sequence[Person], *, context: IntakeContext, now: datetime, crowd: int | None = None
    ) -> list[Message]:
        """Plan the messages to these people; `crowd` is the size of the whole audience."""
        return plan_audience(
            self.stored, self.kind, self.number, people, rules=context.rules, now=now, crowd=crowd
        )


def resolve(
    stored: StoredEvent, kind: EventType, parties: Parties, operators: Operators = NO_OPERATORS
) -> list[PlannedAudience]:
    """Return the audiences of an event with their addressees; those of a quiet event are empty."""
    quiet = is_recorded_only(stored.event)
    return [
        _resolved(
            stored,
            kind,
            number,
            [] if quiet else merge_groups(addressees(audience, stored, parties, operators)),
        )
        for number, audience in enumerate(kind.audiences)
    ]


def _resolved(
    stored: StoredEvent, kind: EventType, number: int, addressees: Sequence[Addressee]
) -> PlannedAudience:
    broad: list[Group] = []
    looked_up: list[Group] = []
    waits = False
    for addressee in addressees:
        if isinstance(addressee, Group):
            (broad if addressee.broad else looked_up).append(addressee)
        elif isinstance(addressee, Unknown):
            waits = True
    return PlannedAudience(
        stored=stored,
        kind=kind,
        number=number,
        addressees=addressees,
        broad=broad,
        looked_up=looked_up,
        waits=waits,
    )


def as_planned(stored: StoredEvent, audiences: Sequence[PlannedAudience]) -> StoredEvent:
    """Set whether an event with these audiences waits for a party, and whether it is planned now."""
    waiting = any(audience.waits for audience in audiences)
    planned = not waiting and not any(audience.broad for audience in audiences)
    if (stored.waiting, stored.planned) == (waiting, planned):
        return stored
    return replace(stored, waiting=waiting, planned=planned)


def expansions(audiences: Sequence[PlannedAudience]) -> list[PlannedAudience]:
    """Return the audiences of an event that are expanded page by page."""
    broad = [audience for audience in audiences if audience.broad]
    if not broad:
        return []
    waiting = any(audience.waits for audience in audiences)
    if len(broad) > 1:
        broad = _coupled(broad)
    return [replace(audience, ends_planning=audience is broad[-1] and not waiting) for audience in broad]


def _coupled(broad: Sequence[PlannedAudience]) -> list[PlannedAudience]:
    """
    Couple people who live elsewhere to the audience of those who live there, which comes before.

    One look-up finds both, and one transaction keeps both: an emergency costs no further statement.
    """
    coupled: list[PlannedAudience] = []
    for audience in broad:
        if coupled and _live_there(coupled[-1].broad, audience.broad):
            coupled[-1] = replace(coupled[-1], then=audience)
        else:
            coupled.append(audience)
    return coupled


def _live_there(groups: Sequence[Group], others: Sequence[Group]) -> bool:
    """Return whether the others are at the same place, and are those who live elsewhere."""
    if not len(groups) == len(others) == 1:
        return False
    return replace(others[0], roles=others[0].unless, unless=()) == replace(groups[0], near=())


def mark_recalled(audiences: Iterable[PlannedAudience], recalls: Iterable[Recall]) -> list[PlannedAudience]:
    """Mark the audiences of events that are taken back: what their pages plan is cancelled at once."""
    names = {(recall.source, recall.event_id) for recall in recalls}
    return [
        replace(audience, recalled=(audience.stored.event.source, audience.stored.event.id) in names)
        for audience in audiences
    ]


def plan(
    audience: PlannedAudience, found: PeopleByGroup, *, context: IntakeContext, now: datetime
) -> PlannedAudience:
    """Plan an audience for the people who were looked up; the pages of broad groups come later."""
    if audience.broad and len(audience.broad) == len(audience.addressees):
        return audience
    known, missing = _found(audience.addressees, found)
    messages = audience.messages_to(known, context=context, now=now)
    messages += map(unknown_person, audience.messages_to(missing, context=context, now=now))
    return replace(audience, people=[*known, *missing], messages=messages)


def record(planned: PlannedAudience, *, doubled: Iterable[LeftOut], now: datetime) -> AudienceRecord:
    """Make the record of an audience; `doubled` are people whom another audience notifies."""
    return AudienceRecord(
        event_key=planned.stored.key,
        audience=planned.number,
        planned_at=now,
        groups=[described(addressee) for addressee in planned.addressees],
        people=len(planned.people),
        why=_why(planned),
        left_out=[*left_out(planned.people), *doubled],
    )


def is_empty(record: AudienceRecord) -> bool:
    """Return whether the groups of the audience have nobody."""
    return record.why == NOBODY and bool(record.groups)


def paged(
    audience: PlannedAudience, people: Sequence[Person], *, total: int, over: bool, at: datetime
) -> AudienceRecord:
    """
    Make the record of a broad audience after one of its pages.

    `total` counts from the first page of this expansion, which began `at`: a page that is expanded again
    is not counted twice.
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
    if isinstance(addressee, LastResort):
        return {"person": addressee.person.ref}
    if isinstance(addressee, Person):
        return {"person": addressee.ref}
    return {name: value for name, default in _GROUP_FIELDS if (value := getattr(addressee, name)) != default}


_GROUP_FIELDS: Final = tuple((field.name, field.default) for field in fields(Group))


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


def _found(audience: Iterable[Addressee], people: PeopleByGroup) -> tuple[list[Person], list[Person]]:
    """
    Return the people found, and stand-ins for the references that the directory does not have.

    A last resort is among them when nobody else can be notified.
    """
    resort: Person | None = None
    found: dict[str, Person] = {}
    missing: dict[str, Person] = {}
    for addressee in audience:
        members = _members(addressee, people)
        for person in members:
            known = found.get(person.ref)
            found[person.ref] = person if known is None else merge_person(known, person)
        if isinstance(addressee, Group) and addressee.person is not None and not members:
            missing[addressee.person] = Person(ref=addressee.person, name="")
        if isinstance(addressee, LastResort):
            resort = addressee.person
    if resort is not None and all(person.left_out is not None for person in found.values()):
        found[resort.ref] = resort
    return list(found.values()), list(missing.values())


def _members(addressee: Addressee, people: PeopleByGroup) -> Sequence[Person]:
    if isinstance(addressee, Person):
        return [addressee]
    return people.get(addressee, ()) if isinstance(addressee, Group) else ()
