"""An answer that comes back is none: its legal term runs on, is reported, and ends with the letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_letters import answer, letters, messages, one_letter
from tests.acceptance.test_mail_in import DOMAIN, FAILED, bring, mails
from tests.providers.smtp_conversation import Habits

ROSA = {"name": "Vecina Rosa", "email": "rosa@example.co"}


@pytest.fixture
def port(house: House) -> int:
    """Where the house takes mail in; its provider offers reports."""
    port = free_port()
    house.smtp.habits = Habits(dsn=True)
    house.settings |= {
        "HUB_MAIL": f"127.0.0.1:{port}",
        "HUB_MAIL_DOMAIN": DOMAIN,
        "HUB_SECRET": "a secret of this test",
    }
    return port


async def legal_term(house: House) -> dict[str, Any]:
    running = json.loads(await house.command("clocks", "--json"))["items"]
    ended = json.loads(await house.command("clocks", "--json", "--state", "met"))["items"]
    return next(
        (clock for clock in [*running, *ended] if clock["name"] == "legal_term"), {"state": "unknown"}
    )


def term_is(house: House, state: str) -> Callable[[], Coroutine[Any, Any, bool]]:
    async def look() -> bool:
        return bool((await legal_term(house))["state"] == state)

    return look


async def test_an_answer_that_bounces_runs_on_until_its_letter_is_handed_over(
    house: House, port: int
) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(7, petitioner=ROSA))
        await until(lambda: len(mails(house.smtp)) == 1, "the receipt")
        first = await legal_term(house)
        await publisher.publish("pqrs.responded", answer(ROSA))
        await until(lambda: len(mails(house.smtp)) == 2, "the answer")
        await until(term_is(house, "met"), "the end of the term")
        none_yet = await letters(house)
        await bring(port, "", mails(house.smtp)[1].sender, FAILED)
        letter = await one_letter(house)
        await until(term_is(house, "at_risk"), "the term to run on")
        again = await legal_term(house)
        events = [
            row["event"] for row in await messages(house, "--person", "p-nivel-1", "--channel", "inbox")
        ]
        await house.command("letters", "done", letter["id"])
        await until(term_is(house, "met"), "the end of the term by the letter")
        last = await legal_term(house)

    assert [] == none_yet
    assert (first["id"], first["due_at"]) == (again["id"], again["due_at"]) == (last["id"], last["due_at"])
    assert {"notification.undelivered", "sla.at_risk"} <= set(events)
