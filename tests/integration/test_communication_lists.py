"""Lists of a communication: each row is resolved within the operator's places, or says why not."""

from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from hub.desk.communications import acts, people
from hub.desk.communications.people import ListBody, PlanPeopleQuery
from hub.desk.communications.rows import CommunicationBody, SaveBody
from hub.errors import NoSuch, TooLarge
from hub.model import Scope
from hub.model.communications import ListRow, Side
from hub.operations.communications.lists import MOST_ROWS, cells_of
from hub.parts.dry_run import DryRuns
from hub.storage import PostgresErasures
from tests.integration.test_communications import BODY, BOTH, Desk, desk
from tests.operators import operator
from tests.unit.factories import CHANNELS, email, event, member, somebody, upserted

__all__ = ["desk"]

LIST: Final = """\
Unidad;Correo
T2-302
Apto 302;nobody@example.com
TWO@example.com
300 123 4567
p-b
p-gone
Pedro Pérez
T9-999
p-tenant
p-tenant
"""


@pytest.fixture
async def listed(desk: Desk) -> Desk:
    await desk.office.take_in(
        upserted("unit", "u-302", copropiedad_id="ph-a", label="Apto 302", tower="2"),
        upserted("unit", "v-302", copropiedad_id="ph-b", label="Apto 302", tower="1"),
        somebody("p-302", email("302@example.com")),
        member("p-302", "unit:u-302", "tenant"),
        somebody("p-gone"),
        event("directory.person.removed", {"person_id": "p-gone", "version": 2}, id="gone"),
    )
    company = desk.by.stores.company
    by = operator(desk.by.db, now=desk.office.clock, dry_run=DryRuns(desk.by.db, company, lambda: CHANNELS))
    return replace(desk, by=by)


async def _draft(desk: Desk, *to: str) -> UUID:
    return (await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=to))).id


async def test_each_row_is_resolved_or_says_why_not(listed: Desk) -> None:
    given = await people.give_list(listed.by, await _draft(listed), ListBody(text=LIST, version=1))

    rows = [(row.place, row.person or row.unit or row.why) for row in sorted(given.rows, key=_place)]
    assert [
        (1, "u-302"),
        (2, "two"),
        (3, "p-two"),
        (4, "twice"),
        (5, "p-b"),
        (6, "removed"),
        (7, "unknown"),
        (8, "unknown"),
        (9, "p-tenant"),
        (10, "twice"),
    ] == rows
    assert (3, 1, 6) == (given.people, given.units, given.wrong)
    assert given.rows[0].why is not None  # what is not resolved comes first
    kept = {row["masked"] for row in await listed.by.db.rows("SELECT masked FROM communication_row")}
    assert {"T2-302", "t***@e***.com", "+57 *** *** 4567", "P*** P***", "T9-999"} <= kept


def test_a_list_is_read_whole_or_refused() -> None:
    assert MOST_ROWS == len(cells_of("unidad\n" + "p-1\n" * MOST_ROWS))
    with pytest.raises(TooLarge, match="20000"):
        cells_of("p-1\n" * (MOST_ROWS + 1))


@pytest.mark.parametrize("odd", ['"two@example.com', "a" * 140_000], ids=["a quote", "a long line"])
def test_an_odd_line_of_a_list_is_one_row_and_the_others_are_read(odd: str) -> None:
    rows = cells_of(f'{odd}\n"p-b";x\n')

    assert (2, ["p-b", "x"]) == (len(rows), rows[1])


async def test_people_of_a_list_join_the_chosen_ones_and_those_of_another_are_left_out(listed: Desk) -> None:
    draft = await _draft(listed, *BOTH)
    await people.give_list(listed.by, draft, ListBody(text="T2-302\np-b", version=1))
    without = ListBody(text="two@example.com", side=Side.WITHOUT, version=2)
    given = await people.give_list(listed.by, draft, without)
    counted = await people.count_communication(listed.by, draft)
    saved = await acts.save_communication(
        listed.by, draft, SaveBody(data=BODY, to=BOTH, version=given.version)
    )
    whole = await acts.plan_communication(listed.by, draft)

    assert (4, 2, ["ph-a", "ph-b"]) == (counted.people, counted.units, counted.places)
    assert ["ph-a", "ph-b"] == saved.places
    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert 4 == whole.plan.shown.people
    page = await people.list_plan_people(listed.by, draft, PlanPeopleQuery())
    told = {row.person: row.channels for row in page.items}
    both = ["email", "inbox"]
    assert {"p-302": both, "p-b": both, "p-mute": ["inbox"], "p-tenant": both} == told
    assert [] == await people.plan_people_sheet(listed.by, draft, left_out=True)
    # Somebody who may not read names of that building gets no sheet of theirs.
    blind = replace(listed.by, reach={Scope.READ: frozenset({"ph-a"}), Scope.OPERATE: frozenset({"ph-b"})})
    with pytest.raises(NoSuch):
        await people.list_plan_people(replace(blind, needs={Scope.READ}), draft, PlanPeopleQuery())


async def test_who_is_in_another_building_is_as_unknown_as_who_is_nowhere(listed: Desk) -> None:
    here = operator(listed.by.db, "account:beto", reach={Scope.OPERATE: frozenset({"ph-a"})})
    draft = (await acts.make_communication(here, CommunicationBody(data=BODY, to=BOTH))).id
    text = "p-b\nb@example.com\np-nobody\nv-302\nApto 302\np-gone"
    given = await people.give_list(here, draft, ListBody(text=text, version=1))

    rows = [(row.unit or row.why) for row in sorted(given.rows, key=_place)]
    assert ["unknown", "unknown", "unknown", "elsewhere", "u-302", "unknown"] == rows


async def test_a_count_stops_where_there_are_too_many(listed: Desk) -> None:
    draft = await _draft(listed, *BOTH)
    with pytest.raises(TooLarge):
        await people.counted_at_most(listed.by, draft, 2)


async def test_a_person_who_is_erased_stands_in_no_list(listed: Desk) -> None:
    draft = await _draft(listed, *BOTH)
    await people.give_list(listed.by, draft, ListBody(text="p-tenant", version=1))
    await acts.plan_communication(listed.by, draft)
    await PostgresErasures(listed.by.db).begin("p-tenant", by="account:ana", reason="asked")

    left = "SELECT person FROM communication_row UNION SELECT person FROM communication_person"
    assert "p-tenant" not in {row["person"] for row in await listed.by.db.rows(left)}


def _place(row: ListRow) -> int:
    return row.place
