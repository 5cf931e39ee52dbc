"""The survey of the half-year over HTTP."""

import json
from typing import Any, Final

from hub.model import Grant, Office, State
from hub.model.surveys import LeftOut, Respondent
from hub.storage import Database, PostgresDelivery
from tests.contract.stores import stores_in
from tests.contract.values import event, message, now, stored
from tests.integration.console_hub import ConsoleHub
from tests.integration.two_buildings import MARKS
from tests.integration.web_doubles import Reply, World, ask

JSON: Final = {"Content-Type": "application/json"}


async def start(world: World, **body: Any) -> Reply:
    return await ask(world, "/api/surveys", method="POST", headers=JSON, body=json.dumps(body).encode())


def clients() -> World:
    world = World()
    world.surveys.clients += [
        Respondent(person="p-1", copropiedad_id="ph-1"),
        Respondent(person="p-2", copropiedad_id="ph-1", left_out=LeftOut.ASKED_LATELY),
        Respondent(person="p-3", copropiedad_id="ph-2"),
    ]
    return world


async def test_a_dry_run_only_counts_and_a_page_is_continued() -> None:
    world = clients()
    counted = (await start(world, dry_run=True)).json
    first = (await start(world, limit=2)).json
    rest = (await start(world, limit=2, after=first["next"])).json

    assert (2, {"asked_lately": 1}, True, False) == tuple(
        counted[name] for name in ("asked", "left_out", "dry_run", "more")
    )
    assert [(1, True), (1, False)] == [(page["asked"], page["more"]) for page in (first, rest)]
    assert ["p-1", "p-3"] == [one.data["respondent"]["ref"] for one in world.publisher.events]
    assert ["surveys.start"] * 2 == [note.action for note in world.audit.rows]


async def test_one_copropiedad_is_asked_alone() -> None:
    world = clients()
    answer = await start(world, copropiedad_id="ph-2")

    assert 1 == answer.json["asked"]
    assert [("p-3", "ph-2")] == [
        (one.data["respondent"]["ref"], one.data["copropiedad_id"]) for one in world.publisher.events
    ]


async def test_a_body_that_asks_for_something_else_starts_nothing() -> None:
    world = clients()

    assert 400 == (await start(world, kind="post_servicio")).status
    assert [] == world.publisher.events


HERE: Final = f"ph-{MARKS[0]}"
ANSWERS: Final = 6
UNANSWERED: Final = 3


async def asked(database: Database, kind: str, number: int, *, answered: bool) -> None:
    """Ask somebody of the building, who answers or does not."""
    survey = f"{kind}-{number}"
    where = {"copropiedad_id": HERE, "case": f"survey_id:{survey}"}
    data = {"survey_id": survey, "kind": kind}
    asking = stored(event("survey.requested", id=survey, data=data, time=now()), **where)
    given = stored(
        event("survey.answered", id=f"of-{survey}", data={**data, "score": 9}, time=now()), **where
    )
    await stores_in(database).add_events(*[asking, given] if answered else [asking])
    await PostgresDelivery(database).add_messages([message(asking, person=survey, state=State.SENT)])


async def page_of(hub: ConsoleHub, mark: str, *grants: Grant) -> tuple[int, str]:
    account = await hub.registry.account(f"somebody-{mark}", *grants)
    answer = await hub.hub.send("GET", f"/buildings/{HERE}", await hub.cookies_of(account), at="console")
    return answer.status, answer.text


async def test_building_has_the_figures_of_its_surveys_for_who_may_see_it(hub: ConsoleHub) -> None:
    for number in range(ANSWERS + UNANSWERED):
        await asked(hub.database, "asamblea", number, answered=number < ANSWERS)
        await asked(hub.database, "semestral", number, answered=number < ANSWERS - 1)
    mine = await page_of(hub, "here", Grant(office=Office.VIEWER, copropiedad_id=HERE))
    theirs = await page_of(hub, "there", Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[1]}"))
    surveys = mine[1].partition('id="encuestas"')[2].partition("</section>")[0]

    assert (200, 404) == (mine[0], theirs[0])
    assert f"{ANSWERS} respuestas de {ANSWERS + UNANSWERED} personas preguntadas" in surveys
    assert f'href="/surveys?copropiedad={HERE}&amp;kind=asamblea"' in surveys
    # Of the only answer to the third one somebody could tell who has given it, also as the rest of a total.
    assert "Pocas respuestas de 1 persona preguntada" in surveys
    assert f"Pocas respuestas de {ANSWERS + UNANSWERED} personas preguntadas" in surveys
