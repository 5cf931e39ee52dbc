"""The people of an audience, over HTTP."""

import json
from typing import Final

import pytest
from yarl import URL

from hub.model import Grant, Json, Office
from hub.storage import Database
from tests.contract.stores import stores_in
from tests.contract.values import membership, person, unit
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import Reply, World, ask, browsing
from tests.integration.web_visitor import Visitor, give_account

JSON: Final = {"Content-Type": "application/json"}
MAIL: Final = {"id": "e", "kind": "email", "value": "maria@example.com"}
ENTRIES: Final[dict[str, dict[str, Json]]] = {
    "units/u-1": {"copropiedad_id": "ph-1", "label": "101"},
    "people/p-1": {"names": "María Peña", "contact_points": [MAIL]},
    "people/p-2": {"names": "Pedro Gómez", "contact_points": []},
    "memberships/m-1": {"person_id": "p-1", "scope": "unit:u-1", "role": "owner"},
    "memberships/m-2": {"person_id": "p-2", "scope": "copropiedad:ph-1", "role": "council"},
}


@pytest.fixture
async def filled(opened: Database) -> World:
    world = World(database=opened)
    for path, body in ENTRIES.items():
        raw = json.dumps({**body, "version": 1}).encode()
        answer = await ask(world, f"/api/directory/{path}", method="PUT", headers=JSON, body=raw)
        assert 200 == answer.status
    return world


async def audience(world: World, *who: str, **more: str) -> Reply:
    query = [("who", word) for word in who] + list(more.items())
    return await ask(world, str(URL("/api/audience").with_query(query)))


async def test_an_audience_is_counted_and_listed_before_anything_is_sent(filled: World) -> None:
    answer = await audience(filled, "unit:u-1", "copropiedad:ph-1")
    found = await audience(filled, "owners@unit:u-1", "council@copropiedad: ph-1", "owners@unit:u-1")

    assert 400 == answer.status
    assert {
        "who": ["owners@unit:u-1", "council@copropiedad:ph-1"],
        "people": 2,
        "told": 2,
        "reach": {"email": 1, "mobile": 0, "push": 0, "letter_only": 1},
        "left_out": {},
        "items": [
            {"person": "p-1", "name": "María Peña", "units": ["101"], "left_out": None},
            {"person": "p-2", "name": "Pedro Gómez", "units": [], "left_out": None},
        ],
        "next": None,
    } == found.json


async def test_audience_is_listed_page_by_page(filled: World) -> None:
    first = (await audience(filled, "everyone", limit="1")).json
    second = (await audience(filled, "everyone", limit="1", after=first["next"])).json

    assert [["p-1"], ["p-2"]] == [[row["person"] for row in page["items"]] for page in (first, second)]
    assert (2, None, None) == (first["people"], second["people"], second["next"])


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ((), "who"),
        (("",), "who"),
        (("residentes@unit:u-1",), "did you mean 'residents'?"),
        (("petitioner",), "read 'petitioner', expected what needs no event"),
        (("everyone",) * 51, "who"),
        (("person:" + "x" * 700,), "who"),
    ],
    ids=["none", "nothing", "a slip", "a party", "too many", "too long"],
)
async def test_invalid_audience_is_refused_with_the_reason(who: tuple[str, ...], reason: str) -> None:
    answer = await audience(World(), *who)

    assert 400 == answer.status
    assert reason in answer.json["error"]


async def test_only_who_may_be_repeated() -> None:
    answer = await ask(World(), "/api/audience?who=everyone&limit=1&limit=2")

    assert (400, "A query parameter is given twice.") == (answer.status, answer.json["error"])


async def test_openapi_shows_that_who_is_required_and_repeatable() -> None:
    document = (await ask(World(), "/openapi.json")).json
    (who, *_) = document["paths"]["/api/audience"]["get"]["parameters"]

    assert ("who", True, "array", "string") == (
        who["name"],
        who["required"],
        who["schema"]["type"],
        who["schema"]["items"]["type"],
    )


async def test_audience_is_limited_to_the_callers_copropiedad(opened: Database) -> None:
    world = World(environ=GUARDED, database=opened)
    entries = (
        *(unit("u-1"), unit("u-9", copropiedad="ph-9"), person("p-1"), person("p-9")),
        *(membership("p-1", "unit:u-1", "owner"), membership("p-9", "unit:u-9", "owner")),
    )
    await stores_in(opened).apply_directory(*entries)
    await give_account(world, "ana", Grant(office=Office.VIEWER, copropiedad_id="ph-1"))
    async with browsing(world) as client:
        visitor = Visitor(client)
        await visitor.sign_in("ana")
        found = [
            (await visitor.ask(f"/api/audience?who={who}")).json
            for who in ("everyone", "owners@copropiedad:ph-9", "person:p-9")
        ]

    assert [["p-1"], [], []] == [[row["person"] for row in answer["items"]] for answer in found]
    assert [1, 0, 0] == [answer["people"] for answer in found]
