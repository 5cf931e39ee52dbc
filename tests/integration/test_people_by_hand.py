"""Corrections of people by hand: who may, of whom, and what is left of it in the directory and the audit."""

from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.desk.people import corrections, duplicates
from hub.desk.people.rows import (
    DuplicatesQuery,
    JoinBody,
    JoinQuery,
    PersonCorrection,
    RoleBody,
    RoleEndBody,
    UndoJoinBody,
)
from hub.doors.operator import Operator
from hub.errors import ChangedMeanwhile, InvalidEntry, KeptElsewhere, NoSuch, ScopeNeeded
from hub.model import EVERYTHING, Event, Reach, Role, Scope
from hub.people.importing.changes import SOURCE
from hub.storage import Database, PostgresDirectoryHistory
from hub.storage.directory import unnotified
from tests.contract.values import copropiedad, membership, person, unit
from tests.doubled import with_doubles
from tests.integration.identities import SECRET
from tests.integration.web_doubles import World

INES: Final = "p-ines"
FIXED: Final = {"id": "tel", "kind": "phone", "value": "300 123 4567", "verified": True}
MAIL: Final = {"id": "mail", "kind": "email", "value": "ines@example.com", "verified": True}
NEW: Final = "+573009876543"


def of(source: str, *events: Event) -> list[Event]:
    return [replace(event, source=source) for event in events]


def desk(database: Database, reach: Reach = EVERYTHING) -> tuple[Operator, World]:
    world = World(environ={"HUB_SECRET": SECRET}, database=database)
    stores = with_doubles(world.services(), directory=PostgresDirectoryHistory(database))
    return Operator(who="account:laura", reach=reach, needs={Scope.OPERATE}, stores=stores), world


async def settle(database: Database, source: str = SOURCE) -> None:
    """Inés owns 302 in ph-1, of this source."""
    history = PostgresDirectoryHistory(database)
    entries = [
        copropiedad("ph-1"),
        unit("u-302", tower="1", label="302"),
        unit("u-303", tower="1", label="303"),
        person(INES, contact_points=[MAIL, FIXED], document_hash="kept"),
        membership(INES, "unit:u-302", "owner"),
    ]
    for event in of(source, *entries):
        await history.write(event)


async def points(database: Database) -> list[dict[str, Any]]:
    [row] = await database.rows("SELECT contact_points, document_hash FROM person WHERE id = $1", INES)
    assert "kept" == row["document_hash"]
    return list(row["contact_points"])


async def test_corrected_phone_is_written_unverified_noted_and_told_to_both(opened: Database) -> None:
    await settle(opened)
    by, world = desk(opened)
    done = await corrections.correct_person(by, INES, PersonCorrection(seen=1, phones=("300 987 6543",)))

    assert (2, ["contact_points"]) == (done.version, done.changed)
    mail, phone = await points(opened)
    assert ("ines@example.com", True) == (mail["value"], mail["verified"])
    assert (NEW, "tel", False) == (phone["value"], phone["id"], phone["verified"])
    [note] = world.audit.rows
    assert ("person.correct", INES, {"fields": ["contact_points"]}) == (note.action, note.person, note.detail)
    [change] = await unnotified(opened, 10)
    assert [("+573001234567", NEW)] == [(one.value, one.new) for one in change.former]


async def test_what_changes_nothing_or_makes_no_sense_writes_and_notes_nothing(opened: Database) -> None:
    await settle(opened)
    by, world = desk(opened)
    same = await corrections.correct_person(by, INES, PersonCorrection(seen=1, phones=("3001234567",)))
    with pytest.raises(InvalidEntry):
        await corrections.correct_person(by, INES, PersonCorrection(seen=1, phones=("300 12",)))
    with pytest.raises(ChangedMeanwhile):
        await corrections.correct_person(by, INES, PersonCorrection(seen=7, name="Otra"))

    assert ([], []) == (same.changed, world.audit.rows)


async def test_entry_of_another_system_is_not_corrected_here(opened: Database) -> None:
    await settle(opened, "urn:coproservicios:crm")
    by, _ = desk(opened)
    with pytest.raises(KeptElsewhere) as refused:
        await corrections.correct_person(by, INES, PersonCorrection(seen=1, name="Otra"))

    assert "urn:coproservicios:crm" == refused.value.source


