"""The page of one message in a browser: read its words, send it again, cancel it, see other recipients."""

import json
from http import HTTPStatus

import pytest

from hub.model import Grant, LeftOut, Office, Recall, State
from tests.contract.stores import open_stores, stores_in
from tests.contract.values import HOUR, event, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import HTML, ConsoleHub
from tests.integration.console_user import main_text, open_link, press
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS


async def state_of(hub: ConsoleHub, word: str) -> object:
    rows = await hub.database.rows("SELECT state, reason FROM message WHERE id = $1", hub.building.ids[word])
    return tuple(rows[0])


async def test_message_is_read_and_sent_again(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages?only=lost")
    await open_link(browser, "PQRS recibida")
    await hub.open(browser, "/messages/MESSAGE")
    shown = await main_text(browser)
    await open_link(browser, "Lo que decía")
    said = await main_text(browser)
    await press(browser, "Reenviar")
    after = await main_text(browser)

    assert "Persona alfa" in shown
    assert "text-alfa" in said
    assert "El mensaje sale otra vez" in after
    assert await state_of(hub, "MESSAGE") == ("queued", None)
    assert browser.complaints == []


async def test_names_are_whole_for_who_asks_and_may(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages/MESSAGE")
    await open_link(browser, "Ver datos completos")

    assert "Persona alfa" in await main_text(browser)
    rows = await hub.database.rows("SELECT detail FROM audit WHERE action = 'message.show' ORDER BY at")
    assert [row["detail"]["whole"] for row in rows] == [False, True]


@pytest.mark.parametrize(
    "path",
    ["/messages/MESSAGE", "/api/messages/MESSAGE", "/events/event-MARK", "/api/events/event-MARK/recipients"],
)
async def test_a_state_of_a_newer_hub_is_shown_as_it_is(path: str, hub: ConsoleHub) -> None:
    await hub.database.rows("ALTER TABLE message DROP CONSTRAINT message_state_check")
    await hub.database.rows("UPDATE message SET state = 'frozen'")
    shown = await hub.hub.send("GET", hub.path(path), {**HTML, **bearer(API_KEY)}, at="console")

    assert HTTPStatus.OK == shown.status
    assert "frozen" in shown.text


async def test_event_whose_message_lies_unread_has_told_nobody(hub: ConsoleHub) -> None:
    await hub.database.rows("UPDATE message SET state = 'waiting', reason = NULL, channel = 'inbox'")
    path, asking = hub.path("/events/event-MARK"), bearer(API_KEY)
    page = await hub.hub.send("GET", path, {**HTML, **asking}, at="console")
    rows = await hub.hub.send("GET", f"/api{path}/recipients", asking, at="console")

    assert (True, False) == ("Todavía no" in page.text, "Se les avisó" in page.text)
    assert {"pending"} == {row["reached"] for row in json.loads(rows.text)["notified"]}


async def test_event_that_went_to_several_people_can_be_taken_back(hub: ConsoleHub) -> None:
    several, alone = stored(event("admin.circular.issued")), stored(event("pqrs.received"))
    stores = stores_in(hub.database)
    await stores.add_events(several, alone)
    await stores.add(message(alone), *(message(several, person=person) for person in ("p-1", "p-2")))
    asking = {**HTML, **bearer(API_KEY)}
    before, single = [
        (await hub.hub.send("GET", f"/events/{one.key}", asking, at="console")).text
        for one in (several, alone)
    ]
    question = await hub.hub.send("GET", f"/events/{several.key}/recall", asking, at="console")
    async with stores.intake.transaction() as transaction:
        await transaction.recall([Recall(source="urn:crm", event_id=several.event.id, by=alone.key)])
    after = (await hub.hub.send("GET", f"/events/{several.key}", asking, at="console")).text

    offers = f'href="/events/{several.key}/recall"'
    assert [True, False, False] == [
        word in text for word, text in ((offers, before), (offers, after), ("/recall", single))
    ]
    assert "Este aviso se retiró" in after
    assert "Personas que no lo recibirán" in question.text


async def test_html_is_shown_in_a_frame_that_may_do_nothing(browser: Browser, hub: ConsoleHub) -> None:
    path = hub.path("/messages/MESSAGE/html")
    await hub.database.rows(
        "UPDATE letter SET html = '<p>html-alfa</p><script>top.broken = 1</script>"
        '<img src="http://other.example/x.png">\' WHERE id = $1',
        hub.building.ids["MESSAGE"],
    )
    frame = await hub.hub.send("GET", path, {**HTML, **bearer(API_KEY)}, at="console")
    await hub.sign_in(browser)
    await hub.open(browser, "/messages/MESSAGE?part=html")
    await browser.until("document.querySelector('iframe').getBoundingClientRect().height > 300")
    broken = await browser.run("window.broken")

    policy = frame.headers["Content-Security-Policy"]
    assert "html-alfa" in frame.text
    assert policy.startswith("sandbox; default-src 'none'")
    assert broken is None


async def test_html_is_noted_where_it_is_shown_and_only_there(hub: ConsoleHub) -> None:
    noted = []
    for path in ("/messages/MESSAGE?part=html", "/messages/MESSAGE/html"):
        await hub.hub.send("GET", hub.path(path), {**HTML, **bearer(API_KEY)}, at="console")
        rows = await hub.database.rows("SELECT action FROM audit ORDER BY at")
        noted.append([row["action"] for row in rows])

    assert [["message.show"], ["message.show", "evidence.show"]] == noted


async def test_words_are_for_who_answers_there_and_proofs_for_privacy(
    browser: Browser, hub: ConsoleHub
) -> None:
    here = Grant(office=Office.OPERATOR, copropiedad_id=f"ph-{MARKS[0]}")
    looks = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}")
    await hub.sign_in(browser, await hub.registry.account("ida", looks, is_enrolled=False))
    await hub.open(browser, "/messages/MESSAGE?part=text")
    seen = await main_text(browser)
    await hub.sign_in(browser, await hub.registry.account("eva", here, is_enrolled=False))
    await hub.open(browser, "/messages/MESSAGE?part=text")
    text = await main_text(browser)
    await hub.open(browser, "/messages/MESSAGE?part=evidence")
    proof = await main_text(browser)
    await hub.open(browser, f"/messages/{hub.hub.buildings[MARKS[1]].ids['MESSAGE']}")
    elsewhere = await browser.run("document.body.innerText")

    assert "lo ve quien atiende esta copropiedad" in seen
    assert ("Persona alfa" in seen, "text-alfa" in seen) == (False, False)
    assert ("Persona alfa" in text, "text-alfa" in text) == (True, True)
    assert "Las pruebas las ve quien tiene el permiso" in proof
    assert "Aquí no hay nada" in elsewhere


async def test_message_that_waits_is_cancelled_with_a_reason(browser: Browser, hub: ConsoleHub) -> None:
    of = stored(event(id="waits"), copropiedad_id="ph-alfa", case=None)
    held = message(of, state=State.HELD, reason="paused", next_at=now() + HOUR, created_at=now())
    async with open_stores(hub.hub.database_url) as stores:
        await stores.add_events(of)
        await stores.add(held)
    await hub.sign_in(browser)
    await hub.open(browser, "/messages?only=held")
    waits = await main_text(browser)
    await open_link(browser, "PQRS recibida")
    await open_link(browser, "Cancelar este mensaje")
    await browser.run("document.querySelector('select[name=why]').value = 'not_needed'")
    await press(browser, "Cancelar el mensaje")
    text = await main_text(browser)

    assert "Por qué esperan" in waits
    assert "Espera hasta" in waits
    assert "Se canceló" in text
    assert "Alguien del equipo lo canceló" in text
    [row] = await hub.database.rows("SELECT detail FROM audit WHERE action = 'cancel'")
    assert row["detail"] == {"why": "not_needed"}


async def test_people_left_out_stand_beside_people_notified(browser: Browser, hub: ConsoleHub) -> None:
    await hub.database.rows(
        "INSERT INTO left_out (event_key, audience, person, reason)"
        " SELECT event_key, 0, 'p-beta', 'on_leave' FROM message WHERE id = $1",
        hub.building.ids["MESSAGE"],
    )
    await hub.sign_in(browser)
    await hub.open(browser, "/messages/MESSAGE")
    await open_link(browser, "quién lo recibió y quién no")
    text = await main_text(browser)

    assert "Persona alfa" in text
    assert "Persona beta" in text
    assert "licencia o vacaciones" in text
    assert LeftOut(person="p-beta", reason="on_leave").reason not in text


async def test_why_somebody_got_a_message_is_explained(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/messages/MESSAGE")
    await open_link(browser, "Por qué")

    assert "se le quiso avisar y no se pudo" in await main_text(browser)
