"""The second factor with a real browser, on the screen of a small telephone, without a script."""

from collections.abc import AsyncIterator

import pytest

from hub.model import Grant, Office
from hub.storage import Database
from hub.web.console.own_account import ACCOUNT, SECOND_FACTOR
from hub.web.console.sign_in import CODE
from tests.integration.chromium import Browser
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_browser import busy_world
from tests.integration.test_web_browser_sign_in import fill, photo, text
from tests.integration.test_web_door import SECRETS
from tests.integration.web_doubles import World, browsing
from tests.integration.web_visitor import PASSWORD, Authenticator, Client, give_account, give_factor

NARROW = 320


@pytest.fixture
async def world(opened: Database) -> World:
    return await busy_world(opened, **GUARDED, **SECRETS)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    await give_account(world, "marta", Grant(office=Office.MANAGER))
    async with browsing(world) as opened:
        yield opened


async def look(browser: Browser, name: str, path: str) -> None:
    """Check that nothing stands out of a narrow page, and that no script made it; the frame has its own."""
    await photo(browser, name)
    assert await browser.run("location.pathname") == path
    assert await browser.run("document.documentElement.scrollWidth") <= NARROW
    assert await browser.run("document.scripts.length === (document.getElementById('sections') ? 1 : 0)")
    assert await browser.run(
        "[...document.querySelectorAll('main input')].filter(i => i.checkVisibility())"
        ".every(i => i.labels.length === 1)"
    )


async def enter(browser: Browser, client: Client) -> None:
    await browser.go(str(client.make_url("/")), width=NARROW)
    await browser.until("document.getElementById('password') !== null")
    await fill(browser, name="marta", password=PASSWORD)


async def go(browser: Browser, client: Client, path: str) -> None:
    await browser.go(str(client.make_url(path)), width=NARROW)
    await browser.until(f"location.pathname === '{path}' && document.readyState === 'complete'")


async def test_manager_enrols_and_signs_in_on_a_telephone(
    browser: Browser, client: Client, world: World
) -> None:
    await enter(browser, client)
    await look(browser, "20-enrol", SECOND_FACTOR)
    page = await browser.run("document.body.outerHTML")
    app = Authenticator.reading(world, page)
    drawn = await browser.run("document.querySelector('svg').getBoundingClientRect().width")
    link = await browser.run("document.querySelector('ol a').href")
    await fill(browser, code="000000")
    await look(browser, "21-wrong-first-code", SECOND_FACTOR)
    assert "no es correcto" in await text(browser)
    await fill(browser, code=app.code())
    await look(browser, "22-recovery-codes", SECOND_FACTOR)
    codes = (
        await browser.run("[...document.querySelectorAll('.codes code')].map(c => c.innerText).join()")
    ).split(",")
    await go(browser, client, ACCOUNT)
    await look(browser, "23-account", ACCOUNT)
    await go(browser, client, SECOND_FACTOR)
    await look(browser, "24-enrolled", SECOND_FACTOR)
    await fill(browser, "form[action$=recovery-codes]", password=PASSWORD)
    renewed = await browser.run("document.querySelectorAll('.codes code').length")

    assert 150 <= drawn <= NARROW
    assert link.startswith("otpauth://totp/")
    assert (len(codes), renewed) == (10, 10)
    assert "security" not in {each.get("entry", {}).get("source") for each in browser.complaints}


async def test_code_is_asked_for_and_a_recovery_code_is_found(
    browser: Browser, client: Client, world: World
) -> None:
    marta = await world.accounts.named("marta")
    assert marta is not None
    app = await give_factor(world, marta, codes=["abcd-efgh-jkmn-pqrs"])
    await enter(browser, client)
    await look(browser, "25-code", CODE)
    focused = await browser.run("document.activeElement.id")
    keyboard = await browser.run(
        "document.activeElement.inputMode + ' ' + document.activeElement.autocomplete"
    )
    await fill(browser, code="000000")
    await look(browser, "26-wrong-code", CODE)
    alert = await browser.run("document.querySelector('[role=alert]').innerText")
    await browser.run("document.querySelector('summary').click()")
    await look(browser, "27-lost", CODE)
    await fill(browser, "details form", code="wrong")
    still_open = await browser.run("document.querySelector('details').open")
    await fill(browser, "details form", code="abcd-efgh-jkmn-pqrs")
    await look(browser, "28-recovered", CODE)
    recovered = await text(browser)
    await browser.call("Network.clearBrowserCookies")
    await enter(browser, client)
    await fill(browser, code=app.code())

    assert (focused, keyboard) == ("code", "numeric one-time-code")
    assert ("ya se usó" in alert, still_open) == (True, True)
    assert "Era el último" in recovered
    await browser.until("document.querySelector('.who p')?.innerText.startsWith('Marta')")
