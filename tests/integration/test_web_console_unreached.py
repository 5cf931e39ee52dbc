"""Operators at the page of events that do not reach all."""

from __future__ import annotations

from aiohttp import hdrs

from hub.model import Grant, Office, UnreachedReason
from tests.contract.stores import open_stores
from tests.contract.values import event, stored, unreached
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_user import click, main_text
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

PATH = "/messages/unreached"


async def another(hub: ConsoleHub) -> None:
    """Let one more event reach nobody."""
    of = stored(event("notice.published", id="evt-nobody"), copropiedad_id="ph-alfa", case=None)
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_unreached([unreached(of, UnreachedReason.EMPTY_AUDIENCE)])


async def test_first_page_leads_to_events_that_do_not_reach_all_and_each_to_who_was_notified(
    browser: Browser, servers: Servers
) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/")
        await click(browser, f"main a[href^='{PATH}']")
        listed = await main_text(browser)
        await browser.until("document.getElementById('pulse').textContent === 'Se actualiza sola'")
        await another(hub)
        new = await browser.until("document.querySelector('.rows tr.changed')?.innerText")
        await click(browser, ".rows tr:last-child a.opens")

        assert "El directorio no tiene la unidad." in listed
        assert "Corrija su código en el sistema de origen, o cárguela." in listed
        assert "Revise quién vive o trabaja allí." in new
        assert await browser.run("location.pathname.startsWith('/events/')")
        assert "sent-alfa" in await browser.run("document.querySelector('.tech').textContent")
        assert "Quedaron por fuera, y por qué" in await main_text(browser)
        assert browser.complaints == []


async def test_list_goes_on_page_by_page(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        first = await hub.ask(f"{PATH}?limit=1")
        following = first.text.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
        second = await hub.ask(following)

        assert following.startswith(f"{PATH}?limit=1&after=")
        assert ("ph-beta" in first.text, "ph-alfa" in first.text) == (True, False)
        assert ("ph-beta" in second.text, "ph-alfa" in second.text) == (False, True)


async def test_who_sees_one_building_has_its_events_alone(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        grant = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}")
        one = await hub.cookies_of(await hub.registry.account("eva", grant, is_enrolled=False))
        page = await hub.hub.send("GET", PATH, one, at="console")
        sheet = await hub.hub.send("GET", f"{PATH}?format=csv", one, at="console")

        assert ("ph-alfa" in page.text, "beta" in page.text) == (True, False)
        assert ("sent-alfa" in sheet.text, "beta" in sheet.text) == (True, False)


async def test_list_is_loaded_as_a_sheet(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        sheet = await hub.ask(f"{PATH}?format=csv")

        assert sheet.headers[hdrs.CONTENT_TYPE].startswith("text/csv")
        assert "El directorio no tiene la unidad" in sheet.text
        assert len(sheet.text.splitlines()) == 1 + 2
