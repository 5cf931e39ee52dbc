"""The pages of the console over lists in memory, in a real browser: no injection, old links, what waits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.desk.channels import queries
from hub.inbound.replies import read
from hub.model import About, ClockState, DeadLetter, Reply, Symptom
from hub.storage import Database, PostgresIntake, PostgresLetters, PostgresReplies
from tests.contract.values import clock, event, now, stored
from tests.integration.chromium import Browser
from tests.integration.console_user import click, main_text
from tests.integration.test_web_posters import announced, works
from tests.integration.web_doubles import (
    MemoryPublisher,
    World,
    browsing,
    bury,
    clock_row,
    dead_letter,
    message_row,
)
from tests.integration.web_visitor import Client
from tests.providers.samples import outgoing
from tests.unit.test_templates import TEMPLATES, examples

EVIL = "<img src=x onerror=document.title='owned'>"


EVIL_LETTER = dead_letter(EVIL.encode(), reason=EVIL, event_type=EVIL)


async def busy_world(database: Database, **environ: str) -> World:
    world = World(environ=environ, database=database)
    world.log.rows += [
        message_row(state="failed", reason="smtp_550_5.1.1", person=EVIL),
        message_row(event=EVIL, channel=EVIL),
    ]
    due = datetime.now(UTC) - timedelta(minutes=20, seconds=30)
    world.log.clock_rows += [clock_row(state=ClockState.BREACHED, due_at=due, case=f"pqrs_id:{EVIL}")]
    world.log.letters.append(EVIL_LETTER)
    await bury(database, EVIL_LETTER)
    return world


async def visit(browser: Browser, client: Client, path: str) -> str:
    """Open a page; return its text."""
    url = str(client.make_url(path))
    await browser.go(url)
    await browser.until(f"location.href === {url!r} && document.readyState === 'complete'")
    return await main_text(browser)


async def test_pages_run_no_markup_of_what_they_show(browser: Browser, opened: Database) -> None:
    world = await busy_world(opened)
    await queries.pause(opened, "channel:sms", by=EVIL, reason=EVIL)
    of = stored(event(data={"subject": EVIL}), copropiedad_id="ph-1")
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_events([of])
        await transaction.save_clocks([clock(of.case or "", context={"copropiedad_id": "ph-1"})])
    async with browsing(world) as client:
        now, messages, channels, dead = [
            await visit(browser, client, path) for path in ("/", "/messages", "/channels", "/dead")
        ]
        letter = await visit(browser, client, f"/dead/{EVIL_LETTER.id}")
        titles = await browser.run("document.querySelector('.payload').innerText + document.title")
        complaints = list(browser.complaints)

    assert "1 aviso rechazado" in now
    assert "La dirección de correo no existe" in messages
    assert [True] * 5 == [EVIL in text for text in (now, messages, channels, dead, letter)]
    assert titles.endswith("COPROSERVICIOS S.A.S.")
    assert "owned" not in titles.replace(EVIL, "")
    assert complaints == []


@pytest.mark.parametrize(("tab", "path"), [("entregas", "/messages"), ("relojes", "/clocks")])
async def test_link_of_a_mail_that_has_left_leads_to_the_page_of_today(
    browser: Browser, opened: Database, tab: str, path: str
) -> None:
    world = await busy_world(opened)
    wanted = world.log.rows[0].id
    async with browsing(world) as client:
        await browser.go(str(client.make_url(f"/#{tab}/{wanted}")))

        assert await browser.until(f"location.pathname === '{path}/{wanted}'")


@dataclass
class RefusedAgain(MemoryPublisher):
    """A hub that refuses each replayed event again at once, as if nothing was fixed."""

    database: Database = field(kw_only=True)

    async def replay(self, letter: DeadLetter) -> None:
        await bury(self.database, letter)


async def test_letter_that_is_refused_again_says_so_and_may_be_tried_once_more(
    browser: Browser, opened: Database
) -> None:
    letter, world = dead_letter(), World(publisher=RefusedAgain(database=opened), database=opened)
    await bury(opened, letter)
    async with browsing(world) as client:
        for times in (2, 3):
            await visit(browser, client, f"/dead/{letter.id}")
            await click(browser, ".actions a[href$='/replay']")
            await click(browser, ".ask form button")

            assert "Si sigue mal, vuelve a esta lista" in await main_text(browser)
            assert f"llegó {times} veces" in await main_text(browser)


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


async def test_key_opens_the_pages_and_leaving_closes_them(browser: Browser, opened: Database) -> None:
    world = await busy_world(opened, HUB_API_KEY="a key that nobody guesses, long enough")
    async with browsing(world) as client:
        await browser.go(str(client.make_url("/")))
        await browser.until("document.getElementById('name') !== null")
        browser.complaints.clear()  # the 401 of the form itself
        await browser.run("document.getElementById('key').value = 'a key that nobody guesses, long enough'")
        await click(browser, "details form button")
        who = await browser.run("document.querySelector('.who p').innerText")
        rows = await visit(browser, client, "/messages")
        complaints = list(browser.complaints)
        await click(browser, ".who form button")

        assert (who, complaints) == ("Llave del centro", [])
        assert "La dirección de correo no existe" in rows
        assert await browser.until("document.getElementById('name') !== null")


async def test_open_incidents_stand_on_top_until_resolved(browser: Browser, opened: Database) -> None:
    world = await busy_world(opened)
    await world.incidents.see(
        [
            Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa"),
            Symptom(key=f"skew:{EVIL}:redis", measured="6 s"),
        ]
    )
    async with browsing(world) as client:
        await visit(browser, client, "/")
        lines = await browser.run("document.getElementById('bad').innerText")
        await world.incidents.resolve(["circuit", "skew"], timedelta(microseconds=-1))
        after = await visit(browser, client, "/")
        complaints = list(browser.complaints)  # later ones would be of a server that is gone

    assert "El proveedor twilio de SMS está fallando" in lines
    assert "Ver canales" in lines
    assert "poner en hora" in lines
    assert "hub channel list" not in lines
    assert EVIL in lines
    assert "twilio" not in after
    assert complaints == []


async def test_work_for_operators_stands_above_the_counts(browser: Browser, opened: Database) -> None:
    world = await busy_world(opened)
    written = Reply(
        channel="sms", provider="twilio", reference="SM1", address="+573001234567", text="Hola", at=now()
    )
    await PostgresReplies(opened).add(read(written, About(), now=now()))
    await queries.pause(opened, "channel:sms", by="ana", reason="")
    await PostgresLetters(opened).add([outgoing("print")])
    await announced(opened, works())
    async with browsing(world) as client:
        await visit(browser, client, "/")
        lines = await browser.run(
            "Object.fromEntries([...document.querySelectorAll('.matter')]"
            ".map(a => [a.innerText, a.getAttribute('href').replace(/since=[^&]+/, 'since=T')]))"
        )
        complaints = list(browser.complaints)

    assert lines == {
        "En pausa: SMS": "/channels",
        "1 mensaje del último día que no llegó": "/messages?only=lost&since=T",
        "1 carta por entregar": "/letters",
        "1 cartel por colgar": "/posters?state=to_print",
    }
    assert complaints == []