async def test_operator_of_one_building_corrects_who_belongs_to_it_alone(opened: Database) -> None:
    await settle(opened)
    here, elsewhere = (desk(opened, {Scope.OPERATE: frozenset({place})})[0] for place in ("ph-1", "ph-2"))
    correction = PersonCorrection(seen=1, name="Inés Ávila")
    with pytest.raises(NoSuch):
        await corrections.correct_person(elsewhere, INES, correction)
    await corrections.correct_person(here, INES, correction)
    for event in of(SOURCE, copropiedad("ph-2"), membership(INES, "copropiedad:ph-2", "council")):
        await PostgresDirectoryHistory(opened).write(event)
    with pytest.raises(ScopeNeeded):
        await corrections.correct_person(here, INES, replace(correction, seen=2, name="Otra"))


async def test_role_of_a_unit_is_given_and_ended_by_hand(opened: Database) -> None:
    await settle(opened)
    by, world = desk(opened)
    added = await corrections.add_role(by, INES, RoleBody(role=Role.RESIDENT, unit="T1 303"))
    await corrections.end_role(by, INES, RoleEndBody(membership=f"{INES} owner unit:u-302"))
    for wrong in (RoleBody(role=Role.COUNCIL, unit="302"), RoleBody(role=Role.OWNER, unit="torre 1")):
        with pytest.raises(InvalidEntry):
            await corrections.add_role(by, INES, wrong)

    held = await opened.rows(
        "SELECT scope_id AS id, role FROM member WHERE scope_kind = 'unit' AND id = $1", INES
    )
    assert ("u-303", [("u-303", "resident")]) == (added.unit, [(row["id"], row["role"]) for row in held])
    assert ["person.role.add", "person.role.end"] == [note.action for note in world.audit.rows]


async def test_two_entries_of_one_person_are_found_joined_and_taken_apart(opened: Database) -> None:
    await settle(opened)
    twin = person("p-twin", names="Ines Ávila", contact_points=[{**FIXED, "id": "other"}])
    son = person("p-son", names="Tomás Ávila", contact_points=[FIXED])
    more = [person(INES, 2, names="Inés Ávila", contact_points=[MAIL, FIXED], document_hash="kept")]
    held = [membership(ref, "unit:u-303", "tenant") for ref in ("p-twin", "p-son")]
    for event in of(SOURCE, *more, twin, son, *held):
        await PostgresDirectoryHistory(opened).write(event)
    by, world = desk(opened)
    pairs = (await duplicates.list_duplicates(by, DuplicatesQuery(copropiedad="ph-1"))).items
    done = await duplicates.join_people(by, INES, JoinBody(other="p-twin"))
    joined = await roles(opened)
    await duplicates.undo_join(by, INES, UndoJoinBody(join=done.id))

    assert [(INES, "p-twin", "phone")] == [(one.person, one.other, one.why) for one in pairs]
    assert [(INES, "u-302"), (INES, "u-303"), ("p-son", "u-303")] == joined
    assert [(INES, "u-302"), ("p-son", "u-303"), ("p-twin", "u-303")] == await roles(opened)
    assert ["people.duplicates", "person.join", "person.join", "person.join.undo"] == [
        note.action for note in world.audit.rows
    ]


async def test_entry_of_another_system_is_joined_with_none(opened: Database) -> None:
    await settle(opened)
    for event in of("urn:coproservicios:crm", person("p-twin")):
        await PostgresDirectoryHistory(opened).write(event)
    by, _ = desk(opened)
    asked = await duplicates.ask_join(by, INES, JoinQuery(other="p-twin"))
    with pytest.raises(KeptElsewhere):
        await duplicates.join_people(by, INES, JoinBody(other="p-twin"))

    assert ("", "Pida a quien maneja «crm» que deje una sola.") == (asked.press, asked.follows)


async def roles(database: Database) -> list[tuple[str, str]]:
    rows = await database.rows("SELECT id, scope_id FROM member ORDER BY id, scope_id")
    return [(row["id"], row["scope_id"]) for row in rows]
