"""The page behind a message's link: that message and its case, nothing else, and only its button acts."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import structlog
from msgspec import structs
from prometheus_client import generate_latest

from hub import logs
from hub.access.link_rate import FREE
from hub.model.evidence import SaidMessage
from hub.model.residents import CaseEvent
from hub.storage import PostgresResidents
from tests.doubled import away
from tests.integration.residents import (
    BUILDING,
    HUB,
    KeptWords,
    links,
    overdue,
    path,
    press,
    world_with_mail,
)
from tests.integration.web_doubles import ask, browsing
from tests.integration.web_visitor import HTML

DAY = timedelta(days=1)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": HUB}


async def test_link_shows_the_words_that_left_and_how_the_case_stands() -> None:
    world, mail = world_with_mail()
    reply = await ask(world, path(mail.id, ends_at=world.now() + DAY))

    assert 200 == reply.status
    for said in (
        "Recibimos su petición &lt;b&gt;",
        "Primera respuesta",
        "Coordinación del área",
        "PQRS recibida",
    ):
        assert said in reply.text
    assert BUILDING in reply.text


async def test_page_has_the_colours_of_the_building_and_needs_no_script() -> None:
    world, mail = world_with_mail()
    reply = await ask(world, path(mail.id, ends_at=world.now() + DAY))

    assert "--brand: #7a1f5c" in reply.text
    assert "<script" not in reply.text
    assert '<html lang="es-CO">' in reply.text
    assert "default-src" in reply.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in reply.headers["Content-Security-Policy"]
    assert ("noindex, nofollow", "same-origin", "no-store") == tuple(
        reply.headers[name] for name in ("X-Robots-Tag", "Referrer-Policy", "Cache-Control")
    )


async def test_leaked_link_shows_one_message_and_not_the_person() -> None:
    world, mail = world_with_mail()
    text = (await ask(world, path(mail.id, ends_at=world.now() + DAY))).text

    for private in (mail.address, mail.person, mail.name):
        assert private not in text.replace("Buenas tardes, María:", "")


async def test_scanner_that_opens_the_link_changes_nothing() -> None:
    world, mail = world_with_mail()
    where = path(mail.id, ends_at=world.now() + DAY)
    async with browsing(world) as client:
        for _ in range(3):
            async with client.get(where) as answer:
                assert 200 == answer.status

    assert [] == world.publisher.events


async def test_button_asks_the_next_level() -> None:
    world, mail = world_with_mail()
    reply = await press(world, path(mail.id, ends_at=world.now() + DAY), action="not-answered")

    assert (200, [3]) == (reply.status, [event.data["to_level"] for event in world.publisher.events])
    assert "Su caso pasó al nivel siguiente." in reply.text


async def test_page_does_not_thank_again_when_nothing_more_climbs() -> None:
    world, mail = world_with_mail()
    where = path(mail.id, ends_at=world.now() + DAY)
    await press(world, where, action="not-answered")
    [event] = world.publisher.events
    found = world.residents.received[mail.id]
    told = CaseEvent(name=event.name, at=event.time, id=event.id)
    world.residents.received[mail.id] = replace(found, events=[*found.events, told])
    again = (await press(world, where, action="not-answered")).text

    assert (True, False) == ("Su caso ya había pasado al nivel siguiente." in again, "Gracias por" in again)
    assert [event] == world.publisher.events
    shown = (await ask(world, where)).text
    assert (True, False) == ("Su caso ya pasó al nivel siguiente" in shown, "<button" in shown)


async def test_case_in_time_has_no_button() -> None:
    world, mail = world_with_mail()
    due = replace(overdue(world.now()), due_at=world.now() + DAY)
    world.residents.received[mail.id] = replace(world.residents.received[mail.id], clocks=(due,))
    where = path(mail.id, ends_at=world.now() + DAY)

    assert "<button" not in (await ask(world, where)).text
    assert "Ahora no hay ningún plazo vencido" in (await press(world, where, action="not-answered")).text
    assert [] == world.publisher.events


async def test_other_site_and_nameless_program_press_no_button() -> None:
    world, mail = world_with_mail()
    where = path(mail.id, ends_at=world.now() + DAY)
    for origin in ("https://evil.example", None):
        assert 403 == (await press(world, where, origin=origin, action="not-answered")).status

    assert [] == world.publisher.events


async def test_form_that_asks_for_nothing_is_refused() -> None:
    world, mail = world_with_mail()

    assert 400 == (await press(world, path(mail.id, ends_at=world.now() + DAY))).status


async def test_browser_of_a_resident_reads_in_spanish_why_nothing_came_of_it() -> None:
    world, mail = world_with_mail()
    where = path(mail.id, ends_at=world.now() + DAY)
    refused = await ask(world, where, method="POST", headers={**HTML, **FORM}, body=b"a=b")
    world.residents = PostgresResidents(away())  # type: ignore[assignment]
    failed = await ask(world, where, headers=HTML)

    assert (400, True) == (refused.status, "No pudimos hacer lo que pidió" in refused.text)
    assert (503, True) == (failed.status, "Inténtelo de nuevo en unos minutos" in failed.text)
    assert "tel:" in refused.text


async def test_forged_expired_and_forgotten_links_open_nothing() -> None:
    world, mail = world_with_mail()
    ends_at = world.now() + DAY
    forged = links("another-secret-that-nobody-guesses-and-long")
    cases = {
        path(mail.id, forged, ends_at=ends_at): (403, "Este enlace no está completo"),
        path(mail.id, ends_at=ends_at)[:-1]: (403, "Este enlace no está completo"),
        path(mail.id, ends_at=world.now() - DAY): (410, "Este enlace ya no funciona"),
        path(uuid4(), ends_at=ends_at): (410, "Este enlace ya no funciona"),
    }
    for where, (status, words) in cases.items():
        for reply in (await ask(world, where), await press(world, where, action="not-answered")):
            assert (status, True) == (reply.status, words in reply.text)
            assert "piscina" not in reply.text

    assert [] == world.publisher.events


async def test_words_that_cannot_be_proven_are_not_shown() -> None:
    world, mail = world_with_mail()
    said = world.evidence.messages[mail.id]  # type: ignore[union-attr]
    [call] = said.calls
    changed = replace(said, calls=(replace(call, attempt=structs.replace(call.attempt, evidence=None)),))
    world.evidence.messages[mail.id] = changed  # type: ignore[union-attr]
    text = (await ask(world, path(mail.id, ends_at=world.now() + DAY))).text

    assert "No podemos mostrar aquí el texto de este mensaje." in text
    assert "piscina" not in text


async def test_link_that_got_around_is_slowed() -> None:
    world, mail = world_with_mail()
    where = path(mail.id, ends_at=world.now() + DAY)
    async with browsing(world) as client:
        statuses: list[int] = []
        for _ in range(FREE + 1):
            async with client.get(where) as answer:
                statuses.append(answer.status)
                await answer.read()

    assert [200] * FREE + [429] == statuses


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Log as in production; return the log's output."""
    before, stream = structlog.get_config(), io.StringIO()
    logs.configure(as_json=True, level="info", stream=stream)
    yield stream
    structlog.configure(**before)


