"""Sign-in with a real browser: the page shows and hides its parts, and sends its CSRF token."""

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.access.lockout import FAILURES
from hub.model import Grant, Office
from hub.storage import Database
from tests.acceptance.harness import until
from tests.integration.chromium import Browser
from tests.integration.console_user import click
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_browser import EVIL_LETTER, busy_world
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import PASSWORD, Client, give_account

PHOTOS = os.environ.get("PHOTOS")


@pytest.fixture
async def world(opened: Database) -> World:
    return await busy_world(opened, **GUARDED)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await give_account(world, "ana", Grant(office=Office.VIEWER))
    await give_account(world, "olga", Grant(office=Office.OPERATOR), Grant(office=Office.PRIVACY_OFFICER))
    await give_account(
        world, "nuevo", Grant(office=Office.OPERATOR, copropiedad_id="ph-torres-del-parque"), must_change=True
    )
    async with browsing(world) as opened:
        yield opened


async def photo(browser: Browser, name: str) -> None:
    """Wait for the whole page, which is wider without its style; keep a picture where one is wanted."""
    await browser.until("document.readyState === 'complete'")
    if PHOTOS:
        shot = await browser.call("Page.captureScreenshot", format="png")
        (Path(PHOTOS) / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


async def fill(browser: Browser, form: str = "form", **values: str) -> None:
    for name, value in values.items():
        await browser.run(f"document.querySelector('{form}').elements['{name}'].value = {value!r}")
    await browser.run("window.here = true")
    await browser.run(f"document.querySelector('{form}').requestSubmit()")
    await browser.until("window.here === undefined && document.readyState === 'complete'")


async def enter(browser: Browser, client: Client, name: str, password: str = PASSWORD) -> None:
    await browser.go(str(client.make_url("/")))
    await browser.until("document.getElementById('password') !== null")
    await fill(browser, name=name, password=password)


async def text(browser: Browser) -> str:
    return str(await browser.run("document.body.innerText"))


async def test_the_form_can_be_used_without_a_mouse_and_by_a_password_manager(
    browser: Browser, client: Client
) -> None:
    await browser.go(str(client.make_url("/")))
    focused = await browser.until("document.activeElement.id")
    inputs = await browser.run("[...document.querySelectorAll('input')].map(i => i.autocomplete).join()")
    named = await browser.run("[...document.querySelectorAll('input')].every(i => i.labels.length === 1)")
    folded = await browser.run("document.querySelector('details').open")
    await photo(browser, "1-sign-in")

    assert (focused, inputs) == ("name", "username,current-password,off")
    assert (named, folded) == (True, False)


async def test_wrong_password_shows_an_error_and_keeps_the_name(browser: Browser, client: Client) -> None:
    await enter(browser, client, "ana", "guess")
    await until(
        lambda: browser.run("document.activeElement.id === 'password'"), "the password to have the focus"
    )
    alert = await browser.run("document.querySelector('[role=alert]').innerText")
    await photo(browser, "2-wrong")

    assert alert == "El usuario o la contraseña no son correctos."
    assert await browser.run("document.getElementById('name').value") == "ana"
    assert (
        await browser.run("document.getElementById('password').getAttribute('aria-describedby')") == "wrong"
    )


@pytest.mark.usefixtures("refused_soon")
async def test_locked_account_shows_when_the_lock_ends(
    browser: Browser, client: Client, world: World
) -> None:
    for _ in range(FAILURES):
        await enter(browser, client, "ana", "guess")
    await photo(browser, "3-locked")

    assert "Podrá intentarlo de nuevo a las" in await text(browser)
    assert world.accounts.sessions == {}


async def test_wrong_key_shows_an_error_in_its_own_form(browser: Browser, client: Client) -> None:
    await browser.go(str(client.make_url("/")))
    await browser.until("document.getElementById('key') !== null")
    await fill(browser, "details form", key="guess")
    await photo(browser, "4-wrong-key")

    assert await browser.run("document.querySelector('details').open")
    assert await browser.run("document.activeElement.id") == "key"


async def test_one_time_password_must_be_changed_first(browser: Browser, client: Client) -> None:
    await enter(browser, client, "nuevo")
    path = await browser.run("location.pathname")
    await photo(browser, "5-must-change")
    await fill(browser, "form", old=PASSWORD, new="corta pero no", again="otra distinta")
    await photo(browser, "6-not-the-same")
    page = await text(browser)
    await fill(browser, "form", old=PASSWORD, new="viento entre pinos", again="viento entre pinos")
    await browser.until("document.getElementById('work') !== null")

    assert path == "/account"
    assert "no son iguales" in page
    assert "Operación: ph-torres-del-parque" in await text(browser)


async def test_read_only_account_sees_no_button_that_would_be_refused(
    browser: Browser, client: Client
) -> None:
    await enter(browser, client, "ana")
    await browser.until("document.getElementById('work') !== null")
    browser.complaints.clear()
    await photo(browser, "7-viewer")
    who = await browser.run("document.querySelector('.who').innerText")
    letter = f"/dead/{EVIL_LETTER.id}"
    buttons = {}
    for path in ("/", "/messages", "/channels", "/dead"):
        await browser.go(str(client.make_url(path)))
        await browser.until(f"location.pathname === '{path}' && document.readyState === 'complete'")
        buttons[path] = await browser.run("document.querySelectorAll('main form[method=post]').length")
    await photo(browser, "8-viewer-dead")
    opened = await browser.run(f"fetch('{letter}').then(answer => answer.status)")

    assert "Ana" in who
    assert "Consulta: todas las copropiedades" in who
    assert buttons == dict.fromkeys(buttons, 0)
    assert opened == 403


async def test_operator_acts_with_the_pages_token_and_signs_out(
    browser: Browser, client: Client, world: World
) -> None:
    await enter(browser, client, "olga")
    await browser.until("document.getElementById('work') !== null")
    browser.complaints.clear()
    await browser.go(str(client.make_url("/dead")))
    await browser.until("document.querySelector('.rows a.opens')?.click() ?? location.pathname !== '/dead'")
    await browser.until("document.querySelectorAll('.actions :is(button, a)').length === 2")
    await photo(browser, "9-operator-dead")
    await click(browser, ".actions a[href$='/replay']")
    await fill(browser, ".ask form")
    empty = await browser.run("document.querySelector('.empty')?.innerText")
    complaints = list(browser.complaints)
    await fill(browser, ".who form")
    await browser.until("document.getElementById('password') !== null")

    assert [EVIL_LETTER] == world.publisher.replayed
    assert "No hay nada pendiente" in empty
    assert complaints == []
    assert world.accounts.sessions == {}


async def test_ones_own_account_can_be_looked_at_on_a_small_screen(browser: Browser, client: Client) -> None:
    await enter(browser, client, "olga")
    await browser.go(str(client.make_url("/account")), width=380)
    await browser.until("document.getElementById('old') !== null")
    await photo(browser, "10-account-small")

    assert await browser.run("document.documentElement.scrollWidth") <= 380
