"""The inbox as seen from outside: an unread entry goes on to the next channel, one that is read does not."""

import json
from typing import Any, Final

import aiohttp

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.working_hours import at_work

KEY: Final = "a key that nobody guesses, long enough"
IMPATIENT: Final = '\n[patience]\ninternal = "5s"\n'
DESK: Final = "p-nivel-1"
EMERGENCY: Final = {
    "emergency_id": "eme-1",
    "copropiedad_id": directory.BUILDING,
    "kind": "fuga de gas",
    "severity": "alta",
    "scope": "Torre 1",
    "instruction": "Salga por la escalera.",
    "contact": "601 555 0199",
    "drill": False,
}


async def listed(house: House, *arguments: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(await house.command("deliveries", "--json", *arguments))["items"]
    return items


async def holds(house: House, ref: str, *role: str) -> bool:
    return ref in await house.command("people", "who", *role, "--json")


async def test_a_desk_that_reads_its_inbox_gets_no_mail_of_it(house: House) -> None:
    port = free_port()
    house.policy(at_work() + IMPATIENT)
    house.settings |= {
        "HUB_HTTP": f"127.0.0.1:{port}",
        "HUB_API_KEY": KEY,
        "HUB_SECRET": "a secret of this test that is long enough",
    }
    async with house.running() as publisher, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        await directory.publish_all(publisher)
        await until(lambda: holds(house, DESK, "staff"), "the directory to be taken in")
        read, unread = [await publisher.publish("pqrs.received", directory.pqrs(number)) for number in (1, 2)]
        token = await portal_token(session)
        await until(lambda: is_read(session, token, "PQ-2026-000001"), "the first petition in the inbox")
        await until(lambda: bool(about(house, "PQ-2026-000002")), "the mail of what nobody has read")
        states = {
            (event_id, row["channel"]): row["state"]
            for event_id in (read, unread)
            for row in await listed(house, "--event-id", event_id, "--person", DESK)
        }

    assert states == {(read, "inbox"): "read", (unread, "inbox"): "waiting", (unread, "email"): "sent"}
    assert about(house, "PQ-2026-000001") == []


async def test_an_emergency_in_an_inbox_alone_has_notified_nobody(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("directory.person.upserted", silent())
        await publisher.publish(
            "directory.membership.upserted",
            {
                "membership_id": "m-silent",
                "version": 1,
                "person_id": "p-silent",
                "scope": "unit:u-101",
                "role": "resident",
            },
        )
        await until(lambda: holds(house, "p-silent", "resident", "--unit", "u-101"), "the resident")
        event_id = await publisher.publish("emergency.declared", EMERGENCY)
        await house.settled(event_id)
        [lying] = await listed(house, "--event-id", event_id, "--person", "p-silent")
        explained = await house.command("explain", event_id, "p-silent")

    assert (lying["channel"], lying["state"]) == ("inbox", "waiting")
    assert "todavía no la ha leído" in " ".join(explained.split())
    assert "Sí, fue avisada" not in explained


def silent() -> dict[str, Any]:
    """Make a resident whom no channel reaches."""
    name = {"names": "Sin Contacto", "locale": "es", "digital_access": True}
    return {"person_id": "p-silent", "version": 1, "contact_points": [], **name}


async def portal_token(session: aiohttp.ClientSession) -> str:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with session.post("/api/inbox/tokens", json={"person": DESK}, headers=headers) as answer:
        token: str = (await answer.json())["token"]
        return token


async def is_read(session: aiohttp.ClientSession, token: str, radicado: str) -> bool:
    """Read the entry about this petition, once it is there."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.get("/api/inbox", headers=headers) as answer:
        items = (await answer.json())["items"]
    found = [item for item in items if radicado in item["subject"] + item["text"]]
    for item in found:
        async with session.post(f"/api/inbox/{item['id']}/read", headers=headers) as answer:
            assert answer.status == 200
    return bool(found)


def about(house: House, radicado: str) -> list[str]:
    """The mails to the desk about this petition."""
    return [
        mail.recipient
        for mail in house.smtp.mails
        if mail.recipient == "nivel1@example.co" and radicado in str(mail.message["Subject"])
    ]
