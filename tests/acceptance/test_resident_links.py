"""The link to a message's page, as its provider got it: opened, it shows that message."""

import json
import re
from typing import Any, Final

import aiohttp

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import reply

HUB: Final = "https://hub.example.co"
KEY: Final = "a-key-that-nobody-guesses-and-long-enough"
TOKEN: Final = r"/mi/[\w-]{43}"
LIVES_THERE: Final = "SELECT EXISTS (SELECT FROM membership WHERE person_id = $1)"
RECORDED: Final = "SELECT NOT EXISTS (SELECT FROM message WHERE state IN ('queued', 'sending'))"
"""A provider has a message a moment before the hub records that it was sent, and then the page says so."""
PROVEN: Final = "Es el mismo texto que le enviamos."


def served(house: House, policy: str = "") -> aiohttp.ClientSession:
    """Let the house have signed links; return a browser that reaches it as a proxy would."""
    address = f"127.0.0.1:{free_port()}"
    house.policy(policy)
    house.settings |= {
        "HUB_HTTP": address,
        "HUB_PUBLIC_URL": HUB,
        "HUB_API_KEY": KEY,
        "HUB_SECRET": "a-secret-that-nobody-guesses-and-long-enough",
    }
    return aiohttp.ClientSession(f"http://{address}")


async def page(client: aiohttp.ClientSession, link: str) -> str:
    async with client.get(link.removeprefix(HUB)) as answer:
        assert 200 == answer.status
        return await answer.text()


def says_nothing_of(house: House, link: str) -> bool:
    """Return whether the hub's log is without the link: a reader of the log could open the page."""
    return link.rpartition("/")[2] not in (house.folder / "hub.log").read_text()


async def test_texts_lead_to_their_pages_and_who_has_only_a_telephone_reads_all_of_a_circular_there(
    house: House,
) -> None:
    petitioner = {"name": "Pedro Gómez", "phone": "300 555 1234"}
    circular = {
        "circular_id": "c-9",
        "copropiedad_id": directory.BUILDING,
        "audience": "residents",
        "title": "Cierre de la piscina",
        "body_markdown": "La piscina cierra **el lunes**, por mantenimiento.",
    }
    async with served(house, '[residents]\nsms = "always"\n') as client, house.running() as publisher:
        await directory.publish_all(publisher)
        await directory.resident(publisher, "p-rosa", "Rosa Díaz", phone="300 555 0177")
        await publisher.publish("pqrs.received", directory.pqrs(1, petitioner=petitioner))
        # A circular has a lane of its own, and would be planned before who lives there is known.
        await house.comes_true(LIVES_THERE, "p-rosa", what="the resident")
        await publisher.publish("admin.circular.issued", circular)
        await until(lambda: len(house.twilio.texts) == 2, "the texts")
        await house.comes_true(RECORDED, what="the record of what was sent")
        bodies = {sent.to: sent.body for sent in house.twilio.texts}
        links = {to: re.findall(rf" Ver: ({HUB}{TOKEN})\Z", body)[0] for to, body in bodies.items()}
        text, whole = [await page(client, links[to]) for to in ("+573005551234", "+573005550177")]
        is_quiet = all(says_nothing_of(house, link) for link in links.values())

    assert PROVEN in text
    assert "recibimos su peticion" in text
    assert "Ver:" not in text
    assert "Edificio Prueba: Cierre de la piscina. Ver: " in bodies["+573005550177"]
    assert "La piscina cierra el lunes, por mantenimiento." in whole
    assert is_quiet


async def test_button_of_whatsapp_opens_the_page_of_its_message(house: House) -> None:
    async with served(house, '[residents]\nwhatsapp = ["pqrs_replied"]\n') as client:
        house.settings["HUB_WHATSAPP_URL"] = house.whatsapp.url
        house.whatsapp.approve(
            json.loads(await house.command("template", "whatsapp", "pqrs.replied", "--button", "--json"))
        )
        petitioner = {"name": "Vecina Rosa", "phone": "300 555 0102"}
        async with house.running() as publisher:
            await publisher.publish("pqrs.replied", reply("rosa", petitioner=petitioner))
            await until(lambda: bool(house.whatsapp.notes), "the message over WhatsApp")
            await house.comes_true(RECORDED, what="the record of what was sent")
            [note] = house.whatsapp.notes
            text = await page(client, note.opens)
            is_quiet = says_nothing_of(house, note.opens)

    assert {"pqrs_replied"} == set(house.whatsapp.buttons)
    assert re.fullmatch(rf"{HUB}{TOKEN}", note.opens)
    assert PROVEN in text
    assert "Ver este mensaje" not in text
    assert is_quiet


async def test_push_and_inbox_bring_the_app_the_page_of_their_message(house: House) -> None:
    async with served(house) as client, house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("admin.payment.received", directory.PAYMENT)
        await until(lambda: bool(house.fcm.pushes), "the push")
        await house.comes_true(RECORDED, what="the record of what was sent")
        pushed = house.fcm.pushes[0]["data"]["own_page"]
        entries: list[dict[str, Any]] = []

        async def has_come() -> bool:
            entries[:] = await inbox(client)
            return bool(entries)

        await until(has_come, "the entry of the inbox")
        stored = entries[0]["own_page"]
        pages = [await page(client, link) for link in (pushed, stored)]
        is_quiet = all(says_nothing_of(house, link) for link in (pushed, stored))

    assert pushed != stored
    assert re.fullmatch(rf"{HUB}{TOKEN}", pushed)
    assert [True, True] == [PROVEN in text and "385.000" in text for text in pages]
    assert is_quiet


async def inbox(client: aiohttp.ClientSession) -> list[dict[str, Any]]:
    """Return the entries of Ana, as her portal gets them."""
    portal = {"Authorization": f"Bearer {KEY}"}
    async with client.post("/api/inbox/tokens", json={"person": "p-ana"}, headers=portal) as answer:
        token = (await answer.json())["token"]
    async with client.get("/api/inbox", headers={"Authorization": f"Bearer {token}"}) as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items
