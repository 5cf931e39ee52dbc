"""The page "Mi bandeja": unread entries of the person who has signed in; only its buttons change anything."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import hdrs

from hub.desk.accounts.acts import set_person
from hub.desk.accounts.rows import PersonBody
from hub.errors import BeyondOwnRights, InvalidAccount
from hub.model import (
    EVERYWHERE,
    ClockState,
    Escalation,
    EscalationStatus,
    Grant,
    Office,
    Scope,
    reach_of,
)
from tests.contract.values import clock, person
from tests.integration.chromium import Browser
from tests.integration.portal import MARIA, PEDRO, Portal, open_portal
from tests.integration.test_web_browser_sign_in import enter, photo
from tests.integration.web_visitor import Visitor, give_account
from tests.operators import operator

OPERATOR = Grant(office=Office.OPERATOR, copropiedad_id=EVERYWHERE)


@pytest.fixture
async def portal(database: str) -> AsyncIterator[Portal]:
    async with open_portal(database) as opened:
        opened.directory.tables.directory.apply(person(MARIA))
        yield opened


async def visitor(portal: Portal, who: str | None = MARIA, grant: Grant = OPERATOR) -> Visitor:
    account = await give_account(portal, "maria", grant)
    assert await portal.accounts.set_person(account.id, who)
    visiting = Visitor(portal.client)
    assert (await visiting.sign_in("maria")).status == 303
    return visiting


async def press(visitor: Visitor, **form: str) -> tuple[int, str]:
    answer = await visitor.ask("/inbox", "POST", form={"csrf": visitor.csrf, **form})
    return answer.status, answer.headers.get("Location", answer.text)


async def test_what_waits_comes_first_and_a_look_changes_nothing(portal: Portal) -> None:
    old, new = await portal.receives(), await portal.receives(minutes=1)
    maria = await visitor(portal)
    assert await press(maria, id=str(new.id)) == (303, f"/inbox/{new.id}")
    page, item = await maria.ask("/inbox"), await maria.ask(f"/inbox/{old.id}")

    assert re.findall(r"Sin leer \(1\)|Leídos|Aviso \d", page.text) == [
        "Sin leer (1)",
        "Aviso 0",
        "Leídos",
        "Aviso 1",
    ]
    assert "<p>Hola</p>" in item.text
    assert "Marcar como leído" in item.text
    assert [await portal.stores.state_of(one) for one in (old, new)] == ["waiting", "read"]


async def test_what_was_taken_back_is_struck_and_not_unread(portal: Portal) -> None:
    sent = await portal.receives()
    maria = await visitor(portal)
    await portal.takes_back(sent)
    pressed = await press(maria, id=str(sent.id))
    page, item = await maria.ask("/inbox"), await maria.ask(f"/inbox/{sent.id}")

    assert (303, f"/inbox/{sent.id}") == pressed
    assert re.findall(r"Sin leer|<s>Aviso 0</s>|Retirado", page.text) == ["<s>Aviso 0</s>", "Retirado"]
    assert "<del><p>Hola</p></del>" in item.text
    assert "Retirado el" in item.text
    assert "Marcar como leído" not in item.text
    assert await portal.stores.state_of(sent) == "cancelled"


async def test_the_console_shows_how_much_is_unread(portal: Portal) -> None:
    sent = await portal.receives()
    maria = await visitor(portal)
    before = await maria.ask("/messages")
    await press(maria, id=str(sent.id))
    after = await maria.ask("/messages")

    assert '1<span class="unseen"> sin leer</span>' in before.text
    assert "Mi bandeja</a>" in after.text


async def test_an_account_opens_its_own_persons_entries_alone(portal: Portal) -> None:
    theirs = await portal.receives(PEDRO)
    maria = await visitor(portal)
    shown = await maria.ask(f"/inbox/{theirs.id}")

    assert shown.status == 404
    assert (await press(maria, id=str(theirs.id)))[0] == 404
    assert (await press(maria, id="nothing"))[0] == 404
    assert await portal.stores.state_of(theirs) == "waiting"


async def test_an_account_of_nobody_has_no_inbox(portal: Portal) -> None:
    nobody = await visitor(portal, None)
    page, console = await nobody.ask("/inbox"), await nobody.ask("/messages")

    assert "todavía no dice quién es usted" in page.text
    assert console.status == 200
    assert "Mi bandeja" not in console.text


async def test_a_form_of_another_session_marks_nothing(portal: Portal) -> None:
    sent = await portal.receives()
    maria = await visitor(portal)
    answer = await maria.ask("/inbox", "POST", form={"csrf": "of somebody else", "id": str(sent.id)})

    assert answer.status == 403
    assert await portal.stores.state_of(sent) == "waiting"


async def test_an_escalation_is_taken_on_from_the_inbox(portal: Portal) -> None:
    sent = await portal.receives(name="pqrs.escalated")
    running = clock(level=2, state=ClockState.BREACHED)
    escalation = Escalation(message_id=sent.id, person=MARIA, level=2, clock=running)
    portal.escalations.received[sent.id] = EscalationStatus(
        escalation=escalation, is_held=True, taken=None, taker=""
    )
    maria = await visitor(portal)
    shown = await maria.ask(f"/inbox/{sent.id}")
    status, text = await press(maria, id=str(sent.id), action="take")
    [taken] = portal.publisher.events

    assert "Tomar el caso" in shown.text
    assert (status, "Queda registrado" in text) == (200, True)
    assert (taken.name, taken.data["by"], taken.data["level"]) == ("sla.acknowledged", MARIA, 2)
    assert [(note.who, note.action) for note in portal.audit.rows[-1:]] == [
        ("account:maria", "clock.acknowledge")
    ]


@pytest.mark.parametrize(("place", "linked"), [(EVERYWHERE, True), ("ph-of-others", False)])
async def test_an_entry_links_to_its_case_if_the_person_may_read_it(
    portal: Portal, place: str, linked: bool
) -> None:
    sent = await portal.receives()
    maria = await visitor(portal, grant=Grant(office=Office.OPERATOR, copropiedad_id=place))
    shown = await maria.ask(f"/inbox/{sent.id}")
    case = await maria.ask("/cases/pqrs_id%3APQ-1", headers={"Accept": "text/html"})

    assert linked == ('<a href="/cases/pqrs_id%3APQ-1">Ver el caso completo</a>' in shown.text)
    assert linked == (200 == case.status)


async def test_who_an_account_is_is_said_by_an_administrator_of_the_company(portal: Portal) -> None:
    await give_account(portal, "luz", Grant(office=Office.OPERATOR, copropiedad_id="ph-1"))
    admin = operator(None, who="ana", accounts=portal.accounts, audit=portal.audit)
    local = replace(admin, reach=dict.fromkeys(Scope, frozenset({"ph-1"})))
    blind = replace(admin, reach=reach_of((Grant(office=Office.ADMINISTRATOR),)))

    assert (await set_person(admin, "luz", PersonBody(person=MARIA))).person == MARIA
    assert (await set_person(admin, "luz", PersonBody(person=None))).person is None
    with pytest.raises(InvalidAccount, match="no person"):
        await set_person(admin, "luz", PersonBody(person="p-nobody"))
    with pytest.raises(BeyondOwnRights, match="whole company"):
        await set_person(local, "luz", PersonBody(person=MARIA))
    with pytest.raises(BeyondOwnRights, match="whole"):
        await set_person(blind, "luz", PersonBody(person=MARIA))


async def test_the_database_knows_who_an_account_is(portal: Portal) -> None:
    account = await give_account(portal, "luz", OPERATOR)
    stored = portal.stores.accounts
    await stored.add(account)

    assert await stored.set_person(account.id, MARIA)
    assert not await stored.set_person(account.id, "p-nobody")
    found = await stored.named("luz")
    assert found is not None
    assert found.person == MARIA


async def test_own_pages_have_the_frame_of_the_console_for_who_may_read(portal: Portal) -> None:
    maria = await visitor(portal)
    shown = [await maria.ask(path) for path in ("/account", "/inbox")]

    assert all('<nav id="sections"' in page.text and 'href="/messages"' in page.text for page in shown)


async def test_own_pages_have_no_frame_for_who_may_see_no_section(portal: Portal) -> None:
    nobody = await give_account(portal, "nadie")
    assert await portal.accounts.set_person(nobody.id, MARIA)
    await portal.receives()
    visiting = Visitor(portal.client)
    await visiting.sign_in("nadie")
    shown = [await visiting.ask(path) for path in ("/account", "/inbox")]

    assert [page.status for page in shown] == [200, 200]
    assert not any("/static/" in page.text or 'href="/messages"' in page.text for page in shown)
    assert "Aviso 0" in shown[1].text


async def test_open_page_of_the_inbox_hears_of_what_comes_for_its_person_alone(portal: Portal) -> None:
    maria = await visitor(portal)
    headers = {hdrs.COOKIE: f"{maria.cookie}={maria.value}"}
    async with portal.client.get("/inbox/changes", headers=headers) as stream:
        await portal.receives(PEDRO)
        await portal.receives()
        async with asyncio.timeout(10):
            while (line := await stream.content.readline()) != b"data: inbox\n":
                assert line

    assert (stream.status, await portal.inbox.unread(MARIA)) == (200, 1)


NARROW = 320


async def test_the_inbox_is_read_and_a_case_taken_without_a_script(browser: Browser, database: str) -> None:
    async with open_portal(database) as portal:
        portal.directory.tables.directory.apply(person(MARIA))
        account = await give_account(portal, "maria", OPERATOR)
        await portal.accounts.set_person(account.id, MARIA)
        await portal.receives()
        sent = await portal.receives(minutes=1, name="pqrs.escalated")
        escalation = Escalation(message_id=sent.id, person=MARIA, level=2, clock=clock(level=2))
        portal.escalations.received[sent.id] = EscalationStatus(
            escalation=escalation, is_held=True, taken=None, taker=""
        )
        url = str(portal.client.make_url("/"))
        await enter(browser, portal.client, "maria")
        await browser.go(f"{url}messages")
        badge = await browser.until("document.querySelector('.count')?.innerText")
        await photo(browser, "inbox-console")
        await browser.go("about:blank")
        await browser.until("location.href === 'about:blank'")
        browser.complaints.clear()  # of the form, which answers 401, and of the console's script
        await browser.stop_scripts()
        await browser.go(f"{url}inbox", width=NARROW)
        listed = await browser.until("document.querySelectorAll('.entries li').length")
        await photo(browser, "inbox-list")
        wide = await browser.run("document.documentElement.scrollWidth")
        await browser.run("document.querySelector('.entries button').form.submit()")
        opened = await browser.until("document.querySelector('[value=take]') && document.body.innerText")
        await photo(browser, "inbox-item")
        await browser.run("document.querySelector('[value=take]').form.submit()")
        taken = await browser.until("document.querySelector('[role=status]')?.innerText")

    assert browser.complaints == []
    assert badge.startswith("2")
    assert (listed, wide) == (2, NARROW)
    assert "Tomar el caso" in opened
    assert taken == "Queda registrado que usted tomó el caso."
    assert [event.name for event in portal.publisher.events] == ["sla.acknowledged"]
