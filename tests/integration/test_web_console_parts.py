"""Operators with replies, surveys and a broken channel in a browser."""

from typing import Final

import aio_pika

from hub.model import Grant, Lane, Office, Purpose, State
from hub.model.incidents import Symptom
from hub.storage import PostgresMonitor
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub
from tests.integration.console_user import click, main_text, press
from tests.integration.test_web_console_casework import published, take_in

WAITING: Final = 3


async def break_channels(hub: ConsoleHub) -> None:
    """One of two providers of text messages fails, and the only one of WhatsApp; people and tickets wait."""
    monitor = PostgresMonitor(hub.database, ())
    for one in ("sms:twilio", "whatsapp:whatsapp"):
        await monitor.see([Symptom(key=f"circuit:{one}", measured="No se le llama mientras descansa")])
    of = stored(event(id="circular"), copropiedad_id="ph-alfa", case=None)
    waiting = [
        message(of, person=f"p-{number}", channel="sms", state=State.RETRYING, created_at=now())
        for number in range(WAITING)
    ]
    async with open_stores(hub.hub.database_url) as stores:
        await stores.add_events(of)
        await stores.add(*waiting)
    async with await aio_pika.connect(hub.hub.amqp_url) as connection:
        channel = await connection.channel()
        for lane in (Lane.URGENT, Lane.BULK, Lane.BULK):
            ticket = aio_pika.Message(b"")
            await channel.default_exchange.publish(ticket, f"hub.messages.sms.{lane}")


async def test_broken_channel_is_said_on_top_with_who_waits_and_its_button_leads_to_it(
    browser: Browser, hub: ConsoleHub
) -> None:
    await break_channels(hub)
    await hub.sign_in(browser)
    await hub.open(browser, "/")
    headline = await browser.run("document.querySelector('#bad .trouble').innerText")
    row = await browser.run("document.getElementById('ch-sms').innerText")
    whatsapp = await browser.run("document.getElementById('ch-whatsapp').innerText")
    await click(browser, "#bad .trouble a.btn")
    rate = await browser.run("document.getElementById('rate').innerText")
    path = await browser.run("location.pathname")
    card = await browser.run("document.getElementById('sms').innerText")
    other = await browser.run("document.getElementById('whatsapp').innerText")
    technical = await browser.run("document.querySelector('.tech').textContent")

    assert f"{WAITING} personas esperan, de Conjunto ph-alfa." in headline
    assert "A medias" in row
    assert "Averiado" in whatsapp
    assert rate.startswith("Ahora salen 0,")
    assert "por minuto; en la última hora, 0," in rate
    assert path == "/channels"
    assert "A medias" in card
    assert "Por salir: 1 urgente, 2 masivos" in card
    assert "Descansan por fallar: twilio" in card
    assert "Averiado" in other
    assert "hasta 20/s" in technical
    assert browser.complaints == []


async def test_reply_says_what_it_answers_and_is_given_to_a_colleague_closed_and_opened(
    browser: Browser, hub: ConsoleHub
) -> None:
    here = Grant(office=Office.OPERATOR, copropiedad_id="ph-alfa")
    await hub.registry.account("luz", here, is_enrolled=False)
    await hub.sign_in(browser)
    await hub.open(browser, "/replies/REPLY")
    shown = await main_text(browser)
    leads = await browser.run("document.querySelector('.facts a[href^=\"/messages/\"]').pathname")
    await browser.run("document.querySelector('main select[name=account]').value = 'luz'")
    await press(browser, "Asignar")
    given = await main_text(browser)
    await press(browser, "No necesita respuesta")
    closed = await main_text(browser)
    await press(browser, "Volver a abrir")
    opened = await main_text(browser)

    assert "Contesta a" in shown
    assert leads == hub.path("/messages/MESSAGE")
    assert "Encargado: luz" in given
    assert "No necesita respuesta" in closed
    assert "Volver a abrir" in closed
    assert "Sin responder" in opened
    assert "Encargado: luz" in opened


async def test_answer_to_an_emergency_stands_on_top_until_somebody_has_seen_to_it(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.database.rows(
        "UPDATE message SET purpose = $1 WHERE id = $2", Purpose.EMERGENCY, hub.building.ids["MESSAGE"]
    )
    await hub.sign_in(browser)
    await hub.open(browser, "/cases")
    top = await browser.run("document.querySelector('.item').innerText")
    await hub.open(browser, "/replies/REPLY")
    alarm = await browser.run("document.querySelector('main .note.bad').innerText")
    await press(browser, "Ya se le respondió de otra forma")
    await hub.open(browser, "/cases")

    assert "Emergencia" in top
    assert "«words-alfa»" in top
    assert "puede necesitar ayuda" in alarm
    assert "Emergencia" not in await browser.run("document.querySelector('.items').innerText")


async def test_survey_of_the_half_year_is_started_and_asks_who_has_agreed(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/surveys/start")
    counted = await main_text(browser)
    await press(browser, "Empezar: preguntar a 2")
    started = await main_text(browser)
    asked = await published(hub)
    await take_in(hub, *asked)
    await hub.open(browser, "/surveys?kind=semestral")
    listed = await browser.run("document.getElementById('list').innerText")
    await hub.open(browser, "/surveys/start")
    again = await main_text(browser)

    assert "2 la recibirían" in counted.replace("\n", " ")
    assert "no han autorizado encuestas" in counted
    assert "La encuesta va saliendo" in started
    assert {"survey.requested"} == {one.name for one in asked}
    assert ["p-alfa", "p-beta"] == sorted(one.data["respondent"]["ref"] for one in asked)
    assert "Persona alfa" in listed
    assert "Persona beta" in listed
    assert "Ahora no hay a quién preguntar" in again
