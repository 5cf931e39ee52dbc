"""The residents' pages in a real browser: small, enlarged, dark, by keyboard, without a script."""

from itertools import pairwise
from typing import Final

import pytest

from hub.model import Purpose, QuietHours
from tests.integration.chromium import Browser
from tests.integration.residents import path
from tests.integration.test_web_browser_sign_in import photo
from tests.integration.test_web_browser_survey import CONTRASTS, LEAST, NARROW
from tests.integration.test_web_resident_own import world_of_maria
from tests.integration.test_web_resident_sign_in import DAY, code_of, door, world_with_person
from tests.integration.web_doubles import browsing

DESK: Final = 1280
FORBIDDEN: Final = "the server responded with a status of 403"
"""The words of the console about a page that answers a wrong link."""
NAMELESS: Final = """
[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
  .filter(node => !(node.labels?.length || node.innerText?.trim() || node.ariaLabel)).length
"""
"""Controls that a screen reader cannot name."""
OPEN: Final = "document.querySelectorAll('details').forEach(part => part.open = true)"
"""What stands behind doors is looked at as well."""
SAVE: Final = "[...document.querySelectorAll('button')].find(b => b.innerText.includes('Guardar')).click()"
LEVELS: Final = "[...document.querySelectorAll('h1, h2, h3')].map(node => +node.tagName[1])"
SMALL: Final = """
[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea')]
  .map(node => (node.labels?.[0]?.className === 'choice' ? node.labels[0] : node).getBoundingClientRect())
  .filter(box => Math.min(box.width, box.height) < 24).length
"""
"""WCAG 2.2, 2.5.8: the least size of a target."""


async def look_at(browser: Browser, url: str, name: str, *, dark: bool, width: int = NARROW) -> None:
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    await browser.call("Emulation.setEmulatedMedia", features=features)
    await browser.go(url, width=width)
    await browser.until("document.querySelector('main h1')?.innerText")
    await judge(browser, f"{name}-{'dark' if dark else 'light'}", width)


async def judge(browser: Browser, name: str, width: int) -> None:
    await photo(browser, f"resident-{name}-{width}")
    await browser.run(OPEN)
    levels = await browser.run(LEVELS)

    # A wide window has a bar for scrolling beside the page.
    assert await browser.run("document.documentElement.scrollWidth") <= width
    assert LEAST <= min(await browser.run(CONTRASTS))
    assert (0, 0) == (await browser.run(NAMELESS), await browser.run(SMALL))
    assert 1 == levels[0] == min(levels)
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert [] == [said for said in browser.complaints if FORBIDDEN not in str(said)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, 160, 1200], ids=["phone", "phone at 200 %", "desk"])
async def test_page_of_a_message_fits_and_is_legible(browser: Browser, width: int, *, dark: bool) -> None:
    world, mail = world_with_person()
    async with browsing(world) as client:
        where = str(client.make_url(path(mail.id, ends_at=world.now() + DAY)))
        await look_at(browser, where, "message", dark=dark, width=width)
        await look_at(browser, f"{where}/entrar", "code-to", dark=dark, width=width)
        await look_at(browser, where[:-1], "wrong", dark=dark, width=width)


async def test_button_is_pressed_by_keyboard_without_a_script(browser: Browser) -> None:
    world, mail = world_with_person()
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(path(mail.id, ends_at=world.now() + DAY))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        first = await browser.run("document.querySelector('a, button, input').innerText")
        await browser.run("document.querySelector('button').focus()")
        await browser.press("Enter")
        said = await browser.until("document.querySelector('[role=status]')?.innerText")

    assert "Ir al contenido" == first
    assert "Su caso pasó al nivel siguiente" in said
    assert ["pqrs.escalated"] == [event.name for event in world.publisher.events]


async def tab_to(browser: Browser, words: str) -> None:
    """Press Tab until the focus is on the element with these words, as somebody without a mouse."""
    for _ in range(60):
        await browser.press("Tab")
        at = "(document.activeElement.labels?.[0] ?? document.activeElement)"
        if words in await browser.run(f"{at}.innerText"):
            return
    raise AssertionError(words)


