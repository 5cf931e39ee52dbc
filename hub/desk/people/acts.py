"""People: list the holders of roles, find and show people and audiences, write entries of the directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

from msgspec import convert
from msgspec.structs import replace

from hub.access.sight import Field, Shown
from hub.business_time.dates import query_instant
from hub.desk.people.audience import AudienceMeant, read_audience
from hub.desk.people.overview import PersonOverview, read_overview
from hub.desk.people.queries import PeopleList, listing
from hub.desk.people.rows import (
    NOUNS,
    AudienceQuery,
    Holder,
    HoldersQuery,
    Housemate,
    PeoplePage,
    PeopleQuery,
    PersonWhole,
)
from hub.doors.operator import Operator, found
from hub.errors import InvalidQuery, NoSuch, ScopeNeeded
from hub.model import Event, Scope
from hub.model.looks import WholeQuery
from hub.model.pages import Rows
from hub.people.masking import mask_name
from hub.storage.directory_history import Holders, Written

PERSON: Final = "person"


async def list_people(by: Operator, query: HoldersQuery) -> Rows[Holder]:
    """List who holds a role of a unit or a copropiedad, now or on a day."""
    if (query.unit is None) is (query.copropiedad is None):
        raise InvalidQuery("One of unit and copropiedad is needed.")
    return await holders(by, query)


async def holders(by: Operator, query: HoldersQuery) -> Rows[Holder]:
    """List the holders of a role; without a place, those of roles of the company."""
    on = by.now if query.on is None else _instant(query.on)
    asked = Holders(role=query.role, unit=query.unit, copropiedad=query.copropiedad, on=on)
    seen: dict[str, Any] = {"places": by.places, "named": by.sight.is_plain_in(Field.NAME, by.places)}
    page = await by.stores.directory.holders(asked, after=query.after, limit=query.limit, **seen)
    # They may be many: the audit has the question, not each row.
    await by.audit("people.list", asked.scope, role=asked.role, on=query.on, found=len(page.items))
    return Rows(items=convert(page.items, list[Holder]), next=page.next)


async def find_people(by: Operator, query: PeopleQuery) -> PeoplePage:
    """List people of the directory by reference: their roles now, and which channels reach them."""
    page = await listing(
        PeopleList(by.db),
        query,
        policy=by.stores.policy,
        now=by.now,
        places=by.places_shown(whole=query.whole),
        named=(lambda _: True) if query.whole else by.sight.names,
    )
    # The audit has the question, and of a whole list each person, too.
    asked = {"copropiedad": query.copropiedad, "unit": query.unit, "role": query.role}
    await by.audit("people.find", "people", **asked, found=len(page.items), whole=query.whole)
    if query.whole:
        for row in page.items:
            await by.audit("person.show", f"{PERSON}:{row.person}", person=row.person, whole=True)
    return page


async def show_person(by: Operator, ref: str, query: WholeQuery) -> PersonWhole:
    """Show a person of the directory; masked by default."""
    shown: Any = await by.look(by.stores.directory.somebody, ref, PERSON, whole=query.whole)
    return convert(shown, PersonWhole)


async def consents(by: Operator, ref: str) -> PersonWhole:
    """Show a person's consents and refusals, and their evidence."""
    person = found(PERSON, await by.stores.directory.somebody(ref, places=by.places))
    await by.audit("person.consents", f"{PERSON}:{ref}", person=ref, whole=False)
    return convert({**person, "masked": True, "may_unmask": False}, PersonWhole)


async def show_overview(by: Operator, ref: str, query: WholeQuery) -> PersonOverview:
    """
    Show the overview before writing to a person: contacts, the forecast of each channel, roles.

    The forecast is of now: each message is judged again when it leaves.
    """
    await by.look(by.stores.directory.somebody, ref, PERSON, whole=query.whole)
    return await overview_of(by, ref, whole=query.whole)


