"""Administrators at Textos, Auditoría, Cuentas y llaves."""

import re
from uuid import uuid4

from aiohttp import hdrs

from hub.model import Grant, Note, Office
from hub.storage import PostgresAccounts, PostgresAudit, PostgresKeys
from tests.contract.values import now
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub
from tests.integration.console_user import click, fill, main_text
from tests.integration.identities import bearer
from tests.integration.two_buildings import MARKS

HERE = f"ph-{MARKS[0]}"
SECRET = "document.querySelector('#secret').innerText"


async def actions(hub: ConsoleHub, subject: str) -> list[str]:
    page = await PostgresAudit(hub.database).notes(after=None, limit=100)
    return [row.action for row in reversed(page.items) if row.subject == subject]


async def test_template_is_found_in_the_gallery_and_seen_as_it_arrives(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/templates")
    await click(browser, ".rows a.cell[href='/templates/pqrs.received?channel=email&language=es']")
    loaded = await browser.until("document.querySelector('iframe.mail')?.src")
    subject = await browser.run("document.querySelector('.facts').innerText")
    await click(browser, ".tabs a[href*='channel=sms']")
    text = await main_text(browser)

    assert "/templates/pqrs.received/html?channel=email" in loaded
    assert "Recibimos su petición" in subject
    assert "1 parte de SMS" in text
    assert "Nada que corregir" in text
    assert browser.complaints == []


async def test_html_of_a_text_runs_and_loads_nothing(hub: ConsoleHub) -> None:
    frame = await hub.ask(f"/templates/pqrs.received/html?channel=email&copropiedad={HERE}")
    page = await hub.ask("/templates/pqrs.received?channel=email")
    other = await hub.ask("/templates")
    policy = frame.headers["Content-Security-Policy"]

    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Conjunto ph-alfa" in frame.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-src" not in other.headers["Content-Security-Policy"]


async def test_letter_is_loaded_as_it_is_printed(hub: ConsoleHub) -> None:
    letter = await hub.ask("/templates/pqrs.received/pdf?channel=print")
    none = await hub.ask("/templates/pqrs.received/pdf?channel=email")

    assert letter.headers[hdrs.CONTENT_TYPE] == "application/pdf"
    assert letter.text.startswith("%PDF")
    assert none.status == 404


async def test_account_is_created_and_signs_in_with_the_password_that_is_shown_once(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/accounts")
    await browser.run("document.querySelector('#new').open = true")
    await fill(browser, "#new", name="rosa.gil", display_name="Rosa Gil", office="viewer", place=HERE)
    await click(browser, "#new button")
    password = await browser.run(SECRET)
    await click(browser, "main a.btn")
    again = await browser.run("document.documentElement.innerHTML")
    address = await browser.run("location.href")
    await click(browser, "a[href='/audit?by=rosa.gil']")
    await click(browser, "a[href='/audit']")
    audit = await main_text(browser)

    assert password not in again
    assert password not in address
    assert "Creó una cuenta" in audit
    assert "Cuenta rosa.gil" in audit

    await browser.call("Network.clearBrowserCookies")
    await hub.open(browser, "/")
    await fill(browser, "form", name="rosa.gil", password=password)
    await browser.run("document.querySelector('form button').click()")
    assert await browser.until("location.pathname === '/account' && document.querySelector('#new') !== null")


async def test_wrong_account_is_said_beside_the_form_which_keeps_its_words(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/accounts")
    await browser.run(
        "document.querySelector('#new').open = true;document.querySelector('#new form').noValidate = true"
    )
    await fill(browser, "#new", name="Con Espacio", display_name="Rosa", office="operator", place=HERE)
    await click(browser, "#new button")

    assert "Revise los campos" in await browser.run("document.querySelector('[role=alert]').innerText")
    assert await browser.run("document.querySelector('#new [name=name]').value") == "Con Espacio"
    assert await browser.run("document.querySelector('#new [name=office]').value") == "operator"


async def test_office_is_given_and_taken_and_the_account_closed_and_opened(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/accounts/MARK")
    await browser.run("document.querySelector('#grant').open = true")
    await fill(browser, "#grant", office="operator", place=f"ph-{MARKS[1]}")
    await click(browser, "#grant button")
    given = await main_text(browser)
    await click(browser, "a[href*='/take?'][href*='operator']")
    sure = await main_text(browser)
    await click(browser, "main button.danger")
    taken = await main_text(browser)
    await click(browser, "a[href$='/disable']")
    await click(browser, "main button.danger")
    closed = await main_text(browser)
    await click(browser, ".actions .act button")
    account = await PostgresAccounts(hub.database).named(MARKS[0])

    assert "La cuenta tiene el cargo." in given
    assert "Operación" in given
    assert "¿Quitar este cargo?" in sure
    assert "Operación en ph-beta" in sure
    assert "ya no tiene el cargo" in taken
    assert "Cerrada" in closed
    assert account is not None
    assert account.disabled_at is None
    assert [grant.office for grant in account.grants] == [Office.VIEWER]
    assert await actions(hub, f"account:{MARKS[0]}") == [
        "account.grant",
        "account.take",
        "account.disable",
        "account.enable",
    ]


async def test_administrator_of_one_building_sees_and_gives_what_is_of_it_alone(
    browser: Browser, hub: ConsoleHub
) -> None:
    grant = Grant(office=Office.ADMINISTRATOR, copropiedad_id=HERE)
    await hub.sign_in(browser, await hub.registry.account("eva", grant))
    await hub.open(browser, "/accounts")
    listed = await main_text(browser)
    await browser.run("document.querySelector('#new').open = true")
    await fill(browser, "#new", name="mas", display_name="Más", office="manager", place=HERE)
    await click(browser, "#new button")
    refused = await browser.run("document.querySelector('[role=alert]').innerText")

    assert "alfa" in listed
    assert "beta" not in listed
    assert "Llaves" not in listed
    assert "Nadie da más de lo que puede" in refused
    assert await PostgresAccounts(hub.database).named("mas") is None


async def test_key_is_created_rotated_and_revoked(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/keys")
    await browser.run("document.querySelector('#new').open = true")
    await fill(browser, "#new", name="tablero", read="1", end="month")
    await click(browser, "#new button")
    first = await browser.run(SECRET)
    opened = await hub.hub.send("GET", "/api/summary", bearer(first), at="console")
    await click(browser, "main a.btn")
    await click(browser, "form[action$='/rotate'] button")
    second = await browser.run(SECRET)
    await click(browser, "main a.btn")
    await click(browser, "a[href$='/revoke']")
    await click(browser, "main button.danger")
    said = await main_text(browser)
    keys = [key for key in await PostgresKeys(hub.database).keys() if key.name == "tablero"]

    assert opened.status == 200
    assert re.fullmatch(r"hub_[0-9a-f]{12}_\S+", second)
    assert first != second
    assert "anulada" in said
    assert [key.revoked_at is not None for key in keys] == [True, True]
    assert all(key.expires_at for key in keys)
    assert await actions(hub, "key:tablero") == ["key.create", "key.rotate", "key.revoke"]
    assert browser.complaints == []


async def test_webhook_is_added_tried_and_removed(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/webhooks")
    await browser.run("document.querySelector('#new').open = true")
    await fill(
        browser, "#new", url="https://nowhere.invalid/hub", source="urn:coproservicios:crm", failed="1"
    )
    await click(browser, "#new button")
    secret = await browser.run(SECRET)
    await click(browser, "main a.btn")
    page = await browser.run("document.documentElement.innerHTML")
    await click(browser, ".actions .act button")
    tried = await main_text(browser)
    await click(browser, "a[href$='/remove']")
    await click(browser, "main button.danger")

    assert len(secret) > 20
    assert secret not in page
    assert "No tomó la prueba" in tried
    assert "Ningún webhook" in await main_text(browser)


async def test_results_of_a_source_are_published_and_no_more(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/webhooks")
    await browser.run("document.querySelector('#subscribe').open = true")
    await fill(browser, "#subscribe", source="urn:coproservicios:erp", undelivered="1")
    await click(browser, "#subscribe button")
    listed = await main_text(browser)
    await click(browser, "td a[href*='/off?']")
    await click(browser, "main button.danger")

    assert "urn:coproservicios:erp" in listed
    assert "No llegó por ningún canal" in listed
    assert "Nadie oye resultados" in await main_text(browser)


async def test_audit_is_narrowed_and_its_sheet_is_audited(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/audit?person=p-MARK")
    await hub.open(browser, "/audit?action=audit.person")
    text = await main_text(browser)
    sheet = await hub.ask("/audit?action=audit.person&format=csv")
    none = await hub.ask("/audit?until=2026-01-01")

    assert "Vio la auditoría de una persona" in text
    assert "Persona alfa" in text
    assert "p-alfa" not in text
    assert len(sheet.text.splitlines()) == 2
    assert await actions(hub, "audit") == ["audit.export"]
    assert "Nada con esos filtros" in none.text


async def test_what_the_audit_names_leads_to_its_own_page(hub: ConsoleHub) -> None:
    key = str((await hub.database.rows("SELECT key FROM event LIMIT 1"))[0]["key"])
    pages = {
        hub.path("batch:BATCH"): (hub.path("/letters/batches/BATCH"), "Un lote de cartas"),
        hub.path("poster:POSTER"): (hub.path("/posters/POSTER"), "Un cartel"),
        f"event:{key}": (f"/events/{key}", "Un aviso"),
        "event:pqrs.received": ("/channels", "Un aviso"),
        "channel:sms": ("/channels", "Canal SMS"),
    }
    for number, subject in enumerate(pages):
        noted = Note(id=uuid4(), at=now(), who="ana", action=f"act-{number}", subject=subject, detail={})
        await PostgresAudit(hub.database).add(noted)
    text = (await hub.ask("/audit")).text

    assert [] == [path for path, words in pages.values() if f'href="{path}">{words}<' not in text]
