"""
Corrections by hand: the name and the contacts of a person, and their roles, on the page of the person.

Only of entries that this hub keeps: of another system's the next version would take the correction back. The
document of identity is not among the fields: who answers for data corrects it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import Corrected, PersonCorrection, RoleAdded, RoleBody, RoleEndBody, RoleEnded
from hub.doors.operator import Operator, found
from hub.errors import ChangedMeanwhile, InvalidEntry, KeptElsewhere, ScopeNeeded
from hub.model import Event, Json, is_hub_source
from hub.people.audience import usable_email, usable_phone
from hub.people.contact_changes import BY_PAGE
from hub.people.importing.entries import MEMBERSHIP, PERSON, StoredEntry
from hub.people.versions import entry_event
from hub.storage import imports

OWNER: Final = "person"
ROLES_BY_HAND: Final = frozenset({"owner", "resident", "tenant", "payer"})
"""Roles of a unit. All others decide over others, or are staff: the sheet or their system has them."""
_TIDY: Final[Mapping[str, Callable[[str], str | None]]] = {"email": usable_email, "phone": usable_phone}
_WRONG: Final = {
    "email": "Uno de los correos no está bien escrito.",
    "phone": "Uno de los teléfonos no está bien escrito: un celular tiene diez cifras y empieza por 3.",
}


async def correct_person(by: Operator, ref: str, body: PersonCorrection) -> Corrected:
    """
    Correct the name or the contacts of a person; what the body leaves out stays.

    The contact that is used no more and the new one are notified, once each.
    """
    before = await to_correct(by, ref)
    if before.version != body.seen:
        raise ChangedMeanwhile
    changes = changed_by(before, body)
    if not changes:
        return Corrected(person=ref, version=before.version, changed=[])
    await by.audit("person.correct", f"{OWNER}:{ref}", person=ref, fields=sorted(changes))
    version = await _write(by, PERSON, before, changes)
    return Corrected(person=ref, version=version, changed=sorted(changes))


async def to_correct(by: Operator, ref: str) -> StoredEntry:
    """
    Return the entry of a person whom the operator may correct.

    Raises NoSuch, KeptElsewhere, and ScopeNeeded where the person belongs to other copropiedades, too.
    """
    found(OWNER, await by.stores.directory.somebody(ref, places=by.places))
    people = PeopleList(by.db)
    if by.places is not None:
        held = await people.held(ref)
        if any(role.copropiedad_id not in by.places for role in held):
            what = "The person belongs to other copropiedades, too, which would get the correction."
            raise ScopeNeeded(what, "Ask somebody who reaches all of them.")
    return await kept_here(by, PERSON, ref)


def changed_by(before: StoredEntry, body: PersonCorrection) -> Mapping[str, Json]:
    """Return the fields of the entry that a correction changes. Raises InvalidEntry."""
    points = _points(before.data.get("contact_points") or (), body)
    given = {"names": body.name, "digital_access": body.digital_access, "contact_points": points}
    return {name: value for name, value in given.items() if value is not None and value != before.data[name]}


async def end_role(by: Operator, ref: str, body: RoleEndBody) -> RoleEnded:
    """End a role that a person has in a unit, as of now."""
    await to_correct(by, ref)
    before = await _role_of(by, ref, body.membership)
    await by.audit("person.role.end", f"{OWNER}:{ref}", person=ref, role=before.data["role"])
    await _write(by, MEMBERSHIP, before, {"until": by.now.isoformat()})
    return RoleEnded(id=before.id, until=by.now)


async def add_role(by: Operator, ref: str, body: RoleBody) -> RoleAdded:
    """Give a person a role of a unit, from now on."""
    await to_correct(by, ref)
    if body.role not in ROLES_BY_HAND:
        raise InvalidEntry("Ese papel no se da a mano: viene en la hoja, o de su sistema.")
    units = await PeopleList(by.db).units_called(body.unit, body.copropiedad, by.places)
    if len(units) != 1:
        raise InvalidEntry(
            "No hay esa unidad." if not units else "Hay varias unidades así: escriba la torre."
        )
    [unit] = units
    if any((one.role, one.unit_id) == (body.role, unit) for one in await PeopleList(by.db).held(ref)):
        raise InvalidEntry("Ya tiene ese papel en esa unidad.")
    await by.audit("person.role.add", f"{OWNER}:{ref}", person=ref, role=body.role)
    added = StoredEntry(id=f"console:{uuid4()}", version=0, removed=False, data={})
    facts = {"person_id": ref, "scope": f"unit:{unit}", "role": str(body.role), "since": by.now.isoformat()}
    await _write(by, MEMBERSHIP, added, facts)
    return RoleAdded(id=added.id, unit=unit)


async def _role_of(by: Operator, ref: str, membership: str) -> StoredEntry:
    before = await kept_here(by, MEMBERSHIP, membership)
    if before.removed or before.data["person_id"] != ref or before.data["role"] not in ROLES_BY_HAND:
        raise InvalidEntry("Ese papel no se termina a mano: viene en la hoja, o de su sistema.")
    return before


async def kept_here(by: Operator, noun: str, ref: str) -> StoredEntry:
    """Return an entry as it stands. Raises NoSuch, and KeptElsewhere for that of another system."""
    entry = found(noun, (await imports.stored(by.db, {noun: [ref]}))[noun].get(ref))
    source = await PeopleList(by.db).source_of(noun, ref)
    if source and not is_hub_source(source):
        raise KeptElsewhere(source)
    return entry


def correction_event(by: Operator, noun: str, before: StoredEntry, changes: Mapping[str, Json]) -> Event:
    """Make the event of the next version of an entry, by hand."""
    data = {**before.data, f"{noun}_id": before.id, **changes, "version": before.version + 1}
    return entry_event(noun, data, source=BY_PAGE, at=by.now)


async def _write(by: Operator, noun: str, before: StoredEntry, changes: Mapping[str, Json]) -> int:
    """Write the next version of an entry. Raises ChangedMeanwhile if somebody else has written it."""
    event = correction_event(by, noun, before, changes)
    if not (await by.stores.directory.write(event)).applied:
        raise ChangedMeanwhile
    return before.version + 1


def _points(before: Sequence[Mapping[str, Json]], body: PersonCorrection) -> Sequence[Mapping[str, Json]]:
    """Return the contacts after a correction: first mails, then telephones, then what no form has."""
    points = [one for one in before if one["kind"] == "push"]
    for field, kind in (("phones", "phone"), ("emails", "email")):
        mine = [one for one in before if one["kind"] == kind]
        given = getattr(body, field)
        points = [*(mine if given is None else _replaced(mine, _read(kind, given), kind)), *points]
    return points


def _read(kind: str, given: Sequence[str]) -> Sequence[str]:
    read = [_TIDY[kind](value) for value in given]
    if None in read:
        raise InvalidEntry(_WRONG[kind])
    return list(dict.fromkeys(value for value in read if value is not None))


def _replaced(
    before: Sequence[Mapping[str, Any]], values: Sequence[str], kind: str
) -> list[Mapping[str, Json]]:
    """Return these values as contacts: one that stays keeps all, a new one takes the id of one that goes."""
    kept = {_TIDY[kind](one["value"]): one for one in before}
    free = [one["id"] for value, one in kept.items() if value not in values]
    made: list[Mapping[str, Json]] = []
    for value in values:
        ref = "" if value in kept else (free.pop(0) if free else f"console:{uuid4()}")
        made.append(kept.get(value) or {"id": ref, "kind": kind, "value": value})
    return made
