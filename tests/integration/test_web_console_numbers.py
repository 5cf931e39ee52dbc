"""A number of the console leads to as many rows as it says, within the hours and days that it counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from hub.model import State
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.servers import Servers

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
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
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


async def test_numbers_lead_to_as_many_rows_as_they_say(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
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


async def test_list_of_an_hour_says_which_hour_it_is(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
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


async def test_units_without_a_contact_are_those_that_are_listed(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/indicators")
        cell = "document.querySelector('#reach td[data-label=\"Sin contacto\"] a')"
        said = await browser.run(f"{cell}.innerText")
        await hub.open(browser, await browser.run(f"{cell}.getAttribute('href')"))

        assert said == "1"
        assert await browser.run("document.querySelectorAll('main .door:not(.safe)').length") == 1
        assert "(0,0 %)" in await browser.run("document.querySelector('main').innerText")
