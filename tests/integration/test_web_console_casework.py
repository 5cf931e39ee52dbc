"""An operator at cases, promises and replies in a browser, and a stranger who sees none of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aio_pika
from aiohttp import hdrs
from msgspec.structs import replace

from hub.cloudevents import decode
from hub.consumers.topology import QUEUES
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.model import Event, Grant, Office, RawMessage
from hub.storage import PostgresCasework, PostgresIntake
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher
from tests.contract.values import event
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.console_user import fill, main_text, press
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers
from tests.unit.factories import DESK, OWN_USER, incoming

UNFOLD: Final = "document.querySelectorAll('main details').forEach(one => { one.open = true })"
LIVE: Final = "document.getElementById('pulse').textContent === 'Se actualiza sola'"
EXAMPLES: Final = Path(__file__).parents[2] / "examples"
CASE: Final = "pqrs_id:walk-1"


def example(name: str, **fields: Any) -> Event:
    """Make an event of a building's case as its system would publish it now."""
    data = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))["data"]
    time = datetime.now(UTC) - timedelta(minutes=1)
    return event(name, id=f"{name}-walk", data={**data, "copropiedad_id": "ph-alfa", **fields}, time=time)


async def take_in(hub: ConsoleHub, *events: Event) -> None:
    """Do what intake does with these."""

    def now() -> datetime:
        return datetime.now(UTC)

    await process_batch(
        [delivered(event, now()) for event in events],
        context=DESK,
        senders=SourceBindings(MemoryKeys(now), own=OWN_USER),
        store=PostgresIntake(hub.database),
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(now),
        now=now,
    )


def delivered(event: Event, at: datetime) -> RawMessage:
    return replace(incoming(event), received_at=at)


async def published(hub: ConsoleHub) -> Sequence[Event]:
    """Take what the page has published from the broker."""
    found: list[Event] = []
    async with await aio_pika.connect(hub.hub.amqp_url) as connection:
        channel = await connection.channel()
        for name in [name for name in QUEUES if ".events" in name or name.startswith("events")]:
            queue = await channel.declare_queue(name, passive=True)
            while (message := await queue.get(no_ack=True, fail=False)) is not None:
                found.append(decode(message.body, message.content_type, message.headers))
    return found


async def test_operator_reads_a_case_answers_and_sees_it_without_a_reload(
    browser: Browser, servers: Servers
) -> None:
    async with console_hub(servers) as hub:
        received = example(
            "pqrs.received",
            pqrs_id="walk-1",
            radicado="PQ-WALK",
            petitioner={"ref": "p-alfa"},
            unit_id="u-alfa",
        )
        await take_in(hub, received)
        await hub.sign_in(browser)
        await hub.open(browser, "/cases?kind=petitions")
        row = "document.querySelector('[name=\"case:pqrs_id:walk-1\"]').closest('li')"
        listed = await browser.until(f"{row}?.innerText")
        await browser.run(f"{row}.querySelector('a.peek').click()")
        link = await browser.until("document.querySelector('.detail .head .btn')?.href")
        beside = await browser.run("document.querySelector('.detail').innerText")
        await browser.go(f"{link}?whole=true")
        said = await browser.until("document.querySelector('.thread pre')?.textContent")
        await browser.run(
            "document.querySelector('.composer textarea').value = 'La reja se arregla el viernes.'"
        )
        await press(browser, "Enviar la respuesta")
        note = await browser.run("document.querySelector('.toast').innerText")
        await browser.until(LIVE)
        await browser.run("window.here = true")
        [reply] = await published(hub)
        await take_in(hub, reply)
        thread = await browser.until(
            "document.getElementById('conversation').innerText.includes('La reja se arregla') && "
            "document.getElementById('stands').innerText.includes('cumplido') && "
            "document.getElementById('conversation').innerText"
        )
        stayed = await browser.run("window.here === true")
        complaints = list(browser.complaints)

    assert ("Copia del acta", "Persona alfa", "ph-alfa") == tuple(
        word
        for word in ("Copia del acta", "Persona alfa", "ph-alfa", "walk-1", "PQRS recibida")
        if word in listed
    )
    assert all(words in beside for words in ("Copia del acta", "Primera respuesta", "Término legal"))
    assert "PQ-WALK" in said
    assert "va en camino" in note
    assert ("pqrs.replied", "walk-1", "PQ-WALK", "account:Ana") == (
        reply.name,
        *(reply.data[name] for name in ("pqrs_id", "radicado", "agent_id")),
    )
    assert "La reja se arregla el viernes." == reply.data["summary"]
    assert "Se cumple a tiempo" in thread
    assert stayed
    assert complaints == []


