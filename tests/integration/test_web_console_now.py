"""Operators at Ahora, Canales and Rechazados."""

import json
from hashlib import sha256

from hub.desk.channels import queries
from hub.model import Grant, Office, Purpose, State
from hub.storage import PostgresPauses
from tests.contract.stores import open_stores
from tests.contract.values import event as happened
from tests.contract.values import letter, message, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub
from tests.integration.console_user import MAIN, click, main_text
from tests.integration.two_buildings import MARKS
from tests.integration.web_doubles import event


async def test_first_page_says_what_waits_and_leads_to_its_rows(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/")
    said = await browser.run("document.querySelector('#bad .trouble b').innerText")
    await click(browser, "#bad .trouble a.btn")

    assert said == "3 avisos rechazados"
    assert await browser.run("location.pathname") == "/dead"
    assert await browser.run("document.querySelectorAll('.rows tbody tr').length") == 3
    assert browser.complaints == []


async def test_channel_is_paused_with_a_reason_and_an_end_and_goes_on(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/channels")
    await browser.run(
        "document.querySelector('#pause-sms').open = true;"
        "document.querySelector('#pause-sms [name=reason]').value = 'todo sale dos veces';"
        "document.querySelector('#pause-sms [name=end]').value = '2h'"
    )
    await click(browser, "#pause-sms button")
    paused = await main_text(browser)
    [row] = await queries.pauses(hub.database)
    await click(browser, "#sms .act button")

    assert "El canal quedó en pausa." in paused
    assert "por Ana: todo sale dos veces" in paused
    assert (row.subject, row.by) == ("channel:sms", "account:Ana")
    assert row.ends_at is not None
    assert "El canal sigue." in await main_text(browser)
    assert await PostgresPauses(hub.database).paused() == frozenset()


async def test_pause_and_rejected_event_appear_on_an_open_page_without_a_reload(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/")
    await browser.until("document.getElementById('pulse').textContent === 'Se actualiza sola'")
    await browser.run("window.here = true")
    before = await browser.run("document.getElementById('bad').innerText.includes('3 avisos')")
    await queries.pause(hub.database, "channel:email", by="luis", reason="")
    await browser.until(f"{MAIN}.includes('En pausa: Correo')")
    await unready(hub)

    assert before
    assert await browser.until("document.getElementById('bad').innerText.includes('4 avisos')")
    assert await browser.run("window.here")


async def unready(hub: ConsoleHub, named: str = "evt-x") -> str:
    """Let an event have come without a required field; return the path of its letter."""
    body = (
        b'{"specversion":"1.0","id":"%b","source":"urn:coproservicios:crm",'
        b'"type":"co.coproservicios.pqrs.received.v1","time":"2026-03-09T17:00:00Z",'
        b'"datacontenttype":"application/json","data":{"pqrs_id":"P-1"}}' % named.encode()
    )
    made = letter(
        body,
        reason="data.radicado: required",
        field="data.radicado",
        received_at=now(),
        source="urn:coproservicios:crm",
        event_id=named,
        event_type="co.coproservicios.pqrs.received.v1",
    )
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.add_dead_letters([made])
    return f"/dead/{made.id}"


async def test_rejected_event_shows_its_mistakes_and_those_that_are_left(
    browser: Browser, hub: ConsoleHub
) -> None:
    await hub.sign_in(browser)
    path = await unready(hub)
    await hub.open(browser, path)
    marked = await browser.run("document.querySelector('.payload mark').textContent")
    await click(browser, "#mend ~ form button")
    still = await browser.run("document.querySelector('[role=alert]').innerText")
    await click(browser, ".actions a[href$=discard]")
    asked = await main_text(browser)
    await click(browser, "main button.danger")

    assert '"data": {' in marked
    assert "Radicado" in still
    assert "nadie recibe este aviso" in asked
    assert "Se descartó" in await main_text(browser)
    await hub.open(browser, path)
    assert "Descartar" not in await main_text(browser)


async def test_mended_event_is_published_with_a_trace_and_once(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    path = await unready(hub)
    whole = json.dumps(event(id="evt-x"))
    await hub.open(browser, path)
    await browser.run(
        "document.querySelector('details:has(#body)').open = true;"
        f"document.querySelector('#body').value = {json.dumps(whole)}"
    )
    await click(browser, "form:has(#body) button")
    assert "¿Publicar «PQRS recibida»" in await main_text(browser)
    await click(browser, "main .ask button")
    done = await main_text(browser)
    await hub.open(browser, path)
    after = await main_text(browser)
    [row] = await hub.database.rows("SELECT who, detail FROM audit WHERE action = 'dead.mend'")

    assert "Se publicó corregido" in done
    assert "Corregirlo" not in after
    assert row["who"] == "account:Ana"
    assert row["detail"]["sha256"] == sha256(whole.encode()).hexdigest()
    assert "data.radicado" in row["detail"]["changed"]


async def test_manager_of_one_building_cannot_see_or_pause_anything_of_all(hub: ConsoleHub) -> None:
    grant = Grant(office=Office.OPERATOR, copropiedad_id=f"ph-{MARKS[0]}")
    one = await hub.registry.account("eva", grant, is_enrolled=False)
    path = await unready(hub)
    asked = await hub.cookies_of(one)
    seen = await hub.hub.send("GET", "/dead", asked, at="console")
    opened = await hub.hub.send("GET", path, asked, at="console")
    channels = await hub.hub.send("GET", "/channels", asked, at="console")

    assert "evt-x" not in seen.text
    assert "No hay nada pendiente" in seen.text
    assert opened.status == 404
    assert "Pausar" not in channels.text


async def test_telephones_of_an_emergency_are_for_whoever_it_has_called_and_that_is_noted(
    hub: ConsoleHub,
) -> None:
    here = f"ph-{MARKS[0]}"
    said = {"kind": "incendio", "scope": "Torre 1", "drill": False}
    fire = stored(
        happened("emergency.declared", id="fire", data=said, time=now()),
        copropiedad_id=here,
        case="emergency_id:fire",
    )
    urgent = {"purpose": Purpose.EMERGENCY, "channel": "sms", "created_at": now()}
    lost = message(fire, person=f"p-{MARKS[0]}", audience=1, state=State.FAILED, **urgent)
    called = message(fire, person="p-on-call", audience=0, state=State.SENT, **urgent)
    async with open_stores(hub.hub.database_url) as stores:
        await stores.add_events(fire)
        await stores.add(lost, called)
    points = '[{"id": "c", "kind": "phone", "value": "+573005550148"}]'
    await hub.database.rows(
        "UPDATE person SET contact_points = $1::text::jsonb WHERE id = $2", points, f"p-{MARKS[0]}"
    )
    grant = Grant(office=Office.OPERATOR, copropiedad_id=here)
    other = await hub.registry.account("eva", grant, is_enrolled=False)
    on_call = await hub.registry.account("luz", grant, is_enrolled=False)
    await hub.database.rows("UPDATE account SET person = 'p-on-call' WHERE name = 'luz'")
    seen = await hub.hub.send("GET", "/", await hub.cookies_of(other), at="console")
    before = await hub.database.rows("SELECT FROM audit WHERE action = 'emergency.phone'")
    ringing = await hub.hub.send("GET", "/", await hub.cookies_of(on_call), at="console")
    noted = await hub.database.rows("SELECT who, person FROM audit WHERE action = 'emergency.phone'")

    assert ["Incendio en" in page.text for page in (seen, ringing)] == [True, True]
    assert ("+573005550148" in seen.text, "+573005550148" in ringing.text) == (False, True)
    assert [] == before
    assert [("account:luz", f"p-{MARKS[0]}")] == [(row["who"], row["person"]) for row in noted]
