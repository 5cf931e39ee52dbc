"""Constancias over HTTP: the callers who may have one, and their rows in the audit."""

from typing import Any

import pytest
from aiohttp import hdrs

from hub.model import EVERYWHERE, Grant, Office
from hub.operations.constancia import gather, verificar
from hub.storage import Database
from tests.contract.stores import stores_in
from tests.contract.values import event, stored
from tests.integration.test_evidence import ENVIRON
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_cases import CASE, DATA, HTML, KEY, PAGE, fill
from tests.integration.web_doubles import World, ask, browsing
from tests.integration.web_visitor import Visitor, give_account, give_factor

PATH = "/api/cases/PQ-2026-000901/constancia"
PERSON = "/api/people/p-1/constancia"
LINK = "Descargar constancia"


@pytest.fixture
async def world(opened: Database) -> World:
    await fill(opened)
    return World(database=opened, environ={**GUARDED, "HUB_SECRET": ENVIRON["HUB_SECRET"]})


def made(world: World) -> list[tuple[str, str, str | None]]:
    return [
        (note.who, note.subject, note.person) for note in world.audit.rows if note.action == "constancia.make"
    ]


async def fetch(world: World, path: str) -> tuple[int, str, bytes]:
    """Return status, file name and body: `ask` reads texts only."""
    async with browsing(world) as client, client.get(path, headers=KEY) as answer:
        return answer.status, answer.headers.get(hdrs.CONTENT_DISPOSITION, ""), await answer.read()


async def test_case_and_person_are_a_signed_archive_and_audited_for_who_is_in_it(world: World) -> None:
    case, person = await fetch(world, PATH), await fetch(world, PERSON)
    reports = [verificar.verify(body) for _, _, body in (case, person)]

    assert (200, 200) == (case[0], person[0])
    assert case[1].startswith('attachment; filename="constancia-PQ-2026-000901-')
    assert [[], []] == [report.wrong for _, report in reports]
    assert [("HUB_API_KEY", f"case:{CASE}", "p-1"), ("HUB_API_KEY", "person:p-1", "p-1")] == made(world)


@pytest.mark.parametrize(
    ("office", "place", "status"),
    [
        (Office.VIEWER, EVERYWHERE, 403),
        (Office.OPERATOR, "ph-1", 403),
        (Office.MANAGER, "ph-1", 200),
        (Office.MANAGER, "ph-2", 404),
        (Office.PRIVACY_OFFICER, EVERYWHERE, 200),
    ],
)
async def test_only_who_may_see_everybody_there_gets_one(
    world: World, office: Office, place: str, status: int
) -> None:
    app = await give_factor(
        world, await give_account(world, "ana", Grant(office=office, copropiedad_id=place))
    )
    async with browsing(world) as client:
        visitor = Visitor(client)
        assert (await visitor.enter("ana", app)).status == 303
        page, answer = await visitor.ask(PAGE), await visitor.ask(PATH)

    assert status == answer.status
    assert (LINK in page.text) == (status == 200)
    assert bool(made(world)) == (status == 200)


async def test_case_of_two_places_is_for_who_reaches_both(world: World, opened: Database) -> None:
    other = stored(event(data={**DATA, "copropiedad_id": "ph-2"}), case=CASE, copropiedad_id="ph-2")
    await stores_in(opened).add_events(other)
    app = await give_factor(
        world, await give_account(world, "ana", Grant(office=Office.MANAGER, copropiedad_id="ph-1"))
    )
    async with browsing(world) as client:
        visitor = Visitor(client)
        assert (await visitor.enter("ana", app)).status == 303
        half, page = await visitor.ask(PATH), await visitor.ask(PAGE)

    assert (403, []) == (half.status, made(world))
    assert LINK not in page.text
    assert 200 == (await fetch(world, PATH))[0]


async def test_unknown_case_and_person_and_several_cases_are_said(world: World, opened: Database) -> None:
    other = stored(event("building.outage.reported", id="evt-2"), case="outage_id:PQ/1 ñ")
    await stores_in(opened).add_events(other)
    answers = [
        (await ask(world, path, headers=KEY)).status
        for path in (
            "/api/cases/PQ-9/constancia",
            "/api/people/p-nadie/constancia",
            "/api/cases/PQ%2F1%20%C3%B1/constancia",
        )
    ]

    assert [404, 404, 300] == answers
    assert [] == made(world)


async def test_too_large_a_case_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST", 0)
    answer = await ask(world, PATH, headers=KEY)

    assert (413, True) == (answer.status, "Pida la de cada persona" in answer.json["error"])
    assert [] == made(world)


async def test_hub_without_a_secret_makes_none_and_offers_none(opened: Database) -> None:
    await fill(opened)
    world = World(database=opened, environ=dict(GUARDED))
    refused = await ask(world, PATH, headers=KEY)
    headers: dict[Any, str] = {**KEY, **HTML}
    page = await ask(world, PAGE, headers=headers)

    assert (503, True) == (refused.status, "HUB_SECRET" in refused.json["error"])
    assert LINK not in page.text
