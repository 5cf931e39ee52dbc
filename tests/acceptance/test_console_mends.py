"""An event that an operator mends at the console reaches the person, with every server real."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.access import sessions
from hub.local.loopback import free_port
from hub.model import EVERYWHERE, Grant
from hub.storage import Database, PostgresAccounts, PostgresKeys, PostgresSecondFactors, PostgresSessions
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.integration.chromium import Browser
from tests.integration.console_hub import COOKIE, OFFICES
from tests.integration.identities import Registry
from tests.providers.smtp_conversation import Mail
from tests.providers.smtp_manners import first, replying

MAIN = "document.querySelector('main').innerText"


@dataclass(kw_only=True)
class Workplace:
    """The console of a running hub, before which an operator sits who may do everything."""

    browser: Browser
    url: str

    async def open(self, path: str) -> str:
        """Open a page; return its text."""
        await self.browser.go(self.url + path)
        await self.browser.until(
            f"location.href === {self.url + path!r} && document.readyState === 'complete'"
        )
        return await self.read()

    async def read(self) -> str:
        return str(await self.browser.until(MAIN))

    async def press(self, words: str) -> str:
        """Press the button or link with these words; return what the next page says."""
        found = (
            "[...document.querySelectorAll('main button, main a')]"
            f".find((one) => one.innerText.includes({json.dumps(words)}))"
        )
        await self.browser.until(f"Boolean({found})")
        await self.browser.run(f"window.before = true; {found}.click()")
        await self.browser.until("!window.before && document.readyState === 'complete'")
        return await self.read()

    async def open_until(self, path: str, says: str) -> str:
        """Open a page again and again until it says something; return all that it says."""

        async def is_there() -> bool:
            return says in await self.open(path)

        await until(is_there, f"{path} to say {says}")
        return await self.read()


@asynccontextmanager
async def staffed(house: House, browser: Browser) -> AsyncIterator[tuple[Publisher, Workplace]]:
    """Run the hub with its console, and let somebody have signed in there."""
    address = f"127.0.0.1:{free_port()}"
    house.settings["HUB_HTTP"] = address
    async with house.running() as publisher, Database(house.database_url) as database:
        await directory.publish_all(publisher)  # its exchange is bound: the hub has migrated, and listens
        registry = Registry(
            accounts=PostgresAccounts(database),
            keys=PostgresKeys(database),
            sessions=PostgresSessions(database),
            factors=PostgresSecondFactors(database),
        )
        ana = await registry.account(
            "Ana", *(Grant(office=one, copropiedad_id=EVERYWHERE) for one in OFFICES)
        )
        session, token = sessions.begin(ana.id, key="", now=datetime.now(UTC))
        await registry.sessions.open(session)
        place = Workplace(browser=browser, url=f"http://{address}")
        await browser.call("Network.setCookie", name=COOKIE, value=token, url=place.url, httpOnly=True)
        yield publisher, place


async def mail_to(house: House, address: str) -> Mail:
    """Wait for the mail to an address: staff gets mails of the same event."""

    def found() -> list[Mail]:
        return [mail for mail in house.smtp.mails if mail.recipient == address]

    await until(lambda: bool(found()), f"the mail to {address}")
    [mail] = found()
    return mail


async def test_refused_event_is_mended_taken_in_and_told(house: House, browser: Browser) -> None:
    async with staffed(house, browser) as (publisher, place):
        wrong = directory.pqrs(1, received_at="ayer por la tarde")
        event_id = await publisher.publish("pqrs.received", wrong, source="urn:coproservicios:crm")
        await place.open_until("/dead", "PQRS recibida")
        refused = await place.press("PQRS recibida")
        marked = await browser.run("document.querySelector('.payload mark').textContent")
        await browser.run(
            # As somebody in Bogotá writes it: five hours behind UTC.
            "document.querySelector('[name=\"data.received_at\"]').value ="
            " new Date(Date.now() - 5 * 3600e3).toISOString().slice(0, 16)"
        )
        asked = await place.press("Ver a quién le llega")
        mended = await place.press("Avisar a")
        mail = await mail_to(house, "pedro1@example.co")
        told = await place.open_until(f"/messages?event_id={event_id}", "Enviado")
        settled = await place.open("/dead?state=replayed")
        audit = await place.open("/audit")

    assert "Decía «ayer por la tarde»" in refused
    assert "quien el aviso nombra (1)" in asked
    assert "ayer por la tarde" in marked
    assert "Se publicó corregido." in mended
    assert "PQ-2026-000001" in mail.message["Subject"]
    assert "PQRS recibida" in told
    assert "Reintentado" in settled
    assert "Publicó corregido un aviso rechazado" in audit
    assert "Un rechazado" in audit
    assert browser.complaints == []


async def test_lost_mail_is_sent_again_from_its_page_and_arrives(house: House, browser: Browser) -> None:
    house.smtp.on("RCPT", first(1, replying("550 5.7.1 Refused by policy", about="pedro2@")))
    async with staffed(house, browser) as (publisher, place):
        event_id = await publisher.publish("pqrs.received", directory.pqrs(2))
        await place.open_until(f"/messages?event_id={event_id}&only=lost", "Fallido")
        lost = await place.press("Copia del acta")
        to_do = await browser.run("document.querySelector('.lead strong').innerText")
        attempts = await place.press("Intentos")
        asked = await place.press("Reenviar")
        sent_again = await place.press("Reenviar de todos modos")
        path = await browser.run("location.pathname")
        mail = await mail_to(house, "pedro2@example.co")
        after = await place.open_until(path, "Enviado")
        headers = await place.open(f"{path}?part=headers")
        evidence = await place.open(f"{path}?part=evidence")

    assert "550 5.7.1" in lost, "the provider's answer stands in the message's life"
    assert "Final" in lost
    assert "resuelta" in to_do
    assert "550 5.7.1" in attempts
    assert "smtp" in attempts
    assert "ya salió para la persona por otro medio" in asked, "a letter is on its way"
    assert "otra vez" in sent_again
    assert "550 5.7.1" in after
    assert mail.message["Message-ID"] in headers
    assert "SHA-256" in evidence
