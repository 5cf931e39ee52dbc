"""Former contacts: a person learns of a change at the old address; nobody sets the true publisher aside."""

import json
from typing import Any, Final

import asyncpg

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.publisher_queue import reply
from tests.providers.smtp_conversation import Mail

OLD: Final = "maria@example.co"
NEW: Final = "maria.nueva@correo.example"
MALLORY: Final = "mallory@evil.example"
LATEST: Final = "maria.2026@correo.example"


async def person(publishing: Publisher, version: int, email: str) -> str:
    points = [{"id": "correo", "kind": "email", "value": email}]
    data = {"person_id": "p-maria", "version": version, "names": "María Peña", "contact_points": points}
    return await publishing.publish("directory.person.upserted", data, source="urn:coproservicios:crm")


def mails(house: House, recipient: str) -> list[Mail]:
    return [mail for mail in house.smtp.mails if mail.recipient == recipient]


async def first_mail(house: House, recipient: str) -> str:
    """Wait for a mail to this address; return its subject and text."""
    await until(lambda: bool(mails(house, recipient)), f"a mail to {recipient}")
    message = mails(house, recipient)[0].message
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{' '.join(body.get_content().split())}"


async def in_force(house: House, version: int) -> None:
    async def has_come() -> bool:
        rows = await connection.fetch("SELECT version FROM person WHERE id = 'p-maria'")
        return [version] == [row["version"] for row in rows]

    connection = await asyncpg.connect(house.database_url)
    try:
        await until(has_come, f"version {version}")
    finally:
        await connection.close()


async def test_change_of_address_is_told_to_the_old_one_and_a_forged_jump_changes_nothing(
    house: House,
) -> None:
    async with house.running() as publishing:
        await directory.publish_all(publishing)
        await person(publishing, 1, OLD)
        await in_force(house, 1)
        await person(publishing, 2, NEW)
        told = await first_mail(house, OLD)

        await person(publishing, 20260309081500, MALLORY)
        letters: list[dict[str, Any]] = []

        async def is_refused() -> bool:
            listed = await house.command("dead", "list", "--event", "directory.person.upserted", "--json")
            letters[:] = json.loads(listed)["items"]
            return bool(letters)

        await until(is_refused, "the dead letter")
        await person(publishing, 3, LATEST)
        await first_mail(house, NEW)
        await publishing.publish("pqrs.replied", reply("maria", petitioner={"ref": "p-maria"}))
        await first_mail(house, LATEST)

    assert "Cambió su correo de contacto" in told
    assert "Hola, María:" in told
    assert "m***@c***.example" in told
    assert "El sistema «crm» de la administración" in told
    assert "Si no fue usted" in told
    assert NEW not in told
    [letter] = letters
    assert letter["reason"].startswith("data.version: expected at most 1000002")
    assert [] == mails(house, MALLORY)
    assert 1 == len(mails(house, OLD))
    log = (house.folder / "hub.log").read_text()
    assert not any(address in log for address in (OLD, NEW, LATEST, MALLORY))


async def test_change_that_intake_stored_before_the_hub_died_is_told_once(house: House) -> None:
    intake = house.hub("intake")
    await intake.start()
    async with house.running("web") as publishing:
        for version, address in ((1, OLD), (2, NEW)):
            await person(publishing, version, address)
            await in_force(house, version)
        await intake.kill()
    assert [] == mails(house, OLD)

    async with house.running() as publishing:
        await first_mail(house, OLD)
        await publishing.publish("pqrs.replied", reply("maria", petitioner={"ref": "p-maria"}))
        await first_mail(house, NEW)

    assert 1 == len(mails(house, OLD))