async def test_open_page_of_a_case_is_noted_once(browser: Browser, servers: Servers) -> None:
    """A return to a tab that was left, and the changes meanwhile, are no looks of their own."""
    async with console_hub(servers) as hub:
        received = example(
            "pqrs.received", pqrs_id="walk-1", radicado="PQ-WALK", petitioner={"ref": "p-alfa"}
        )
        await take_in(hub, received)
        await hub.sign_in(browser)
        await hub.open(browser, "/cases/pqrs_id%3Awalk-1?whole=true")
        await browser.until(LIVE)
        noted = await looks_at(hub, "case:pqrs_id:walk-1")
        for hidden in ("true", "false") * 3:
            await browser.run(
                f"Object.defineProperty(document, 'hidden', {{configurable: true, value: {hidden}}});"
                "document.getElementById('pulse').textContent = '';"
                "document.dispatchEvent(new Event('visibilitychange'))"
            )
        await browser.until(LIVE)
        await browser.run(
            "window.loads = 0; document.addEventListener('refreshed', () => { window.loads++; })"
        )
        await take_in(hub, example("pqrs.closed", pqrs_id="walk-1", radicado="PQ-WALK"))
        await browser.until("window.loads > 0")
        after = await looks_at(hub, "case:pqrs_id:walk-1")

    assert noted > 0
    assert noted == after


async def looks_at(hub: ConsoleHub, subject: str) -> int:
    [row] = await hub.database.rows("SELECT count(*) FROM audit WHERE subject = $1", subject)
    return int(row[0])


async def test_operator_takes_a_case_answers_it_and_closes_it(browser: Browser, servers: Servers) -> None:
    """Ley 1755 de 2015, art. 14: closing leaves the term running, so it leads to the final answer."""
    async with console_hub(servers) as hub:
        await take_in(hub, example("pqrs.received", pqrs_id="walk-1", radicado="PQ-WALK"))
        await hub.sign_in(browser)
        luz = await hub.registry.account("luz", *hub.account.grants, display_name="Luz Mora")
        await hub.hub.send("GET", "/cases/pqrs_id%3Awalk-1", await hub.cookies_of(luz), at="console")
        await hub.open(browser, "/cases/pqrs_id%3Awalk-1")
        watched = await main_text(browser)
        for key in ("n", "Tab", "e"):
            await browser.press(key)
        handing = await browser.run("document.getElementById('hand-over').open")
        await browser.press("r")
        answering = await browser.run("document.activeElement.id")
        await fill(browser, "form[action$='/notes']", words="Falta la chapa.")
        await press(browser, "Guardar la nota", "Falta la chapa.")
        await browser.run("document.getElementById('snooze').open = true")
        await fill(browser, "form[action$='/snooze']", until=str(date.today() + timedelta(days=3)))  # noqa: DTZ011
        await browser.run(UNFOLD)
        await press(browser, "Posponer", "Sus plazos, también el término legal, siguen corriendo")
        await press(browser, "Traer de vuelta", "trae de vuelta el caso")
        await fill(browser, "form[action$='/merge']", other="PQ-WALK")
        await browser.run(UNFOLD)
        await press(browser, "Unir", "Solo se unen casos de las mismas personas")
        await press(browser, "Asumir")
        holder = await browser.run("document.getElementById('stands').innerText")
        await hub.open(browser, "/cases?mine=true")
        mine = await browser.run("document.querySelector('.items').innerHTML")
        await hub.open(browser, "/cases/pqrs_id%3Awalk-1")
        await fill(browser, ".composer", words="La chapa se cambia el lunes.", close="1")
        await press(browser, "Enviar la respuesta", "marque")
        refused = await browser.run("document.querySelector('.composer').innerText")
        kept = await browser.run("document.querySelector('.composer textarea').value")
        await fill(browser, ".composer", document="Acta 7", merits="1")
        await press(browser, "Enviar la respuesta")
        answered, closed = await published(hub)
        await take_in(hub, answered, closed)
        await hub.open(browser, "/cases/pqrs_id%3Awalk-1")
        ended = await browser.run("document.getElementById('stands').innerText")

    assert "Luz Mora también mira este caso ahora." in watched
    assert (True, "txt") == (handing, answering)
    assert "Encargado: Usted" in holder
    assert "pqrs_id%3Awalk-1" in mine
    assert "Lo tiene Usted" in mine
    assert "Corre el término legal" in refused
    assert "La chapa se cambia el lunes." == kept
    assert ("pqrs.responded", "La chapa se cambia el lunes.", "Acta 7") == (
        answered.name,
        answered.data["answer"],
        answered.data["document_ref"],
    )
    assert ("pqrs.closed", "La chapa se cambia el lunes.", True, True) == (
        closed.name,
        closed.data["actions_taken"],
        closed.data["first_instance"],
        closed.extensions["quiet"],
    )
    assert "Cerrado" in ended


