"""Importing a file into an existing directory, in memory and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from hub.desk.imports.acts import load, look
from hub.errors import HubError
from hub.model import Json
from hub.people.audience import Group
from hub.people.importing import Changes, examine
from tests.actors import actor
from tests.contract.stores import RealStores
from tests.contract.values import NOON, copropiedad, event, membership, now, person, person_removed, unit

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
# A lease that has not ended, whenever this runs.
PEOPLE: Final = EXAMPLES.joinpath("personas.csv").read_text().replace("31/01/2027", "31/01/2099")
STAFF: Final = EXAMPLES.joinpath("personal.csv").read_text()
ALTOS: Final = "ph-altos-del-rosal"


def hashes(document: str) -> list[str]:
    return [f"hash of {document}"]


async def apply(stores: RealStores, text: str, *, end_missing: bool = False) -> Changes:
    report = examine(text.encode())
    _, changes = await load(actor(now=now()), stores.database, report, hashes, end_missing=end_missing)
    return changes


async def names(stores: RealStores, group: Group) -> list[str]:
    async with stores.intake.transaction() as transaction:
        return sorted(person.name for person in (await transaction.people([group]))[group])


def new(changes: Changes) -> dict[str, int]:
    return {noun: counts["new"] for noun, counts in changes.counts().items()}


async def test_preview_writes_nothing(stores: RealStores) -> None:
    report = examine(PEOPLE.encode())
    _, first = await look(stores.database, report, hashes, now=now())
    entries, again = await look(stores.database, report, hashes, now=now())

    assert {"copropiedad": 1, "unit": 4, "person": 5, "membership": 8} == new(first) == new(again)
    assert ["es nueva: se crea como ph-altos-del-rosal"] == [doubt.wrong for doubt in entries.doubts]


@pytest.mark.parametrize("text", [PEOPLE, STAFF], ids=["people", "staff"])
async def test_the_same_again_changes_nothing(stores: RealStores, text: str) -> None:
    await apply(stores, text)
    again = await apply(stores, text)

    assert [] == list(again.made)
    assert [] == list(again.missing)


async def test_import_reports_its_progress(stores: RealStores) -> None:
    progress: list[tuple[int, int]] = []
    step = lambda done, total: progress.append((done, total))  # noqa: E731 - as short as its use
    await load(actor(now=now()), stores.database, examine(PEOPLE.encode()), hashes, step=step)

    assert [(18, 18)] == progress


async def test_failed_import_leaves_nothing(stores: RealStores) -> None:
    class Broken(HubError):
        """A full disk."""

    def step(_: int, __: int) -> None:
        raise Broken

    with pytest.raises(Broken):
        await load(actor(now=now()), stores.database, examine(PEOPLE.encode()), hashes, step=step)

    assert 5 == new(await apply(stores, PEOPLE))["person"]


async def test_who_is_gone_from_the_file_is_ended_only_when_asked(stores: RealStores) -> None:
    await apply(stores, PEOPLE)
    shorter = "\n".join(line for line in PEOPLE.splitlines() if "Julie" not in line)
    group = Group(copropiedad_id=ALTOS, roles=("tenant",))

    reported = await apply(stores, shorter)
    kept = await names(stores, group)
    ended = await apply(stores, shorter, end_missing=True)
    left = await names(stores, group)
    back = await apply(stores, PEOPLE)

    assert [["tenant"], ["tenant"]] == [
        [row.data["role"] for row in report.missing] for report in (reported, ended)
    ]
    assert (["Julie Martin"], []) == (kept, left)
    assert ["2099-01-31"] == [change.data["until"] for change in back.made]


async def test_people_and_staff_files_do_not_end_each_others_memberships(
    stores: RealStores,
) -> None:
    await apply(stores, PEOPLE)
    staff = await apply(stores, STAFF, end_missing=True)
    people = await apply(stores, PEOPLE, end_missing=True)
    here = "\n".join(line for line in STAFF.splitlines() if "empresa" not in line)
    of_one_place = await apply(stores, here, end_missing=True)

    assert [[], [], []] == [list(report.missing) for report in (staff, people, of_one_place)]


async def test_staff_fill_levels_and_duties(stores: RealStores) -> None:
    await apply(stores, PEOPLE)
    await apply(stores, STAFF)

    levels = [await names(stores, Group(level=level, copropiedad_id=ALTOS)) for level in (1, 2, 3, 4)]
    assert [["Laura Quintero"], ["Andrés Mora"], ["Patricia Lozano"], ["Ricardo Salazar"]] == levels
    assert ["Portería Altos"] == await names(stores, Group(duty="front_desk", copropiedad_id=ALTOS))
    assert [] == await names(stores, Group(duty="front_desk", copropiedad_id="ph-2"))
    assert ["Portería Altos"] == await names(stores, Group(duty="on_call", copropiedad_id=ALTOS))
    assert ["Andrés Mora", "Patricia Lozano"] == await names(stores, Group(duty="on_call"))


async def test_a_new_duty_is_a_new_version_and_an_empty_cell_keeps_who_is_called(stores: RealStores) -> None:
    await apply(stores, STAFF)
    promoted = STAFF.replace(
        "servicio al cliente;1;administracion;empresa;no;no", "coordinación;2;;empresa;;"
    )

    [change] = (await apply(stores, promoted)).made

    written = {name: change.data[name] for name in ("version", "duty", "level", "service_area", "on_call")}
    assert {
        "version": 2,
        "duty": "coordinator",
        "level": 2,
        "service_area": None,
        "on_call": False,
    } == written


async def test_working_hours_missing_from_the_file_are_kept(stores: RealStores) -> None:
    first = await apply(stores, STAFF)
    ref, data = next(
        (change.data["membership_id"], change.data)
        for change in first.made
        if change.noun == "membership" and change.data["duty"] == "service"
    )
    hours = {"mon": [["06:00", "14:00"]]}
    written = {name: value for name, value in data.items() if value is not None}
    await stores.apply_directory(
        event("directory.membership.upserted", data={**written, "version": 2, "hours": hours})
    )
    again = await apply(stores, STAFF)
    promoted = STAFF.replace("servicio al cliente;1;", "coordinación;2;")
    [change] = (await apply(stores, promoted)).made

    assert [] == list(again.made)
    assert (ref, 3, 2, hours) == (
        change.data["membership_id"],
        change.data["version"],
        change.data["level"],
        change.data["hours"],
    )


async def test_entries_of_another_system_are_found_and_unchanged(stores: RealStores) -> None:
    laura = person("p-laura", names="Laura Quintero", document_hash="hash of 52200301")
    theirs: dict[str, Json] = {"duty": "service", "level": 1, "service_area": "administracion"}
    maria = person("p-maria", names="Maria Peña", document_hash="hash of 52000101")
    await stores.apply_directory(copropiedad(ALTOS, name="ALTOS DEL ROSAL"), laura, maria)
    await stores.apply_directory(membership("p-laura", "company", "staff", **theirs))
    await stores.apply_directory(unit("u-101", ALTOS, tower="Torre 1", label="Apartamento 101"))
    await stores.apply_directory(membership("p-maria", "unit:u-101", "owner"))

    people, staff = await apply(stores, PEOPLE), await apply(stores, STAFF)

    foreign = [[row["foreign"] for row in report.counts().values()] for report in (people, staff)]
    assert [[1, 1, 1, 1], [1, 0, 1, 1]] == foreign


async def test_somebody_who_was_removed_comes_back_only_with_a_warning(stores: RealStores) -> None:
    first = await apply(stores, PEOPLE)
    ref = next(change.data["person_id"] for change in first.made if change.noun == "person")
    await stores.apply_directory(person_removed(ref, 2))

    again = await apply(stores, PEOPLE)

    assert [ref] == again.revived
    assert [3] == [change.data["version"] for change in again.made]


async def test_a_term_is_compared_as_it_was_written(stores: RealStores) -> None:
    await apply(stores, PEOPLE.replace("15/03/2021", (NOON + timedelta(days=9)).strftime("%d/%m/%Y")))
    moved = await apply(stores, PEOPLE)

    assert ["2021-03-15"] == [change.data["since"] for change in moved.made]
