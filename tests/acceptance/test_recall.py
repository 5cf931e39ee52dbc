"""A publisher takes an event back, seen from outside: over RabbitMQ, by the messages and by `hub explain`."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until

SOURCE: Final = "urn:test:publisher"


def recall(of: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "id": of,
        "reason": "Se publicó con el valor del año pasado.",
        "correction_markdown": "El valor es otro.",
    }


async def test_event_that_comes_after_its_recall_sends_nothing(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("notification.recall", recall("wrong"))
        await publisher.publish("pqrs.received", directory.pqrs(1), id="wrong")
        await publisher.publish("pqrs.received", directory.pqrs(2), id="right")
        await until(
            lambda: any(mail.recipient == "pedro2@example.co" for mail in house.smtp.mails), "the other mail"
        )
        shown: list[dict[str, Any]] = []

        async def cancelled() -> bool:
            shown[:] = json.loads(await house.command("deliveries", "--event-id", "wrong", "--json"))["items"]
            return bool(shown) and {"cancelled"} == {row["state"] for row in shown}

        await until(cancelled, "the recalled messages to be cancelled")
        told = await house.command("explain", "wrong", shown[0]["person"])

    assert {"recalled"} == {row["reason"] for row in shown}
    assert [] == [mail for mail in house.smtp.mails if mail.recipient == "pedro1@example.co"]
    assert "lo retiró" in told
    assert "el valor del año pasado" in told


async def test_recall_of_anothers_event_is_a_dead_letter_and_the_event_leaves(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("notification.recall", recall("theirs"), source="urn:test:another")
        await publisher.publish("pqrs.received", directory.pqrs(1), id="theirs")
        await until(
            lambda: any(mail.recipient == "pedro1@example.co" for mail in house.smtp.mails), "the mail"
        )
        dead = json.loads(await house.command("dead", "list", "--json"))["items"]

    assert ["data.source"] == [letter["field"] for letter in dead]