async def test_operator_takes_a_promise_on_and_sees_why_it_is_due(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await take_in(hub, example("emergency.declared", emergency_id="walk-2"))
        await hub.sign_in(browser)
        await hub.open(browser, "/cases?kind=emergencies&open=emergency_id:walk-2")
        link = await browser.until("document.querySelector('.terms a')?.href")
        await browser.go(link)
        why = await browser.until("document.querySelector('.reasons')?.innerText")
        await browser.run("document.querySelector('[name=note]').value = 'Voy para allá.'")
        await press(browser, "Asumir por el nivel 1")
        await browser.until(LIVE)
        await browser.run("window.here = true")
        [acknowledged] = await published(hub)
        await take_in(hub, acknowledged)
        stands = await browser.until(
            "document.getElementById('stands').innerText.includes('Cumplido') && "
            "document.getElementById('stands').innerText"
        )
        stayed = await browser.run("window.here === true")

    assert "Empezó el" in why
    assert "de día y de noche" in why
    assert ("sla.acknowledged", "account:Ana", "Voy para allá.") == (
        acknowledged.name,
        *(acknowledged.data[name] for name in ("by", "note")),
    )
    assert "Cumplido el" in stands
    assert stayed


async def of_all_marked(browser: Browser, act: str, sure: str, **fields: str) -> str:
    """Do something to all cases of the list at once; return what the page after it says."""
    await browser.run("document.querySelectorAll('.mark input').forEach(one => { one.checked = true })")
    await press(browser, act, "Casos marcados")
    await fill(browser, "form.form", **fields)
    await press(browser, sure)
    return await main_text(browser)


async def test_operator_assigns_and_answers_a_reply(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.registry.account("luz", *hub.account.grants, display_name="Luz Mora")
        await hub.sign_in(browser)
        await hub.open(browser, "/cases?kind=replies&copropiedad=ph-alfa")
        before = await browser.run("document.querySelector('.item.new').innerText")
        await hub.open(browser, "/replies/REPLY")
        said = await browser.until("document.querySelector('.said')?.innerText")
        await press(browser, "Asignármela")
        taken = await main_text(browser)
        await browser.run("document.querySelector('main textarea').value = 'Ya quedó.'")
        await press(browser, "Enviar")
        answered = await main_text(browser)
        [reply] = await published(hub)
        await hub.open(browser, "/cases?copropiedad=ph-alfa")
        unread = await browser.run("document.querySelectorAll('.item.new').length")
        many = [await of_all_marked(browser, "Cerrar", "Sí, cerrarlos", words="Quedó.")]
        closed = {one.name for one in await published(hub)}
        await hub.open(browser, "/cases?copropiedad=ph-alfa")
        many.append(await of_all_marked(browser, "Entregar", "Entregarlos", reason="Salgo a vacaciones."))

    assert "«words-alfa»" in before
    assert said == "words-alfa"
    assert "Encargado: Usted" in taken
    assert "Respondida" in answered
    assert ("pqrs.replied", "CASE-alfa", "Ya quedó.") == (
        reply.name,
        reply.data["pqrs_id"],
        reply.data["summary"],
    )
    assert 0 == unread
    assert ("Se cerraron los casos marcados" in many[0], "son de la otra persona" in many[1]) == (True, True)
    assert {"pqrs.closed"} == closed


async def test_who_sees_one_building_finds_nothing_of_another(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        viewer = await hub.registry.account(
            "eva", Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[1]}"), is_enrolled=False
        )
        await hub.sign_in(browser, viewer)
        seen = {}
        for path in ("/cases", "/cases?view=all", "/cases?kind=replies", "/cases?open=pqrs_id:CASE-alfa"):
            await hub.open(browser, path)
            seen[path] = await browser.run("document.querySelector('main').innerHTML")
        await hub.open(browser, "/cases/pqrs_id:CASE-alfa")
        case = await main_text(browser)
        for page in ("/clocks/CLOCK", "/replies/REPLY"):
            await browser.go(hub.url + hub.path(page))
            seen[page] = await browser.until("document.querySelector('main')?.innerText")

    assert [] == [
        path
        for path, text in seen.items()
        if "alfa" in text.replace("open=pqrs_id%3ACASE-alfa", "").replace("open=pqrs_id:CASE-alfa", "")
    ]
    assert "CASE-beta" in seen["/cases"]
    assert "words-beta" not in seen["/cases?kind=replies"], "a viewer answers nobody"
    assert "No hay un caso con esa clave." in case
    assert all("Aquí no hay nada" in seen[page] for page in ("/clocks/CLOCK", "/replies/REPLY"))


async def test_stream_is_of_one_case_at_most_which_the_caller_may_see(servers: Servers) -> None:
    two = "case%3Apqrs_id%253ACASE-alfa%20case%3Apqrs_id%253ACASE-beta"
    async with console_hub(servers) as hub:
        answers = {
            topic: (await hub.hub.send("GET", f"/live?topics={topic}", bearer(API_KEY), at="console")).status
            for topic in ("case%3Apqrs_id%253Anosuch", "case%3A", "nosuch", two)
        }

    assert {400} == set(answers.values())


async def test_operator_takes_the_marked_matters_and_leaves_them(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/cases?view=unowned")
        await browser.run("document.querySelectorAll('.item [type=checkbox]').forEach((box) => box.click())")
        await press(browser, "Asumir")
        taken = await main_text(browser)
        rows = await hub.database.rows("SELECT case_key FROM case_task WHERE assignee = 'account:Ana'")
        noted = await hub.database.rows("SELECT subject FROM audit WHERE action = 'case.take_on'")
        await hub.open(browser, "/cases?view=mine")
        await browser.run("document.querySelector('.item [type=checkbox]').click()")
        await press(browser, "Soltar")
        left = await hub.database.rows("SELECT case_key FROM case_task WHERE assignee = 'account:Ana'")

    assert "Usted tiene los casos marcados." in taken
    assert "Todo tiene quien lo atienda." in taken
    assert {"pqrs_id:CASE-alfa", "pqrs_id:CASE-beta"} == {row["case_key"] for row in rows}
    assert {f"case:{row['case_key']}" for row in rows} == {row["subject"] for row in noted}
    assert len(rows) - 1 == len(left)


async def test_lists_are_loaded_as_sheets(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        headers = {hdrs.ACCEPT: "text/html", **bearer(API_KEY)}
        sheets = {
            name: await hub.hub.send(
                "GET", f"/{name}{'&' if '?' in name else '?'}format=csv", headers, at="console"
            )
            for name in ("cases", "cases?view=all&kind=pqrs_id")
        }

    assert {"text/csv; charset=utf-8; header=present"} == {
        sheet.headers[hdrs.CONTENT_TYPE] for sheet in sheets.values()
    }
    assert all("alfa" in sheet.text and "words-" not in sheet.text for sheet in sheets.values())


async def luz_takes(hub: ConsoleHub, case: str) -> None:
    await PostgresCasework(hub.database).assign_case(case, "account:luz", by="account:luz")


async def test_case_that_another_took_meanwhile_is_taken_from_that_person_with_a_reason_alone(
    browser: Browser, servers: Servers
) -> None:
    async with console_hub(servers) as hub:
        await hub.registry.account("luz", *hub.account.grants, display_name="Luz Mora")
        await hub.sign_in(browser)
        await hub.open(browser, "/cases/pqrs_id:CASE-alfa")
        await luz_takes(hub, "pqrs_id:CASE-alfa")
        await press(browser, "Asumir", "Lo tiene Luz Mora")
        buttons = await browser.run("document.querySelector('.head .acts').innerText")
        kept = await PostgresCasework(hub.database).assignee("pqrs_id:CASE-alfa")
        await fill(browser, "form[action$='/take-on']", reason="Luz está de vacaciones.")
        await press(browser, "Tomar el caso", "Encargado: Usted")
        said = await main_text(browser)

    assert "Tomarlo de Luz Mora" in buttons
    assert "Asumir" not in buttons
    assert "account:luz" == kept
    assert "toma el caso que tenía Luz Mora" in said
    assert "Luz está de vacaciones." in said


async def test_marked_matters_that_another_has_stay_and_the_answer_says_which_and_who(
    browser: Browser, servers: Servers
) -> None:
    async with console_hub(servers) as hub:
        await hub.registry.account("luz", *hub.account.grants, display_name="Luz Mora")
        await hub.sign_in(browser)
        await hub.open(browser, "/cases?view=unowned")
        subject = await browser.run(
            "document.querySelector(\".item [name='case:pqrs_id:CASE-alfa']\")"
            ".closest('.item').querySelector('a').innerText"
        )
        await browser.run("document.querySelectorAll('.item [type=checkbox]').forEach((box) => box.click())")
        await luz_takes(hub, "pqrs_id:CASE-alfa")
        await press(browser, "Asumir", "lo tiene Luz Mora")
        said = await main_text(browser)
        rows = await hub.database.rows("SELECT case_key, assignee FROM case_task")

    assert "Asumidos: 1." in said
    assert f"«{subject.strip()}» sigue como estaba: lo tiene Luz Mora." in said
    assert {
        "pqrs_id:CASE-alfa": "account:luz",
        "pqrs_id:CASE-beta": "account:Ana",
    } == {row["case_key"]: row["assignee"] for row in rows}


async def test_reply_that_another_took_meanwhile_stays_with_that_person(
    browser: Browser, servers: Servers
) -> None:
    async with console_hub(servers) as hub:
        await hub.registry.account("luz", *hub.account.grants, display_name="Luz Mora")
        await hub.sign_in(browser)
        await hub.open(browser, "/replies/REPLY")
        await hub.database.rows(
            "INSERT INTO reply_task (reply_id, assignee, assigned_at, assigned_by) "
            "SELECT id, 'account:luz', now(), 'account:luz' FROM reply "
            "ON CONFLICT (reply_id) DO UPDATE SET assignee = 'account:luz'"
        )
        await press(browser, "Asignármela", "Lo tiene Luz Mora")
        rows = await hub.database.rows("SELECT DISTINCT assignee FROM reply_task")
        await press(browser, "Tomarla de Luz Mora", "Encargado: Usted")

    assert ["account:luz"] == [row["assignee"] for row in rows]
