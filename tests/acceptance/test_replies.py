"""Replies of people, as seen from outside."""

import json
import time
from typing import Any
from uuid import uuid4

from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.directory import pqrs, publish_all
from tests.acceptance.harness import Publisher, until
from tests.providers.document_server import JPEG
from tests.providers.whatsapp import Note, notice, text_item

PHONE = "+573005550103"
WRITER = PHONE.removeprefix("+")
ROSA = {"name": "Vecina Rosa", "phone": PHONE}


async def listed(house: House, *arguments: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(await house.command(*arguments, "--json"))["items"]
    return items


async def on_whatsapp(house: House) -> None:
    """Open WhatsApp's account for the house, with all of its texts approved."""
    port = free_port()
    house.settings |= {"HUB_HTTP": f"127.0.0.1:{port}", "HUB_WHATSAPP_URL": house.whatsapp.url}
    house.whatsapp.hook = f"http://127.0.0.1:{port}/hooks/whatsapp"
    house.whatsapp.approve(json.loads(await house.command("template", "whatsapp", "--json")))


async def petition(house: House, publisher: Publisher, number: int) -> None:
    """Have Rosa ask for something, and be notified by a text that it has come."""
    before = len(house.twilio.texts)
    await publisher.publish("pqrs.received", pqrs(number, petitioner=ROSA))
    await until(lambda: len(house.twilio.texts) > before, "the text about her petition")


async def write(house: House, text: str, **more: Any) -> int:
    """Let Rosa write something now; in whole seconds it would seem to come before what she answers."""
    item = {**text_item(WRITER, text), "id": f"wamid.{uuid4().hex}", "timestamp": str(int(time.time()) + 1)}
    item |= more
    return await house.whatsapp.call(notice(messages=[item]))


async def thanks(house: House, count: int) -> list[Note]:
    await until(lambda: len(house.whatsapp.notes) >= count, "the acknowledgement")
    return list(house.whatsapp.notes)


async def test_what_somebody_writes_reaches_the_desk_is_thanked_once_and_starts_a_clock(house: House) -> None:
    await on_whatsapp(house)
    async with house.running() as publisher:
        await publish_all(publisher)
        await petition(house, publisher, 7)
        opened = pqrs(7)
        await publisher.publish(
            "pqrs.replied",
            {"pqrs_id": opened["pqrs_id"], "radicado": opened["radicado"], "summary": "Sí.", "agent_id": "a"},
        )
        await thanks(house, 1)  # the answer itself

        house.whatsapp.media["77"] = JPEG
        photo = {"type": "image", "image": {"id": "77", "caption": "¿Hola?"}}
        assert [200] * 3 == [
            await write(house, "¿Y el acta?"),
            await write(house, "", **photo),
            await write(house, "¿Hay alguien?"),
        ]
        _, thank, *more = await thanks(house, 2)

        async def desk() -> list[dict[str, Any]]:
            found = await listed(house, "deliveries", "--event", "inbound.message.received")
            return [row for row in found if row["channel"] == "inbox" and row["state"] == "waiting"]

        async def all_there() -> bool:
            return len(await desk()) == 3

        await until(all_there, "the desk to have all three")
        people = {row["person"] for row in await desk()}
        replies = await listed(house, "replies", "list")
        clocks = [clock["case"] for clock in await listed(house, "clocks") if clock["name"] == "first_reply"]

        async def kept() -> bool:
            whole = [await house.command("replies", "show", row["id"], "--json") for row in replies]
            files = [file["kind"] for one in whole for file in json.loads(one)["files"]]
            return files == ["image/jpeg"]

        await until(kept, "the photo")

    assert ("573005550103", "inbound_message_received", []) == (thank.to, thank.template, more)
    assert {"p-nivel-1"} == people
    assert [("reply", f"pqrs_id:{opened['pqrs_id']}")] * 3 == [
        (reply["kind"], reply["case"]) for reply in replies
    ]
    assert [f"pqrs_id:{opened['pqrs_id']}"] == clocks
    assert not any("acta" in json.dumps(line) or PHONE[1:] in json.dumps(line) for line in lines(house))


async def test_the_word_baja_is_confirmed_and_what_is_owed_still_comes(house: House) -> None:
    await on_whatsapp(house)
    async with house.running() as publisher:
        await publish_all(publisher)
        await petition(house, publisher, 8)
        assert [200, 200] == [await write(house, text) for text in ("¡BAJA!", "baja")]
        (thank,) = await thanks(house, 1)
        await petition(house, publisher, 9)
        opted_out = await listed(house, "opt-outs", "list")
        desk = await listed(house, "deliveries", "--event", "inbound.message.received")
        await write(house, "Iniciar")
        await thanks(house, 2)
        given_back = await listed(house, "opt-outs", "list")

    assert "INICIAR" in thank.parameters["que_sigue"]
    assert {"commercial", "survey"} == {row["purpose"] for row in opted_out}
    assert ["whatsapp"] == [row["channel"] for row in desk]
    assert all(row["lifted_at"] for row in given_back)


def lines(house: House) -> list[str]:
    return (house.folder / "hub.log").read_text().splitlines()
