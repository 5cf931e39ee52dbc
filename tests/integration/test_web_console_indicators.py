"""Indicadores as operators use it: figures, plots, the numbers behind them, and one building alone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiohttp import hdrs

from hub.model import ClockState, Grant, Office, Purpose, State, StoredEvent
from tests.contract.stores import open_stores
from tests.contract.values import clock, event, message, now, stored
from tests.integration.axe import shown
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.looks import judged_looks
from tests.integration.two_buildings import MARKS
from tests.integration.usable import too_wide
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE, THERE = (f"ph-{mark}" for mark in MARKS)
HOUR = timedelta(hours=1)


def promises(place: str, states: Sequence[ClockState]) -> list[Any]:
    """One promise a week, the newest first."""
    found = []
    for week, state in enumerate(states):
        began = now() - timedelta(days=7 * week, hours=3)
        context = {"copropiedad_id": place, "service_area": "mantenimiento"}
        made = clock(
            f"pqrs_id:{place}-{week}", context=context, started_at=began, state=state, due_at=began + HOUR
        )
        found.append(replace(made, id=uuid4(), ended_at=began + HOUR))
    return found


def survey(place: str, number: int, score: int) -> list[StoredEvent]:
    named = {"survey_id": f"{place}-{number}", "kind": "semestral", "service_area": "mantenimiento"}
    # In the week of the hub's own answer: one alone is hidden, and then those of another week with it.
    at, case = now() - HOUR, f"survey_id:{place}-{number}"
    asked = event(
        "survey.requested", id=f"ask-{place}-{number}", time=at, data={**named, "respondent": {"ref": "p-1"}}
    )
    given = event(
        "survey.answered", id=f"answer-{place}-{number}", time=at + HOUR, data={**named, "score": score}
    )
    return [stored(one, case=case, copropiedad_id=place) for one in (asked, given)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """In one building two of three promises were kept and six people were content; in the other none."""
    met, late = ClockState.MET, ClockState.BREACHED
    async with console_hub(servers) as made:
        async with open_stores(made.hub.database_url) as stores:
            surveys = [of for number in range(6) for of in survey(HERE, number, 9)]
            async with stores.intake.transaction() as transaction:
                await transaction.save_clocks(
                    [*promises(HERE, [met, late, met]), *promises(THERE, [late, late])]
                )
                await transaction.add_events(surveys)
            await stores.add(
                *(
                    message(of, state=State.SENT, purpose=Purpose.SURVEY, person="p-1")
                    for of in surveys
                    if of.event.name == "survey.requested"
                )
            )
        yield made


async def asked(hub: ConsoleHub, path: str, place: str = "*") -> Answer:
    grant = Grant(office=Office.VIEWER) if place == "*" else Grant(office=Office.VIEWER, copropiedad_id=place)
    account = await hub.registry.account(f"eva-{uuid4().hex[:6]}", grant)
    return await hub.hub.send("GET", path, await hub.cookies_of(account), at="console")


async def test_figures_come_first_and_follow_the_filter(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/indicators?period=90d")
    of_all = await browser.run("document.querySelector('.bigs li').innerText")
    await browser.run(f"document.querySelector('[name=copropiedad]').value = {HERE!r}")
    await browser.run("window.here = true; document.querySelector('.filters button').click()")
    await browser.until("window.here === undefined && document.readyState === 'complete'")
    of_one = await browser.run("document.querySelector('.bigs').innerText")
    address = await browser.run("location.search")

    assert of_all.startswith("40,0 %")
    assert ("66,7 %" in of_one, "2 de 3" in of_one) == (True, True)
    assert "82,9" in of_one, of_one
    assert ("period=90d" in address, f"copropiedad={HERE}" in address) == (True, True)
    assert browser.complaints == []


async def test_plots_are_drawn_by_week_and_their_numbers_stand_behind_them(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, f"/indicators?period=90d&copropiedad={HERE}")
    bars = await browser.run("document.querySelectorAll('.bar-met').length")
    late = await browser.run("document.querySelectorAll('.bar-breached').length")
    lines = await browser.run("document.querySelectorAll('.line-index, .line-response_rate').length")
    weeks = await browser.run("document.querySelectorAll('#numbers tbody tr').length")

    assert (bars, late, lines) == (2, 1, 2)
    assert weeks >= 13


async def test_filled_page_is_for_everybody(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/indicators?period=90d")

    assert not shown(await judged_looks(browser, "indicators filled", whole=True, coloured=False))
    assert not await too_wide(browser)


async def test_number_leads_to_the_rows_behind_it(hub: ConsoleHub) -> None:
    page = await asked(hub, f"/indicators?period=90d&copropiedad={HERE}")
    path = f"/cases?promise=first_reply&amp;view=overdue&amp;copropiedad={HERE}"
    rows = await asked(hub, path.replace("&amp;", "&"))

    assert path in page.text
    assert rows.status == 200


async def test_viewer_of_one_building_sees_its_numbers_alone(hub: ConsoleHub) -> None:
    own = await asked(hub, "/indicators?period=90d", HERE)
    other = await asked(hub, "/indicators?period=90d", THERE)
    meddling = await asked(hub, f"/indicators?period=90d&copropiedad={HERE}", THERE)

    assert ("66,7 %" in own.text, f"Conjunto {THERE}" in own.text) == (True, False)
    assert ("0,0 %" in other.text, f"Conjunto {HERE}" in other.text) == (True, False)
    assert "Ninguna promesa empezó" in meddling.text


async def test_numbers_are_a_sheet_and_a_period_of_years_is_refused(hub: ConsoleHub) -> None:
    sheet = await asked(hub, f"/indicators?period=90d&copropiedad={HERE}&format=csv")
    refused = await asked(hub, "/indicators?from=2020-01-01&to=2026-01-01")

    assert sheet.headers[hdrs.CONTENT_TYPE].startswith("text/csv")
    assert "Promesas;Primera respuesta;" in sheet.text
    assert "A tiempo;2" in sheet.text
    assert "Cumplimiento;0,6667" in sheet.text
    assert refused.status == 400
    assert "Vuelva atrás" in refused.text
