"""Behaviour of all pages of the console: live changes, keys, refusals in Spanish, sheets."""

from aiohttp import hdrs

from hub.model import State
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import HTML, ConsoleHub
from tests.integration.identities import API_KEY, bearer

ROWS = "[...document.querySelectorAll('.rows tbody tr')].length"


async def one_more(database: str) -> None:
    """Let another message be planned."""
    of = stored(event(id="evt-new"), copropiedad_id="ph-alfa", case=None)
    async with open_stores(database) as stores:
        await stores.add_events(of)
        await stores.add(message(of, person="p-new", name="Rosa Gil", state=State.SENT, created_at=now()))


async def test_new_rows_appear_without_a_reload(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages")
    await browser.until("document.getElementById('pulse').textContent === 'Se actualiza sola'")
    before = await browser.run(ROWS)
    await browser.run("window.here = true; document.querySelector('.rows a.opens').focus()")
    await one_more(hub.hub.database_url)

    assert await browser.until("document.querySelector('.rows tr.changed')?.innerText.includes('Rosa Gil')")
    assert await browser.run(ROWS) == before + 1
    assert await browser.run("window.here && document.activeElement.matches('a.opens')")
    assert browser.complaints == []


async def test_keys_walk_rows_and_places_find_acts_and_can_be_turned_off(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages")
    for key in "jjk":
        await type_key(browser, key)
    assert await browser.run("document.querySelectorAll('.rows a.opens')[0] === document.activeElement")

    for key in "gc":
        await type_key(browser, key)
    assert await browser.until("location.pathname === '/cases' && document.readyState === 'complete'")
    for key in "jxa":
        await type_key(browser, key)
    assert await browser.until("document.querySelector('.toast')?.innerText.includes('marcados')")

    await hub.open(browser, "/cases/pqrs_id:CASE-MARK")
    await type_key(browser, "e")
    assert await browser.until("document.activeElement.matches('details[open] > summary')")

    await browser.press("Control+k")
    await browser.until("document.querySelector('#palette[open] input') === document.activeElement")
    for key in "nada":
        await type_key(browser, key)
    assert "Ninguna acción con esas palabras." == await browser.run(
        "document.querySelector('#palette ul').innerText"
    )
    await browser.press("Escape")
    assert await browser.until("!document.querySelector('dialog[open]')")
    await browser.press("Control+k")
    await browser.until("document.querySelector('#palette[open] input') === document.activeElement")
    for key in "auditoria":
        await type_key(browser, key)
    await browser.press("Enter")
    assert await browser.until("location.pathname === '/audit' && document.readyState === 'complete'")

    await type_key(browser, "?")
    assert "Fila siguiente" in await browser.until("document.querySelector('dialog[open]')?.innerText")
    await browser.run("document.querySelector('dialog input').click()")
    await browser.run("document.querySelector('dialog').close()")
    await type_key(browser, "?")
    assert not await browser.run("document.querySelector('dialog[open]') !== null")


async def test_pages_are_refused_in_spanish(hub: ConsoleHub) -> None:
    wrong = await hub.ask("/messages?state=nosuch")
    stranger = await hub.hub.send("GET", "/messages?state=failed", HTML, at="console")
    program = await hub.hub.send("GET", "/messages?state=nosuch", bearer(API_KEY), at="console")

    assert (wrong.status, "No se entiende" in wrong.text) == (400, True)
    assert stranger.status == 303
    assert stranger.headers[hdrs.LOCATION] == "/?next=%2Fmessages%3Fstate%3Dfailed"
    assert program.headers[hdrs.CONTENT_TYPE].startswith("application/")


async def test_link_from_elsewhere_does_not_say_what_was_done(hub: ConsoleHub) -> None:
    said = {}
    for site in ("same-origin", "cross-site", "none"):
        headers = {**HTML, **bearer(API_KEY), "Sec-Fetch-Site": site}
        answer = await hub.hub.send("GET", "/channels?done=paused", headers, at="console")
        said[site] = "El canal quedó en pausa" in answer.text

    assert {"same-origin": True, "cross-site": False, "none": False} == said


async def test_what_was_searched_for_is_not_in_the_address_of_the_sign_in(hub: ConsoleHub) -> None:
    stranger = await hub.hub.send("GET", "/search?q=Mar%C3%ADa", HTML, at="console")

    assert "/?next=%2Fsearch" == stranger.headers[hdrs.LOCATION]


async def type_key(browser: Browser, key: str) -> None:
    for kind in ("keyDown", "keyUp"):
        text = {"text": key} if kind == "keyDown" else {}
        await browser.call("Input.dispatchKeyEvent", type=kind, key=key, **text)
