"""A publisher takes an event back, seen from outside: over RabbitMQ, by the messages and by `hub explain`."""

import json
from typing import Any, Final

import pytest

from tests.acceptance import directory
from tests.acceptance.one_hub import home, running
from tests.acceptance.publisher_queue import Lasting

__all__ = ["home", "running"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE: Final = "urn:test:publisher"


def recall(of: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "id": of,
        "reason": "Se publicó con el valor del año pasado.",
        "correction_markdown": "El valor es otro.",
    }


ALL_CANCELLED: Final = "SELECT bool_and(state = 'cancelled') FROM message WHERE event_id = $1"


async def test_event_that_comes_after_its_recall_sends_nothing(home: Lasting) -> None:
    await directory.publish_all(home.publisher)
    await home.publish("notification.recall", recall("wrong"))
    await home.publish("pqrs.received", directory.pqrs(1), id="wrong")
    await home.publish("pqrs.received", directory.pqrs(2), id="right")
    await home.mail("pedro2@example.co")
    await home.house.comes_true(ALL_CANCELLED, "wrong", what="the recalled messages to be cancelled")
    shown = await home.messages_of("wrong")
    told = await home.house.command("explain", "wrong", shown[0]["person"])

    assert {("cancelled", "recalled")} == {(row["state"], row["reason"]) for row in shown}
    assert [] == home.mails("pedro1@example.co")
    assert "lo retiró" in told
    assert "el valor del año pasado" in told


async def test_recall_of_anothers_event_is_a_dead_letter_and_the_event_leaves(home: Lasting) -> None:
    await directory.publish_all(home.publisher)
    await home.publish("notification.recall", recall("theirs"), source="urn:test:another")
    await home.publish("pqrs.received", directory.pqrs(3), id="theirs")
    await home.mail("pedro3@example.co")
    dead = json.loads(await home.house.command("dead", "list", "--json"))["items"]

    assert ["data.source"] == [letter["field"] for letter in dead]
