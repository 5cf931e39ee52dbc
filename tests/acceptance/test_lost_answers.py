"""
An answer that comes back is none: its legal term runs on, is reported, and ends with the letter.

A report by mail only asks: anybody who has seen the answer can forge one.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.test_letters import answer, letters, messages, one_letter
from tests.acceptance.test_mail_in import FAILED, bring, mails
from tests.acceptance.working_hours import at_work
from tests.providers.smtp_conversation import Mail

ROSA = {"name": "Vecina Rosa", "email": "rosa@example.co"}


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


async def answered(house: House, publisher: Publisher) -> tuple[Mail, dict[str, Any]]:
    """Have Rosa's petition answered; return the answer and her legal term, which it has ended."""
    await directory.publish_all(publisher)
    await publisher.publish("pqrs.received", directory.pqrs(7, petitioner=ROSA))
    await until(lambda: len(mails(house.smtp)) == 1, "the receipt")
    await house.settled(await publisher.publish("pqrs.responded", answer(ROSA)))
    await until(term_is(house, "met"), "the end of the term")
    return mails(house.smtp)[1], await legal_term(house)


async def told(house: House) -> list[str]:
    """The events of which the service desk and the levels have heard."""
    return [row["event"] for person in ("p-nivel-1", "p-nivel-3") for row in await _inbox(house, person)]


async def _inbox(house: House, person: str) -> list[dict[str, Any]]:
    return await messages(house, "--person", person, "--channel", "inbox")


async def asked(house: House) -> str:
    """Wait for the question to staff; return the id of the message that it is about."""

    async def is_there() -> bool:
        return "notification.bounce_reported" in await told(house)

    await until(is_there, "the question")
    doubted = [row for row in await messages(house, "--channel", "email") if row["state"] == "sent"]
    (row,) = [row for row in doubted if (row["reason"] or "").startswith("reported_")]
    return str(row["id"])


async def test_an_answer_that_bounces_runs_on_until_its_letter_is_handed_over(
    house: House, port: int
) -> None:
    async with house.running() as publisher:
        mail, first = await answered(house, publisher)
        await bring(port, "", mail.sender, FAILED)
        message_id = await asked(house)
        undecided = (await legal_term(house))["state"], await letters(house)
        await house.command("bounces", "confirm", message_id)
        letter = await one_letter(house)
        await until(term_is(house, "at_risk"), "the term to run on")
        again, events = await legal_term(house), await told(house)
        await house.command("letters", "done", letter["id"])
        await until(term_is(house, "met"), "the end of the term by the letter")
        last = await legal_term(house)

    assert ("met", []) == undecided
    assert (first["id"], first["due_at"]) == (again["id"], again["due_at"]) == (last["id"], last["due_at"])
    assert {"notification.undelivered", "sla.at_risk"} <= set(events)


async def test_forged_bounce_of_an_answer_moves_no_term_and_calls_nobody(house: House, port: int) -> None:
    async with house.running() as publisher:
        mail, _ = await answered(house, publisher)
        await bring(port, "", mail.sender, FAILED.replace("rosa@example.co", "otra@example.co"))
        unfit = await told(house)
        await bring(port, "", mail.sender, FAILED)
        message_id = await asked(house)
        await house.command("bounces", "dismiss", message_id)
        await bring(port, "", mail.sender, FAILED)
        events, term, made = await told(house), await legal_term(house), await letters(house)
        suppressed = json.loads(await house.command("suppressions", "list", "--json"))["items"]

    assert "notification.bounce_reported" not in unfit
    assert ["notification.bounce_reported"] == [name for name in events if name.startswith("notification.")]
    assert ("met", [], []) == (term["state"], made, suppressed)
    assert not {"sla.at_risk", "pqrs.escalated"} & set(events)


async def test_a_reported_answer_that_nobody_vouches_for_in_time_counts_as_lost(
    house: House, port: int
) -> None:
    house.policy(f'{at_work()}[bounces]\nconfirm_within = "1s"\n')
    async with house.running() as publisher:
        mail, _ = await answered(house, publisher)
        await bring(port, "", mail.sender, FAILED)
        await one_letter(house)
        await until(term_is(house, "at_risk"), "the term to run on")
        events = await told(house)

    assert {"notification.bounce_reported", "notification.undelivered"} <= set(events)
