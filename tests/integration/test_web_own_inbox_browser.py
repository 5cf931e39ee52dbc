"""The page "Mi bandeja" in a real browser: without scripts, on a small screen."""

from __future__ import annotations

from hub.model import EVERYWHERE, Escalation, EscalationStatus, Grant, Office
from tests.contract.values import clock, person
from tests.integration.chromium import Browser
from tests.integration.portal import MARIA, open_portal
from tests.integration.test_web_browser_sign_in import enter, photo
from tests.integration.web_visitor import give_account

OPERATOR = Grant(office=Office.OPERATOR, copropiedad_id=EVERYWHERE)
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