async def overview_of(by: Operator, ref: str, *, whole: bool) -> PersonOverview:
    """Return the overview of somebody, after a look that is in the audit."""
    words, people = by.sight.where(Field.WORDS, Shown.PLAIN), PeopleList(by.db)
    seen: dict[str, Any] = {"now": by.now, "places": by.places, "words": words, "whole": whole}
    return found(PERSON, await read_overview(people, by.stores.policy, ref, **seen))


async def household_of(by: Operator, ref: str) -> Sequence[Housemate]:
    """Return the other people of the units of somebody; masked where the operator need not answer."""
    names = by.sight.where(Field.NAME, Shown.PLAIN)
    return [
        one if names is None or one.copropiedad_id in names else replace(one, name=mask_name(one.name))
        for one in await PeopleList(by.db).household(ref, by.places)
    ]


async def show_audience(by: Operator, query: AudienceQuery) -> AudienceMeant:
    """Count and list the people of an audience now: reach by channel, and who is left out."""
    answer = await read_audience(by, query)
    # They may be many: the audit has the question, not each row.
    await by.audit("audience.show", "audience", asked=list(query.who), found=len(answer.items))
    return answer


async def write_entry(
    by: Operator, kind: str, ref: str, event: Event, verb: str, *, override: bool
) -> Written:
    """
    Write or remove an entry of the directory, as a valid event has it.

    Raises NoSuch and ScopeNeeded if the operator does not reach it, VersionJump.
    """
    if override and by.places_with(Scope.ADMIN) is not None:
        what = "Only an administrator of everything writes over a greater version."
        raise ScopeNeeded(what, "Ask for the scope admin, or write a greater version.")
    noun = NOUNS[kind]
    stored = await by.stores.directory.entry_scope(noun, ref)
    scope, people = named_by(noun, event)
    if by.places is not None:
        stands = None if stored is None else stored.scope or _NOWHERE
        scopes = {one for one in (scope, stands) if one is not None}
        await _require_reach(by, noun, scopes, people, by.places)
    only = next(iter(people)) if len(people) == 1 else None
    person = only or (stored.person if stored is not None else None)
    over = {"override": True} if override else {}
    version = event.data["version"]
    await by.audit(f"directory.{verb}", f"{kind}:{ref}", person=person, version=version, **over)
    return await by.stores.directory.write(event, override=override)


_NOWHERE: Final = "none"
"""Scope of a removed entry: it takes a caller who reaches everywhere."""


async def _require_reach(
    by: Operator, noun: str, scopes: Collection[str], people: Collection[str], places: Collection[str]
) -> None:
    """Refuse an operator who does not reach the entry's place before the write or after it."""
    if noun in COMPANY:
        raise ScopeNeeded("This is for who reaches all copropiedades.", "An administrator gives accounts.")
    if not scopes or not await by.stores.directory.reached(scopes, people, places):
        raise NoSuch(noun)


def _instant(on: str) -> datetime:
    try:
        return query_instant(on)
    except ValueError:
        raise InvalidQuery("on: expected a date like 2026-03-09 or an RFC 3339 instant.") from None


COMPANY: Final = frozenset({"person", "leave"})
"""
Nouns that belong to no copropiedad.

A person may live in two: a contact point that one of them corrects also receives the other's messages. A
leave applies to all duties of a person, in every copropiedad.
"""
Named = tuple[str | None, AbstractSet[str]]
"""(scope, people) of an entry."""


def named_by(noun: str, event: Event) -> Named:
    """
    Return where the entry of a validated `directory.*` event will belong, and the people it names.

    The scope is None for a removal, and for a noun without a copropiedad. Only the fields of its noun count:
    a schema allows unknown fields, and they mean nothing.
    """
    read = _READERS.get(noun) if event.name.endswith(".upserted") else None
    return (None, set()) if read is None else read(event.data)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Named]]] = {
    **dict.fromkeys(
        ("copropiedad", "unit"), lambda data: (f"copropiedad:{data['copropiedad_id']}", frozenset())
    ),
    **dict.fromkeys(("person", "leave"), lambda data: (None, {data["person_id"]})),
    "membership": lambda data: (data["scope"], {data["person_id"]}),
    "rota": lambda data: (data["scope"], {shift["person_id"] for shift in data["shifts"]}),
}
