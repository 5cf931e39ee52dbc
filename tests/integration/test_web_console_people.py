"""An operator at the pages of people, letters and surveys, in a browser; and who sees nothing there."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import hdrs

from hub.model import Grant, Office
from hub.web.route import TABLE
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import MARKS, Answer
from tests.integration.identities import API_KEY, bearer
from tests.servers import Servers

HTML: dict[str, str] = {hdrs.ACCEPT: "text/html"}
DONE = "document.querySelector('.note.good')?.innerText"


async def press(browser: Browser, words: str, says: str) -> None:
    """Press the button or the link with these words, and wait until the next page says something."""
    pressed = await browser.run(
        "(() => { const all = [...document.querySelectorAll('main button, main a')];"
        f" const one = all.find((item) => item.innerText.trim() === {json.dumps(words)});"
        " window.old = true; if (!one) return false; one.click(); return true })()"
    )
    assert pressed, f"{words}: {await text(browser)}"
    await browser.until(
        f"!window.old && document.readyState === 'complete'"
        f" && document.querySelector('main').innerText.includes({json.dumps(says)})"
    )


async def fill(browser: Browser, name: str, value: str) -> None:
    await browser.run(f"document.querySelector('main [name={name}]').value = {json.dumps(value)}")


async def text(browser: Browser) -> str:
    return str(await browser.run("document.querySelector('main').innerText"))


async def asked(hub: ConsoleHub, path: str) -> Answer:
    return await hub.hub.send("GET", path, {**HTML, **bearer(API_KEY)}, at="console")


async def noted(hub: ConsoleHub, action: str) -> list[Any]:
    rows = await hub.database.rows("SELECT person FROM audit WHERE action = $1 ORDER BY at", action)
    return [row["person"] for row in rows]


async def test_person_is_found_read_marked_and_unmarked(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people?copropiedad=ph-MARK")
        listed = await text(browser)
        await press(browser, "P*** a***", "¿Se le puede escribir ahora?")
        read = await text(browser)
        await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
        await fill(browser, "note", "pleito")
        await press(browser, "Marcar", "La persona quedó marcada")
        marked = await text(browser)
        await press(browser, "Terminar la marca", "La marca terminó")
        unmarked = await text(browser)

        assert "En 0 de 1 unidades (0,0 %) alguien tiene un contacto verificado." in listed
        assert "Unidades sin un contacto verificado (1)" in listed
        assert "2 personas" in listed
        assert "a***@l***.example" in read
        assert "No se usa" in read
        assert "pleito" in marked
        assert "está marcada" in marked
        assert "está marcada" not in unmarked
        assert await noted(hub, "person.show") != []
        assert browser.complaints == []


async def test_preferences_are_changed_as_the_person_asks(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people/p-MARK")
        await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
        await fill(browser, "digest", "weekly")
        await fill(browser, "quiet_since", "21:00")
        await fill(browser, "quiet_until", "07:00")
        await press(browser, "Guardar", "Quedó como la persona lo pidió")
        changed = await text(browser)

        assert "juntos, una vez por semana" in changed
        assert "de 21:00 a 07:00" in changed


async def test_suppressed_contact_is_written_to_again(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people/p-MARK")
        await press(browser, "Escribirle otra vez", "Se levantó")

        assert "No se usa" not in await text(browser)


async def test_person_is_shown_whole_and_that_is_noted(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people/p-MARK")
        await press(browser, "Ver datos completos", "alfa@lives.example")
        await hub.open(browser, "/people?whole=true")

        assert "Persona beta" in await text(browser)
        assert {"p-alfa", "p-beta"} <= set(await noted(hub, "person.show"))


async def test_everything_of_a_person_is_a_pdf(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        answer = await asked(hub, "/api/people/p-alfa/export/pdf")
        page = await asked(hub, "/people/p-alfa")

        assert answer.status == 200
        assert answer.headers[hdrs.CONTENT_TYPE] == "application/pdf"
        assert answer.text.startswith("%PDF-")
        assert "/api/people/p-alfa/export/pdf" in page.text
        assert await noted(hub, "person.export") == ["p-alfa"]


async def test_erasure_says_what_goes_asks_why_and_asks_once_more(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people/p-MARK")
        await press(browser, "Suprimir sus datos", "Hoy no se puede suprimir")
        kept = await text(browser)
        await hub.open(browser, "/people/p-gone/erase")
        await fill(browser, "reason", "reclamo 14")
        await press(browser, "Seguir", "¿Suprimir para siempre?")
        before = await asked(hub, "/people/p-gone")
        await press(browser, "Sí, suprimir para siempre", "Empezó la supresión")
        after = await asked(hub, "/people/p-gone")

        assert "es propietario" in kept
        assert (before.status, after.status) == (200, 404)
        assert await noted(hub, "person.erase") == ["p-gone"]


async def test_claim_is_opened_where_the_data_is_corrected(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/people/p-MARK")
        await press(browser, "Corregir un dato", "ahí se corrigen")
        await press(browser, "Abrir el reclamo", "Se abrió el reclamo")

        assert await noted(hub, "person.rectify") == ["p-alfa"]


async def test_who_sees_one_building_sees_its_people_alone(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        viewer = await hub.registry.account(
            "eva", Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}"), is_enrolled=False
        )
        await hub.sign_in(browser, viewer)
        seen = []
        for path in ("/people", "/letters", "/letters/batches", "/posters", "/surveys"):
            await hub.open(browser, path)
            seen.append(await text(browser))
        await hub.open(browser, "/people/p-MARK")
        own = await text(browser)
        await hub.open(browser, "/people/p-beta")
        other = await browser.run("document.body.innerText")

        assert "p-alfa" in seen[0]
        assert [] == [words for words in seen if "beta" in words]
        assert "Marcar: no contactar" not in own
        assert "Suprimir" not in own
        assert "Aquí no hay nada" in other


async def test_letters_go_from_the_batch_to_the_post(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/letters/batches/BATCH")
        await press(browser, "Deshacer el lote", "Se canceló")
        await hub.open(browser, "/letters")
        await press(browser, "Hacer un lote", "El lote está listo")
        await press(browser, "Ya se imprimió", "Quedó como impreso")
        await press(browser, "PQRS recibida", "Qué se hizo con ella")
        await fill(browser, "guide", "ra 123-456")
        await press(browser, "Quedó en el correo", "Quedó como enviada")
        posted = await text(browser)
        await press(browser, "Se entregó", "Quedó como entregada")

        assert "RA123-456" in posted
        assert "Qué se hizo con ella" not in await text(browser)
        assert browser.complaints == []


async def test_whole_batch_is_handed_over_after_one_more_question(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/letters/batches/BATCH")
        await press(browser, "Ya se imprimió", "Quedó como impreso")
        await press(browser, "Se entregaron todas", "no se puede volver atrás")
        await press(browser, "Sí, se entregaron", "Quedó como entregada")

        assert "1 entregadas" in await text(browser)


async def test_poster_is_hung_and_taken_down(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/posters/POSTER")
        await press(browser, "Ya se colgó", "El cartel quedó como colgado")
        await press(browser, "Ya se retiró", "El cartel quedó como retirado")

        assert "Ya se colgó" not in await text(browser)


async def test_survey_is_counted_before_it_is_started(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/surveys")
        await press(browser, "Empezar la encuesta del semestre", "la recibirían")
        counted = await text(browser)

        assert "no han autorizado encuestas" in counted
        assert await noted(hub, "surveys.start") == []


async def test_answers_are_for_who_may_read_them(browser: Browser, servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await hub.sign_in(browser)
        await hub.open(browser, "/surveys")
        plain = await text(browser)
        await press(browser, "Ver notas y comentarios", "comment-beta")
        hidden = await hub.hub.send("GET", "/api/surveys?lowest=3", bearer(API_KEY), at="console")

        assert "comment-" not in plain
        assert "Contestada" in plain
        assert set(await noted(hub, "survey.answer")) == {"p-alfa", "p-beta"}
        assert hidden.status == 400, "a list by score would tell the score"


async def test_list_of_people_is_loaded_as_a_sheet(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        sheet = await asked(hub, "/people?copropiedad=ph-alfa&role=owner&format=csv")

        assert "personas.csv" in sheet.headers[hdrs.CONTENT_DISPOSITION]
        assert [line for line in sheet.text.splitlines() if "p-alfa" in line]
        assert "p-beta" not in sheet.text


async def test_all_printed_at_once_is_offered_where_there_is_that_page(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        has_bulk = any(path.startswith("/bulk/") for _, path in hub.hub.applications["console"][TABLE])
        page = await asked(hub, "/letters?state=batched")

        assert ("/bulk/printed?state=batched" in page.text) is has_bulk
