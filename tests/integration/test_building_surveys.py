"""A building's page says how many have answered its surveys, and nothing where they are too few."""

from __future__ import annotations

from typing import Final

from hub.model import Grant, Office, State
from hub.storage import Database, PostgresDelivery, PostgresIntake
from tests.contract.values import event, message, now, stored
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

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
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.add_events([asking, given] if answered else [asking])
    await PostgresDelivery(database).add_messages([message(asking, person=survey, state=State.SENT)])


async def page_of(hub: ConsoleHub, mark: str, *grants: Grant) -> tuple[int, str]:
    account = await hub.registry.account(f"somebody-{mark}", *grants)
    answer = await hub.hub.send("GET", f"/buildings/{HERE}", await hub.cookies_of(account), at="console")
    return answer.status, answer.text


async def test_building_has_the_figures_of_its_surveys_for_who_may_see_it(servers: Servers) -> None:
    async with console_hub(servers) as hub:
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
