"""The page in a real browser: content, no injection, keyboard, small screens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.inbound.replies import read
from hub.model import About, DeadLetter, Reply, Symptom
from hub.storage import Database, PostgresLetters, PostgresReplies
from tests.contract.values import now
from tests.integration.chromium import Browser
from tests.integration.web_doubles import (
    MemoryLog,
    MemoryPublisher,
    World,
    browsing,
    clock_row,
    dead_letter,
    message_row,
)
from tests.providers.samples import outgoing
from tests.unit.test_templates import TEMPLATES, examples

EVIL = "<img src=x onerror=document.title='owned'>"


def busy_world(database: Database, **environ: str) -> World:
    world = World(environ=environ, database=database)
    world.log.rows += [
        message_row(state="failed", reason="smtp_550_5.1.1", person=EVIL),
        message_row(event=EVIL, channel=EVIL),
    ]
    due = datetime.now(UTC) - timedelta(minutes=20, seconds=30)
    world.log.clock_rows += [clock_row(state="breached", due_at=due, case=f"pqrs_id:{EVIL}")]
    world.log.letters += [dead_letter(EVIL.encode(), reason=EVIL, event_type=EVIL)]
    return world


async def test_page_shows_messages_clocks_and_letters_and_runs_none_of_their_markup(
    browser: Browser, opened: Database
) -> None:
    async with browsing(busy_world(opened)) as client:
        await browser.go(str(client.make_url("/")))
        rows = await browser.until(
            "[...document.querySelectorAll('#rows tr')].map(r => r.innerText).join('|')"
        )
        for tab, words in (("relojes", "vencido hace 20 min"), ("muertas", EVIL)):
            await browser.run(f"document.getElementById('tab-{tab}').click()")
            assert words in await browser.until("document.getElementById('rows').innerText")
        await browser.run("document.querySelector('button.opener').click()")
        body = await browser.until("document.querySelector('#detail[open] pre')?.innerText")

        assert "La dirección de correo no existe" in rows
        assert EVIL in rows
        assert body == EVIL
        assert await browser.run("document.title") == "Comunicaciones · COPROSERVICIOS S.A.S."
        assert browser.complaints == []


async def test_changes_appear_without_a_reload(browser: Browser, opened: Database) -> None:
    world = busy_world(opened)
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until("document.querySelectorAll('#rows tr').length === 2")
        world.log.rows.insert(0, message_row(person="per-new"))

        assert await browser.until("document.querySelector('#rows tr').innerText.includes('per-new')")


async def test_a_message_opens_and_closes_and_the_tabs_move_by_keyboard(
    browser: Browser, opened: Database
) -> None:
    async with browsing(busy_world(opened)) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until(
            "document.querySelector('button.opener')?.focus() ?? document.activeElement.className"
        )
        await browser.press("Enter")
        await browser.until("document.getElementById('detail').open")
        await browser.press("Escape")
        await browser.until("!document.getElementById('detail').open")
        await browser.run("document.getElementById('tab-entregas').focus()")
        await browser.press("ArrowRight")

        assert await browser.until("document.activeElement.id") == "tab-relojes"
        assert await browser.run("document.activeElement.getAttribute('aria-selected')") == "true"


async def test_link_of_a_mail_to_staff_opens_the_message(browser: Browser, opened: Database) -> None:
    world = busy_world(opened)
    async with browsing(world) as client:
        await browser.go(str(client.make_url(f"/#entregas/{world.log.rows[0]['id']}")))

        assert await browser.until("document.querySelector('#detail[open] dl')?.innerText")


async def test_permitted_operator_unmasks_a_person_and_the_look_is_audited(
    browser: Browser, opened: Database
) -> None:
    world = busy_world(opened)
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until("document.querySelectorAll('#rows tr').length === 2")
        await browser.run("document.querySelector('button.opener').click()")
        masked = await browser.until("document.querySelector('#detail[open] dl')?.innerText")
        await browser.run("document.querySelector('button.unmask').click()")
        whole = await browser.until(
            "[document.querySelector('#detail dl').innerText].find(text => text.includes('María'))"
        )
        left = await browser.run("document.querySelectorAll('button.unmask').length")

    assert "María" not in masked
    assert "maria@example.com" in whole
    assert left == 0
    assert [False, True] == [note.detail["whole"] for note in world.audit.rows]


async def test_a_letter_is_replayed_at_once_and_discarded_after_a_question(
    browser: Browser, opened: Database
) -> None:
    world = busy_world(opened)
    world.log.letters.append(dead_letter(b"other"))
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/#muertas")))
        await browser.until("document.querySelectorAll('.actions button').length === 4")
        await browser.run("document.querySelector('.actions button').click()")
        await browser.until("document.querySelectorAll('.actions button').length === 2")
        await browser.run("document.querySelectorAll('.actions button')[1].click()")
        asked = await browser.run("document.querySelectorAll('.actions button')[1].textContent")
        await browser.run("document.querySelectorAll('.actions button')[1].click()")
        await browser.until("document.querySelectorAll('.actions button').length === 0")

    assert asked == "¿Descartar?"
    assert sorted(world.log.settled.values()) == ["discarded", "replayed"]


@dataclass
class RefusedAgain(MemoryPublisher):
    """A hub that refuses each replayed event again at once, as if nothing was fixed."""

    letters: list[DeadLetter] = field(default_factory=list)

    async def replay(self, letter: DeadLetter) -> None:
        self.letters[:] = [replace(letter, times=letter.times + 1)]


async def test_a_letter_that_is_refused_again_says_so_and_may_be_tried_once_more(browser: Browser) -> None:
    log = MemoryLog(letters=[dead_letter()])
    world = World(log=log, publisher=RefusedAgain(letters=log.letters))
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/#muertas")))
        for times in (2, 3):
            await browser.until("document.querySelectorAll('.actions button:enabled').length === 2")
            await browser.run("document.querySelector('.actions button').click()")
            await browser.until(
                f"document.getElementById('rows').innerText.includes('Rechazada {times} veces')"
            )

        assert await browser.run("document.querySelectorAll('.actions button:enabled').length") == 2


async def test_the_count_of_dead_letters_grows_with_them(browser: Browser) -> None:
    world = World()
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        for letters in ("1", "2"):
            world.log.letters.append(dead_letter(letters.encode()))
            await browser.until(f"document.getElementById('total-muertas').textContent === '{letters}'")

        assert await browser.run("document.getElementById('counts-muertas').innerText") == "2 Pendiente"


@pytest.mark.parametrize("tab", ["entregas", "relojes", "muertas"])
async def test_nothing_is_wider_than_a_small_screen(browser: Browser, opened: Database, tab: str) -> None:
    async with browsing(busy_world(opened)) as client:
        await browser.go(str(client.make_url(f"/#{tab}")), width=380)
        await browser.until("document.querySelectorAll('#rows tr').length")

        assert await browser.run("document.documentElement.scrollWidth") <= 380


async def test_no_line_ends_inside_the_case_of_a_clock(browser: Browser) -> None:
    world = World()
    world.log.clock_rows.append(clock_row(due_at=datetime.now(UTC), case="pqrs_id:PQ-2026-000123"))
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/#relojes")))
        cell = "document.querySelector('td[data-label=Caso] span')"

        assert await browser.until(f"{cell}?.textContent") == "PQ-2026-000123"
        assert await browser.run(f"getComputedStyle({cell}).whiteSpace") == "nowrap"


async def test_the_slip_of_a_letter_has_its_right_border_on_paper(browser: Browser, tmp_path: Path) -> None:
    """A4 has 166 mm between the margins; Chromium cuts off what lies in the last, broken pixel."""
    letter = tmp_path / "letter.html"
    words = TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0])["print"]
    letter.write_text(words.html, "utf-8")
    await browser.call("Emulation.setEmulatedMedia", media="print")
    await browser.go(letter.as_uri(), width=627)

    # Both of one layout: a scroll bar that goes in between would make the page wider than it is.
    right = "document.querySelector('.recibido')?.getBoundingClientRect().right"
    assert await browser.until(f"{right} < document.documentElement.clientWidth")


async def test_the_key_opens_the_page_and_leaving_closes_it(browser: Browser, opened: Database) -> None:
    async with browsing(busy_world(opened, HUB_API_KEY="a key that nobody guesses, long enough")) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until("document.getElementById('name') !== null")
        browser.complaints.clear()  # the 401 of the form itself
        await browser.run("document.getElementById('key').value = 'a key that nobody guesses, long enough'")
        await browser.run("document.querySelector('details form').requestSubmit()")

        rows = await browser.until("document.querySelectorAll('#rows tr').length")
        complaints = list(browser.complaints)
        await browser.run("document.querySelector('header form').requestSubmit()")

        assert (rows, complaints) == (2, [])
        assert await browser.until("document.getElementById('name') !== null")


async def test_open_incidents_stand_on_top_until_resolved(browser: Browser, opened: Database) -> None:
    world = busy_world(opened)
    await world.incidents.see(
        [
            Symptom(key="circuit:sms:twilio", measured="Circuito abierto"),
            Symptom(key=f"skew:{EVIL}:redis", measured="6 s"),
        ]
    )
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        lines = await browser.until("document.querySelector('#incidents:not([hidden])')?.innerText")
        # A list with another role is no list for screen readers: they do not count its items.
        lists = await browser.run(
            "[...document.querySelectorAll('#incidents li')]"
            ".map(item => item.parentElement.matches('ul:not([role])'))"
        )
        await world.incidents.resolve(["circuit", "skew"], timedelta(microseconds=-1))
        await browser.until("document.querySelector('#incidents').hidden")

    assert "El proveedor twilio de SMS está fallando" in lines
    assert "hub channel list" in lines
    assert lists == [True, True]
    assert EVIL in lines
    assert browser.complaints == []


async def test_work_for_operators_stands_above_the_counts(browser: Browser, opened: Database) -> None:
    world = busy_world(opened)
    written = Reply(
        channel="sms", provider="twilio", reference="SM1", address="+573001234567", text="Hola", at=now()
    )
    await PostgresReplies(opened).add(read(written, About(), now=now()))
    await world.pauses.pause("channel:sms", by="ana", reason=EVIL)
    await PostgresLetters(opened).add([outgoing("print")])
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        lines = await browser.until("document.querySelector('#matters:not([hidden])')?.innerText")
        await browser.run("document.querySelector('#matters button').click()")
        link = await browser.until("document.querySelector('#detail[open] a')?.getAttribute('href')")
        letter = await browser.until("document.querySelector('#detail[open] li')?.innerText")

    assert "Por imprimir" in letter
    assert "PDF" in letter
    assert "En pausa: SMS" in lines
    assert EVIL in lines
    assert "1 carta por imprimir y entregar" in lines
    assert "1 respuesta de una persona" in lines
    assert link.startswith("/letters/")
    assert browser.complaints == []
