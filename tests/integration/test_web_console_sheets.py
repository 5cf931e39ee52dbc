"""Each list of the console as a sheet: all rows that one answer may have, with their number in its link."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import hdrs

from hub.model import State, UnreachedReason
from tests.contract.stores import open_stores
from tests.contract.values import event, letter, message, now, stored, unreached
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_user import click, main_text
from tests.integration.guarded_hub import Answer
from tests.integration.identities import API_KEY, bearer
from tests.servers import Servers

LISTS: Final = (
    *("/accounts", "/audit", "/bulk", "/cases", "/dead", "/keys", "/letters", "/letters/batches"),
    *("/messages", "/messages/unreached", "/people", "/posters", "/surveys"),
)
NAMED: Final = {"/messages": "mensajes.csv", "/people": "personas.csv"}
MORE: Final = 51
"""One more than a page has."""
SHEET: Final = re.compile(
    r'<a href="([^"]+)" download>Descargar esta lista \(CSV(, hasta 500 renglones)?\)</a>'
)


async def asked(hub: ConsoleHub, path: str) -> Answer:
    return await hub.hub.send("GET", path, {hdrs.ACCEPT: "text/html", **bearer(API_KEY)}, at="console")


async def sheet_of(hub: ConsoleHub, path: str) -> list[str]:
    """Load the sheet that the page of a list links to; return its lines after the first."""
    page = await asked(hub, path)
    link = SHEET.search(page.text)
    assert link is not None, path
    sheet = await asked(hub, link[1].replace("&amp;", "&"))
    assert sheet.headers[hdrs.CONTENT_TYPE].startswith("text/csv"), path
    return sheet.text.splitlines()[1:]


async def test_every_list_has_a_sheet_with_its_rows(hub: ConsoleHub) -> None:
    await asked(hub, hub.path("/messages/MESSAGE"))  # for the audit to have something
    found = {path: len(await sheet_of(hub, path)) for path in LISTS}

    named = {path: (await asked(hub, f"{path}?format=csv")).headers for path in NAMED}
    assert [] == [path for path, lines in found.items() if not lines]
    assert [] == [path for path, name in NAMED.items() if name not in named[path][hdrs.CONTENT_DISPOSITION]]


async def test_sheet_of_a_list_goes_on_where_its_page_ends(servers: Servers) -> None:
    async with console_hub(servers) as hub, open_stores(hub.hub.database_url) as stores:
        of = stored(copropiedad_id="ph-alfa")
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
            await transaction.add_dead_letters([letter(f"{{ {n}".encode()) for n in range(MORE)])
        await stores.add(*(message(of, person=f"p-{number}") for number in range(MORE)))
        page = await asked(hub, "/messages")

        assert page.text.count('<tr id="m-') == MORE - 1
        assert len(await sheet_of(hub, "/messages?state=queued")) == MORE
        assert len(await sheet_of(hub, "/dead")) == MORE + 3


PATH = "/messages/unreached"


async def another(hub: ConsoleHub) -> None:
    """Let one more event reach nobody."""
    of = stored(event("notice.published", id="evt-nobody"), copropiedad_id="ph-alfa", case=None)
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_unreached([unreached(of, UnreachedReason.EMPTY_AUDIENCE)])


async def test_first_page_leads_to_events_that_do_not_reach_all_and_each_to_who_was_notified(
    browser: Browser, hub: ConsoleHub
) -> None:
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


NOT_ROWS: Final = ("por salir", "Por salir")
"""A message that waits at the broker is no row: `docs/console.md` says so."""
NUMBERS: Final = """
(async () => {
  const found = [...document.querySelectorAll('main a.figure, main td.n a, main a.matter, main .brief a.n')];
  const said = found.filter(a => /^\\d/.test(a.innerText.trim()) && !a.innerText.includes('cartas'));
  const numbers = [];
  for (const a of said) {
    const to = new URL(a.href);
    to.searchParams.set('limit', '500');
    const text = await (await fetch(to)).text();
    const page = new DOMParser().parseFromString(text, 'text/html');
    const rows = [...page.querySelectorAll('main table.rows tbody tr, main ul.items > li')];
    const listed = rows.filter(row => row.closest('table')?.getAttribute('aria-label') !== 'Por motivo');
    const label = a.closest('td')?.dataset.label ?? a.innerText.replace(/^[\\d.]+\\s*/, '');
    numbers.push({label, href: to.pathname + to.search, says: parseInt(a.textContent), rows: listed.length});
  }
  return numbers;
})()
"""


async def happen(hub: ConsoleHub, number: int, state: State, at: datetime) -> None:
    """Let a message of an SMS have been planned then."""
    of = stored(event("notice.published", id=f"evt-{number}"), copropiedad_id="ph-alfa", case=None)
    sms = message(of, channel="sms", person="p-alfa", contact_id="c", state=state, created_at=at)
    async with open_stores(hub.hub.database_url) as stores:
        await stores.add_events(of)
        await stores.add(sms)


async def busy(hub: ConsoleHub) -> None:
    """Let the same have happened within the last hour, before it within the day, and before the day."""
    moments = (timedelta(minutes=5), timedelta(hours=3), timedelta(days=5))
    states = (State.SENT, State.DELIVERED, State.FAILED, State.EXPIRED, State.QUEUED, State.SUPPRESSED)
    cases = [(state, moment) for moment in moments for state in states]
    for number, (state, moment) in enumerate(cases):
        await happen(hub, number, state, now() - moment)


async def numbers_of(browser: Browser, hub: ConsoleHub, path: str) -> list[dict[str, Any]]:
    await hub.open(browser, path)
    await browser.run("for (const part of document.querySelectorAll('details')) part.open = true")
    found: list[dict[str, Any]] = await browser.run(NUMBERS)
    return [one for one in found if one["label"] not in NOT_ROWS]


async def test_numbers_lead_to_as_many_rows_as_they_say(browser: Browser, hub: ConsoleHub) -> None:
    await busy(hub)
    await hub.sign_in(browser)
    first = await numbers_of(browser, hub, "/")
    channels = await numbers_of(browser, hub, "/channels")

    assert [] == [one for one in first + channels if one["says"] != one["rows"]]
    asked = {(one["label"], one["href"].partition("?")[0]): one["says"] for one in first}
    assert asked["mensajes del último día que no llegaron", "/messages"] == 6
    assert asked["en una hora", "/messages"] == 2
    assert {one["label"]: one["says"] for one in channels if one["says"]}["salieron en una hora"] == 2
    assert browser.complaints == []


async def test_list_of_an_hour_says_which_hour_it_is(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    asked = "only=lost&since=2026-03-09T15:00:00-05:00&until=2026-03-09T16:00:00-05:00"
    await hub.open(browser, f"/messages?{asked}")
    words = await browser.run("document.getElementById('window').innerText")
    await browser.run("document.querySelector('form.filters').submit()")
    again = await browser.until(
        "location.search.includes('state=') && document.getElementById('window')?.innerText"
    )

    said = "Solo fallidos, desde el 9 mar 2026, 3:00 p. m., hasta el 9 mar 2026, 4:00 p. m."
    assert words.replace("\N{NO-BREAK SPACE}", " ") == f"{said} Ver todos"
    assert again == words
    assert browser.complaints == []


async def test_units_without_a_contact_are_those_that_are_listed(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/indicators")
    cell = "document.querySelector('#reach td[data-label=\"Sin contacto\"] a')"
    said = await browser.run(f"{cell}.innerText")
    await hub.open(browser, await browser.run(f"{cell}.getAttribute('href')"))

    assert said == "1"
    assert await browser.run("document.querySelectorAll('main .door:not(.safe)').length") == 1
    assert "(0,0 %)" in await browser.run("document.querySelector('main').innerText")