async def test_whole_way_from_the_mail_to_a_consent_is_walked_by_keyboard_without_a_script(
    browser: Browser,
) -> None:
    world, mail = world_of_maria(HUB_PUBLIC_URL="")
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(path(mail.id, ends_at=world.now() + DAY))), width=NARROW)
        await browser.until("document.getElementById('privado')?.id")
        await tab_to(browser, "Ir al contenido")
        await browser.press("Enter")
        await tab_to(browser, "Ver mis mensajes y datos")
        await browser.press("Enter")
        await browser.until("document.querySelector('[name=contact]')?.name")
        await tab_to(browser, "Al correo")
        await browser.press("ArrowDown")
        await tab_to(browser, "Enviarme el código")
        await browser.press(" ")
        await browser.until("document.getElementById('code')?.id")
        await tab_to(browser, "Código de seis números")
        await browser.call("Input.insertText", text=code_of(world))
        await browser.press("Enter")
        await browser.until("document.getElementById('reclamo')?.id")
        await tab_to(browser, "Mis autorizaciones")
        await browser.press("Enter")
        await tab_to(browser, "Retirar la autorización")
        await browser.press("Enter")
        said = await browser.until("document.querySelector('[role=status]')?.innerText")

    [asked, revoked] = world.publisher.events
    assert ["+573001234567"] == [asked.data["resident"].get("phone")]
    assert ("privacy.consent.revoked", ["commercial"]) == (revoked.name, revoked.data["purposes"])
    assert "Quedó retirada su autorización" in said
    assert [] == browser.complaints


async def test_wrong_code_has_the_focus_in_its_field_and_says_why(browser: Browser) -> None:
    world, mail = world_of_maria(HUB_PUBLIC_URL="")
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(door(world, mail))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.querySelector('button').click()")
        await browser.until("document.getElementById('code')?.id")
        await tab_to(browser, "Código de seis números")
        await browser.call("Input.insertText", text="1")
        await browser.press("Enter")
        described = await browser.until("document.activeElement.getAttribute('aria-describedby')")
        why = await browser.run(f"document.getElementById('{described}').innerText")
        title = await browser.run("document.title")

    assert "Ese no es el código. Le quedan 4 intentos." == why
    assert title.startswith("Ese no es el código")


async def test_own_page_is_opened_with_a_code_without_a_script(browser: Browser) -> None:
    world, mail = world_of_maria(HUB_PUBLIC_URL="")
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(door(world, mail))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.querySelector('button').click()")
        await browser.until("document.getElementById('code')?.name")
        await photo(browser, "resident-code")
        await browser.run(f"document.getElementById('code').value = '{code_of(world)}'")
        await browser.run("document.querySelector('button').click()")
        await browser.until("document.getElementById('reclamo')?.innerText")
        own = await browser.run("location.href")
        for width in (NARROW, DESK):
            await look_at(browser, own, "own", dark=False, width=width)
            await look_at(browser, own, "own", dark=True, width=width)
        await photo(browser, "resident-own-open")
        await look_at(browser, f"{own}/mensajes/{mail.id}", "own-message", dark=False)


async def test_preferences_are_kept_without_a_script_and_errors_stand_beside_their_fields(
    browser: Browser,
) -> None:
    world, mail = world_of_maria(HUB_PUBLIC_URL="")
    async with browsing(world) as client:
        await browser.stop_scripts()
        await browser.go(str(client.make_url(door(world, mail))), width=NARROW)
        await browser.until("document.querySelector('button')?.innerText")
        await browser.run("document.querySelector('button').click()")
        await browser.until("document.getElementById('code')?.name")
        await browser.run(f"document.getElementById('code').value = '{code_of(world)}'")
        await browser.run("document.querySelector('button').click()")
        await browser.until("document.getElementById('quiet_since')?.name")
        await browser.run(OPEN)
        await browser.run("document.getElementById('quiet_since').value = '21:00'")
        await browser.run(SAVE)
        said = await browser.until("document.getElementById('error-quiet')?.innerText")
        await judge(browser, "wishes-wrong", NARROW)
        await browser.run("document.getElementById('quiet_until').value = '07:00'")
        await browser.run("document.querySelector('[name=service][value=chosen]').click()")
        await browser.run("document.querySelector('[name=\"service.sms\"]').click()")
        await browser.run(SAVE)
        await browser.until("document.querySelector('[role=status]')?.innerText")
        await judge(browser, "wishes-kept", NARROW)

    assert "Escriba las dos horas, o ninguna." == said
    [kept] = world.preferences.kept
    assert (QuietHours(since="21:00", until="07:00"), ("sms",)) == (
        kept.wishes.quiet_hours,
        kept.wishes.channels[Purpose.SERVICE],
    )
