"""Reach of units, by their best contact; in one statement for any number of people."""

import json
from typing import Any, Final

import pytest

from hub.desk.buildings import queries as buildings
from hub.desk.buildings.acts import show_building
from hub.desk.buildings.rows import BuildingQuery, TowerRow
from hub.model import State
from hub.model.reach import PlaceReach, UnitReach
from hub.model.reached import Reached
from hub.policy import load_policy
from hub.storage import Database, PostgresDelivery, PostgresReach
from hub.storage.database import encode
from tests.command_line import hub
from tests.contract.stores import stores_in
from tests.contract.values import event, message, stored
from tests.operators import operator

POLICY: Final = load_policy()
PLACE: Final = """
INSERT INTO copropiedad (id, version, name)
VALUES ('ph-1', 1, 'Altos'), ('ph-2', 1, 'Pinos'), ('ph-3', 1, 'Sin unidades')
"""
UNIT: Final = "INSERT INTO unit (id, version, copropiedad_id, label) VALUES ($1, 1, $2, $1)"
PERSON: Final = """
INSERT INTO person (id, version, removed, digital_access, name, locale, contact_points)
VALUES ($1, 1, false, $2, $1, 'es', $3)
"""
MEMBER: Final = """
INSERT INTO membership (id, version, removed, person_id, scope_kind, scope_id, role, until)
VALUES ($1 || $2, 1, false, $1, 'unit', $2, $3, now() + make_interval(days => $4))
"""
SUPPRESSED: Final = """
INSERT INTO suppression (address, channel, since, message_id, reason, provider, code, expires_at, lifted_at)
VALUES ($1, $2, now() - interval '1 day', gen_random_uuid(), 'operator', '', '',
        now() + make_interval(days => $3), $4)
"""


def point(kind: str, value: str, *, verified: bool = True) -> dict[str, Any]:
    return {"id": value, "kind": kind, "value": value, "verified": verified}


