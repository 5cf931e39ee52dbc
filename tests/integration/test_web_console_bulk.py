"""A bulk action in a browser: filter, plan, start, watch, and the outcome."""

from hub.model import Grant, Office, State
from hub.storage import PostgresBulk
from hub.testing import MemoryPublisher
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import HTML, ConsoleHub
from tests.integration.console_user import MAIN, click, fill, main_text, open_link
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS

LOST = 7
PROGRESS = "document.querySelector('progress').value"
CAUSE = "document.getElementById('c-connect_failed-sms')"


async def lose(hub: ConsoleHub) -> None:
    """Let a provider have failed for several people of the first building."""
    of = stored(event(id="outage"), copropiedad_id=f"ph-{MARKS[0]}", case=None)
    lost = [
        message(
            of,
            person=f"p-lost-{number}",
            channel="sms",
            address="+573001112233",
            state=State.FAILED,
            reason="connect_failed",
            created_at=now(),
        )
        for number in range(LOST)
    ]
    async with open_stores(hub.hub.database_url) as stores:
        await stores.add_events(of)
        await stores.add(*lost)


async def work(hub: ConsoleHub, *, batches: int) -> None:
    """Work through bulk actions as the timers do, two rows at a time, so many times."""
    store, publisher = PostgresBulk(hub.database), MemoryPublisher()
    for _ in range(batches):
        await store.work(2, publisher.replay)


async def fill_in(browser: Browser, reason: str) -> None:
    await fill(browser, "main", reason=reason)
    await click(browser, "main form.form button")


async def test_failures_of_one_cause_are_planned_sent_again_and_reported(
    browser: Browser, hub: ConsoleHub
) -> None:
    await lose(hub)
    await hub.sign_in(browser)
    await hub.open(browser, "/messages?only=lost")
    causes = await browser.run(f"{CAUSE}.innerText")
    await browser.run(f"window.before = true; {CAUSE}.querySelector('a[href^=\"/bulk\"]').click()")
    await browser.until("!window.before && document.readyState === 'complete'")
    plan = await main_text(browser)
    await work(hub, batches=2)  # the runs of the town are older
    await fill_in(browser, "El proveedor estuvo caído")
    here = await browser.run("window.here = true; location.pathname")
    await work(hub, batches=1)
    await browser.until(f"{PROGRESS} === 2")
    await work(hub, batches=4)
    await browser.until(f"{MAIN}.includes('Terminada')")
    done = await main_text(browser)

    assert str(LOST) in causes
    assert f"{LOST} mensajes de {LOST}" in plan
    assert here.startswith("/bulk/runs/")
    assert await browser.run("window.here"), "it changed without a reload"
    assert f"{LOST} hechos" in done.replace("\n", " ")
    assert "El proveedor estuvo caído" in done
    assert browser.complaints == []
    await open_link(browser, "hechos")
    assert await browser.run("document.querySelectorAll('.rows tbody tr').length") == LOST
    await open_link(browser, "PQRS recibida")
    assert "Por salir" in await main_text(browser)


async def test_plan_without_a_reason_says_so_at_the_field(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/bulk/resend?state=failed")
    await browser.run("document.getElementById('reason').required = false")
    await fill_in(browser, "  ")

    assert await browser.run("document.querySelector('[role=alert] a').hash") == "#reason"
    assert await browser.run("document.getElementById('reason').getAttribute('aria-invalid')") == "true"


async def test_run_is_stopped_by_its_button(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/bulk/runs/RUN")
    await browser.run("window.before = true; document.querySelector('main .act button').click()")
    await browser.until("!window.before && document.readyState === 'complete'")
    text = await main_text(browser)

    assert "Detenida" in text
    assert "1 quedaron sin hacer" in text


async def test_operator_of_one_building_plans_and_sees_only_what_is_there(
    browser: Browser, hub: ConsoleHub
) -> None:
    await lose(hub)
    there = Grant(office=Office.OPERATOR, copropiedad_id=f"ph-{MARKS[1]}")
    operator = await hub.registry.account("eva", there, is_enrolled=False)
    await hub.sign_in(browser, operator)
    await hub.open(browser, "/bulk/resend?only=lost")
    plan = await main_text(browser)
    await hub.open(browser, "/bulk")
    runs = await main_text(browser)

    assert "1 mensaje de 1" in plan
    assert f"falla-{MARKS[1]}" in runs
    assert f"falla-{MARKS[0]}" not in runs


async def test_what_was_done_is_a_sheet(hub: ConsoleHub) -> None:
    path = hub.path("/bulk/runs/RUN?format=csv")
    sheet = await hub.hub.send("GET", path, {**HTML, **bearer(API_KEY)}, at="console")

    assert "masivo.csv" in sheet.headers["Content-Disposition"]
    assert "PQRS recibida;Impreso;p-alfa;Sin hacer" in sheet.text