class Broken(KeptWords):
    """Fails as no code expects."""

    async def said(self, message_id: UUID) -> SaidMessage | None:  # noqa: ARG002 - the port's signature
        raise ZeroDivisionError


async def test_no_log_and_no_metric_has_a_link_after_any_use(written: io.StringIO) -> None:
    """A reader of the log could open the page."""
    world, mail = world_with_mail()
    good, ended = (path(mail.id, ends_at=world.now() + days) for days in (DAY, -DAY))
    forged = path(mail.id, links("another-secret-that-nobody-guesses-and-long"), ends_at=world.now() + DAY)
    statuses = [(await ask(world, where)).status for where in (good, ended, forged, f"{good}/entrar")]
    statuses += [(await ask(world, f"{good}/nowhere")).status]
    statuses += [(await press(world, good, action="not-answered")).status]
    world.evidence = Broken()  # type: ignore[assignment]
    statuses += [(await ask(world, good)).status]
    log, metrics = written.getvalue(), generate_latest().decode()

    assert [200, 410, 403, 200, 401, 200, 500] == statuses
    assert "request.failed" in log
    assert "/mi/{token}" in log
    assert [] == [
        where
        for where in (good, ended, forged)
        if where.rpartition("/")[2] in log or where.rpartition("/")[2] in metrics
    ]