class Town:
    """Units of which each has its own reason."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reach = PostgresReach(database, POLICY.suppression_for)

    async def home(
        self,
        unit: str,
        *points: dict[str, Any],
        place: str = "ph-1",
        digital: bool = True,
        role: str = "owner",
        until: int = 1,
    ) -> None:
        await self.database.rows(UNIT, unit, place)
        await self.database.rows(PERSON, f"p-{unit}", digital, encode(list(points)))
        await self.database.rows(MEMBER, f"p-{unit}", unit, role, until)

    async def suppress(self, address: str, channel: str, days: int = 1, *, lifted: bool = False) -> None:
        at = (await self.database.rows("SELECT now() AS now"))[0]["now"] if lifted else None
        await self.database.rows(SUPPRESSED, address, channel, days, at)

    async def why(self) -> dict[str, UnitReach]:
        return {unit.unit_id: unit.reach for unit in await self.reach.unreached("ph-1")}


@pytest.fixture
async def built(opened: Database) -> Town:
    await opened.rows(PLACE)
    return Town(opened)


async def test_unit_is_reachable_by_a_verified_contact_that_is_not_suppressed(built: Town) -> None:
    await built.home("email", point("email", "a@example.co"))
    await built.home("mobile", point("phone", "+573001234567"))
    await built.home("app", point("push", "token", verified=False))
    await built.home("over", point("email", "over@example.co"))
    await built.suppress("over@example.co", "email", days=-1)
    await built.home("lifted", point("email", "lifted@example.co"))
    await built.suppress("lifted@example.co", "email", lifted=True)

    assert {} == await built.why()
    assert [PlaceReach(copropiedad_id="ph-1", name="Altos", units=5, reachable=5)] == list(
        await built.reach.by_place()
    )


async def test_unit_that_is_not_reachable_has_its_reason(built: Town) -> None:
    await built.database.rows(UNIT, "empty", "ph-1")
    await built.home("gone", point("email", "gone@example.co"), until=-1)
    await built.home("staff", point("email", "staff@example.co"), role="staff")
    await built.home("none")
    await built.home("paper", point("email", "paper@example.co"), digital=False)
    await built.home("landline", point("phone", "+576011234567"))
    await built.home("unverified", point("email", "u@example.co", verified=False))
    await built.home("bounced", point("email", "b@example.co"))
    await built.suppress("b@example.co", "email")
    await built.home("marked", point("email", "m@example.co"))
    await built.database.rows(
        "INSERT INTO do_not_contact (id, person, reason, since, by, note)"
        " VALUES (gen_random_uuid(), 'p-marked', 'deceased', now(), 'ana', '')"
    )

    assert {
        "bounced": UnitReach.SUPPRESSED,
        "empty": UnitReach.NOBODY,
        "gone": UnitReach.NOBODY,
        "landline": UnitReach.NO_CONTACT,
        "marked": UnitReach.NO_CONTACT,
        "none": UnitReach.NO_CONTACT,
        "paper": UnitReach.NO_CONTACT,
        "staff": UnitReach.NOBODY,
        "unverified": UnitReach.UNVERIFIED,
    } == await built.why()


async def test_doors_of_a_tower_come_from_above_with_their_people_and_the_ways_to_them(built: Town) -> None:
    await built.home("101", point("email", "a@example.co"), point("phone", "+573001234567", verified=False))
    await built.home("1102")
    await built.home("201", place="ph-2")
    await built.database.rows(
        "UPDATE unit SET tower = '1', floor = length(label) WHERE copropiedad_id = 'ph-1'"
    )

    assert [TowerRow(tower="1", units=2, reachable=1)] == list(
        await buildings.towers(built.database, "ph-1", POLICY)
    )
    assert [
        ("Torre 1 1102", 4, "p-1102", UnitReach.NO_CONTACT, []),
        ("Torre 1 101", 3, "p-101", UnitReach.VERIFIED, ["email", "phone"]),
    ] == [
        (door.name, door.floor, door.who, door.reach, door.ways)
        for door in await buildings.doors(built.database, "ph-1", "1", POLICY, after=0)
    ]


async def test_each_door_says_how_far_a_communication_has_come(built: Town) -> None:
    """A letter that lies in the office has reached nobody yet; of several people the best counts."""
    of = stored(event("admin.circular.issued"), copropiedad_id="ph-1", case=None)
    sent = {
        "101": ("email", State.DELIVERED, Reached.TOLD),
        "102": ("sms", State.SENT, Reached.SENT),
        "103": ("print", State.SENT, Reached.PENDING),
        "104": ("email", State.BOUNCED, Reached.NOT_REACHED),
    }
    for label in (*sent, "105"):
        await built.home(label)
    await built.database.rows(MEMBER, "p-101", "104", "tenant", 1)
    await built.database.rows(MEMBER, "p-104", "102", "tenant", 1)
    await stores_in(built.database).add_events(of)
    rows = [message(of, person=f"p-{at}", channel=way, state=how) for at, (way, how, _) in sent.items()]
    await PostgresDelivery(built.database).add_messages(rows)
    shown = await show_building(operator(built.database), "ph-1", BuildingQuery(event=of.event.id))

    reached = {label: best for label, (_, _, best) in sent.items()}
    assert {**reached, "104": Reached.TOLD, "105": None} == {door.unit: door.reached for door in shown.doors}


async def test_best_contact_of_anybody_counts_and_the_worst_place_comes_first(built: Town) -> None:
    await built.home("one", point("email", "x@example.co", verified=False), point("phone", "+573001234567"))
    await built.home("two", place="ph-2")

    assert [("ph-2", 1, 0), ("ph-1", 1, 1)] == [
        (place.copropiedad_id, place.units, place.reachable) for place in await built.reach.by_place()
    ]
    assert ["ph-1"] == [place.copropiedad_id for place in await built.reach.by_place(frozenset({"ph-1"}))]


async def test_command_and_indicator_show_it(environ: dict[str, str], opened: Database) -> None:
    await opened.rows(PLACE)
    await Town(opened).home("Apto 1", point("email", "u@example.co", verified=False))
    _, listed, _ = await hub(environ, "people", "unreachable", "--copropiedad", "ph-1")
    _, shown, _ = await hub(environ, "indicators")

    assert [("Apto 1", int(UnitReach.UNVERIFIED))] == [
        (row["label"], row["reach"]) for row in listed["items"]
    ]
    assert {"units": 1, "reachable": 0, "share": 0.0} == {
        name: shown["reach"][name] for name in ("units", "reachable", "share")
    }
    assert json.dumps(shown["reach"]["by"][0]["copropiedad"]) == '"ph-1"'
