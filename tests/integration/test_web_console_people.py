"""An operator at the pages of people, letters and surveys, in a browser; and accounts that see nothing."""

from typing import Any
from uuid import UUID

from aiohttp import hdrs

from hub.model import Grant, Office
from tests.integration.chromium import Browser
from tests.integration.console_hub import ConsoleHub
from tests.integration.console_user import fill, main_text, open_link, press
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS

DONE = "document.querySelector('.toast')?.innerText"


async def noted(hub: ConsoleHub, action: str) -> list[Any]:
    rows = await hub.database.rows("SELECT person FROM audit WHERE action = $1 ORDER BY at", action)
    return [row["person"] for row in rows]


async def test_person_is_found_read_marked_and_given_their_wish(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/people?copropiedad=ph-MARK")
    listed = await main_text(browser)
    await open_link(browser, "Ver la copropiedad, puerta por puerta")
    doors = await main_text(browser)
    await hub.open(browser, "/people?copropiedad=ph-MARK")
    await press(browser, "Persona alfa", "¿Se le puede escribir ahora?")
    read = await main_text(browser)
    await press(browser, "Ver correo", "alfa@lives.example")
    seen = await main_text(browser)
    await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
    await fill(browser, "main", note="pleito")
    await press(browser, "Marcar", "La persona quedó marcada")
    marked = await main_text(browser)
    await press(browser, "Terminar la marca", "La marca terminó")
    unmarked = await main_text(browser)
    await press(browser, "Escribirle otra vez", "Se levantó")
    lifted = await main_text(browser)
    await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
    await fill(browser, "main", digest="weekly", quiet_since="21:00", quiet_until="07:00")
    await press(browser, "Guardar", "Quedó como la persona lo pidió")
    changed = await main_text(browser)

    assert "1 unidad; a 0 (0,0 %) se les puede avisar" in doors
    assert " y 1 más\n" in doors
    assert "2 personas" in listed
    assert ("a***@l***.example" in read, "alfa@lives.example" in read) == (True, False)
    assert ("+57 *** *** 1111" in seen, "Ver teléfono" in seen, "Ver correo" in seen) == (
        True,
        True,
        False,
    )
    assert "No se usa" in read
    assert "pleito" in marked
    assert "está marcada" in marked
    assert "está marcada" not in unmarked
    assert "No se usa" not in lifted
    assert "juntos, una vez por semana" in changed
    assert "de 21:00 a 07:00" in changed
    assert await noted(hub, "person.show") != []
    assert browser.complaints == []


async def test_suppression_of_somebody_else_is_not_lifted_on_a_persons_page(hub: ConsoleHub) -> None:
    other, own = (hub.hub.buildings[mark].ids["GONE"] for mark in reversed(MARKS))
    answers = [await lift(hub, suppression) for suppression in (other, own, own)]
    rows = await hub.database.rows(
        "SELECT subject, person FROM audit WHERE action = 'suppression.lift' ORDER BY at"
    )

    assert [404, 303, 303] == answers
    assert [(f"suppression:{own}", "p-alfa")] * 2 == [tuple(row) for row in rows]


async def lift(hub: ConsoleHub, suppression: UUID) -> int:
    form = {hdrs.CONTENT_TYPE: "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    sent = {**form, **bearer(API_KEY)}
    answer = await hub.hub.send(
        "POST", "/people/p-alfa/lift", sent, f"suppression={suppression}", at="console"
    )
    return answer.status


async def test_person_is_shown_whole_and_that_is_noted(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/people/p-MARK")
    await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
    await press(browser, "Ver datos completos", "alfa@lives.example")
    await hub.open(browser, "/people?whole=true")

    assert "Persona beta" in await main_text(browser)
    assert {"p-alfa", "p-beta"} <= set(await noted(hub, "person.show"))


async def test_everything_of_a_person_is_a_pdf(hub: ConsoleHub) -> None:
    answer = await hub.ask("/api/people/p-alfa/export/pdf")
    page = await hub.ask("/people/p-alfa")

    assert answer.status == 200
    assert answer.headers[hdrs.CONTENT_TYPE] == "application/pdf"
    assert answer.text.startswith("%PDF-")
    assert "/api/people/p-alfa/export/pdf" in page.text
    assert await noted(hub, "person.export") == ["p-alfa"]


async def test_erasure_says_what_goes_asks_why_and_asks_once_more(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/people/p-MARK")
    await browser.run("[...document.querySelectorAll('details')].forEach((part) => (part.open = true))")
    await press(browser, "Suprimir sus datos", "Hoy no se puede suprimir")
    kept = await main_text(browser)
    await hub.open(browser, "/people/p-gone/erase")
    await fill(browser, "main", reason="reclamo 14")
    await press(browser, "Seguir", "¿Suprimir para siempre?")
    before = await hub.ask("/people/p-gone")
    await press(browser, "Sí, suprimir para siempre", "Empezó la supresión")
    after = await hub.ask("/people/p-gone")

    assert "Suprimir los datos de Persona alfa" in kept.partition("Detalle técnico")[0]
    assert "p-alfa" not in kept.partition("Detalle técnico")[0]
    assert "es propietario" in kept
    assert (before.status, after.status) == (200, 404)
    assert await noted(hub, "person.erase") == ["p-gone"]


async def test_claim_is_opened_where_the_data_is_corrected(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/people/p-MARK")
    await press(browser, "Corregir un dato", "Los mantiene el sistema «crm»")
    await press(browser, "Pedir que lo corrijan", "Se abrió el reclamo")
    page = (await hub.ask("/people/p-alfa/rectify")).text
    assert "<h1>Corregir un dato de Persona alfa</h1>" in page
    assert "p-alfa" not in page.partition("<h1>")[2].partition("</h1>")[0]

    assert await noted(hub, "person.rectify") == ["p-alfa"]


async def test_viewer_of_a_building_is_offered_no_act_on_its_people(hub: ConsoleHub) -> None:
    grant = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}")
    viewer = await hub.cookies_of(await hub.registry.account("eva", grant, is_enrolled=False))
    own, other = [await hub.hub.send("GET", f"/people/p-{mark}", viewer, at="console") for mark in MARKS]

    assert "P*** a***" in own.text
    assert "Marcar: no contactar" not in own.text
    assert "Suprimir" not in own.text
    assert (404, True) == (other.status, "Aquí no hay nada" in other.text)


async def test_letters_go_from_the_batch_to_the_post(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/letters/batches/BATCH")
    await press(browser, "Deshacer el lote", "Se canceló")
    await hub.open(browser, "/letters")
    await press(browser, "Hacer un lote", "El lote está listo")
    await press(browser, "Ya se imprimió", "Quedó como impreso")
    await press(browser, "PQRS recibida", "Qué se hizo con ella")
    await fill(browser, "main", guide="ra 123-456")
    await press(browser, "Quedó en el correo", "Quedó como enviada")
    posted = await main_text(browser)
    await press(browser, "Se entregó", "Quedó como entregada")

    assert "RA123-456" in posted
    assert "Qué se hizo con ella" not in await main_text(browser)
    assert browser.complaints == []


async def test_whole_batch_is_handed_over_after_one_more_question(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/letters/batches/BATCH")
    await press(browser, "Ya se imprimió", "Quedó como impreso")
    await press(browser, "Se entregaron todas", "no se puede volver atrás")
    await press(browser, "Sí, se entregaron", "Quedó como entregada")

    assert "1 entregada, 0 en el correo" in await main_text(browser)


async def test_poster_is_hung_and_taken_down(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/posters/POSTER")
    await press(browser, "Ya se colgó", "El cartel quedó como colgado")
    await press(browser, "Ya se retiró", "El cartel quedó como retirado")

    assert "Ya se colgó" not in await main_text(browser)


async def test_survey_is_counted_before_it_is_started(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/surveys")
    await press(browser, "Empezar la encuesta del semestre", "la recibirían")
    counted = await main_text(browser)

    assert "no han autorizado encuestas" in counted
    assert await noted(hub, "surveys.start") == []


async def test_answers_are_for_who_may_read_them(browser: Browser, hub: ConsoleHub) -> None:
    await hub.sign_in(browser)
    await hub.open(browser, "/surveys")
    plain = await main_text(browser)
    await press(browser, "Ver notas y comentarios", "comment-beta")
    hidden = await hub.hub.send("GET", "/api/surveys?lowest=3", bearer(API_KEY), at="console")

    assert "comment-" not in plain
    assert "Contestada" in plain
    assert set(await noted(hub, "survey.answer")) == {"p-alfa", "p-beta"}
    assert hidden.status == 400, "a list by score would tell the score"


async def test_letters_of_a_list_are_marked_as_printed_all_at_once(hub: ConsoleHub) -> None:
    page = await hub.ask("/letters?state=batched")

    assert "/bulk/printed?state=batched" in page.text
