"""Clocks, breaches and the ladder as seen from outside, with a policy of seconds."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from yarl import URL

from hub.access.keyring import KeyRing
from hub.local.loopback import free_port
from hub.model import Clock
from hub.settings import Secret
from hub.sla.ack_links import Links
from hub.storage import Database
from hub.storage.timers import PostgresTimers
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, fewest, until

A_LADDER_OF_SECONDS = """
[clocks.first_reply]
target = "2s"
any_hour = true
ladder = ["2s", "1s", "1s", "1s"]
"""


SECRET = "a-secret-that-nobody-guesses-and-long-enough"
HUB = "https://hub.example.co"
LEVEL_2, LEVEL_3 = "+573100000002", "+573100000003"

A_LADDER_OF_MINUTES = """
[clocks.first_reply]
target = "1s"
any_hour = true
ladder = ["1s", "10m", "20m", "30m"]
"""


async def test_an_unanswered_pqrs_escalates_to_all_four_levels_and_an_answer_ends_it(house: House) -> None:
    house.policy(A_LADDER_OF_SECONDS)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1))
        # A reminder to the top level is the last step of the ladder.
        await until(lambda: len(_to_level(house, 4)) == 2, "the reminder to level 4")
        breached = await _clock(house, "breached")
        mails = {level: len(_to_level(house, level)) for level in (1, 2, 3, 4)}
        await _answer(publisher, 1)
        await until(_off_the_boards(house), "the clock to leave the boards")
        ended = await _clocks_of(house, "--state", "breached")

    # 1→2 at the due instant, then 2→3, 3→4, and a reminder to 4. Level 1 is warned, and told of the breach.
    assert {1: 2, 2: 1, 3: 1, 4: 2} == mails
    assert 4 == breached["level"]
    # The petitioner: receipt, three escalations (a reminder is the company's own affair), the answer.
    assert 5 == len([mail for mail in house.smtp.mails if mail.recipient == "pedro1@example.co"])
    assert "redis" == ended.get("source", "redis")
    inbox = await _inbox(house, "p-nivel-1")
    assert 1 == inbox.count("sla.at_risk")
    assert 1 == inbox.count("sla.breached")


async def test_an_answer_in_time_means_that_nobody_is_called(house: House) -> None:
    house.policy(A_LADDER_OF_SECONDS.replace('"2s"', '"4s"'))
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: bool(house.smtp.mails), "the receipt")
        await _answer(publisher, 1)
        # The breach of a second case shows when the first one's time would have been over.
        await publisher.publish("pqrs.received", directory.pqrs(2))
        await until(lambda: bool(_to_level(house, 2)), "the escalation of the other case")
        met = await _clocks_of(house, "--state", "met")

    assert ["PQ-2026-000002"] == [_radicado(mail) for mail in _to_level(house, 2)]
    assert ["first_reply"] == [clock["name"] for clock in met["items"]]


async def test_the_legal_term_counts_business_days_and_runs_on_after_the_first_reply(house: House) -> None:
    async with house.running() as publisher:
        # Friday before the holiday Monday of 23 March 2026; the 15th business day is 15 April.
        await publisher.publish(
            "pqrs.received", directory.pqrs(1), time="2026-03-20T15:00:00-05:00", quiet=True
        )
        await publisher.publish("pqrs.replied", _reply(1), time="2026-03-20T16:00:00-05:00", quiet=True)

        async def known() -> bool:
            return bool((await _clocks_of(house, "--state", "met"))["items"])

        await until(known, "the reply to be taken in")
        legal = await _clock(house, "breached")
        first = await _clock(house, "met")

    assert ("legal_term", "2026-04-16T05:00:00Z") == (legal["name"], legal["due_at"])
    assert ("first_reply", "2026-03-26T17:00:00Z") == (first["name"], first["due_at"])


async def test_an_acknowledging_level_has_one_more_of_its_durations_and_only_once(house: House) -> None:
    house.policy(A_LADDER_OF_MINUTES)
    async with house.running() as publisher, Database(house.database_url) as database:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: bool(_to_level(house, 2)), "the escalation to level 2")
        before = await _first_reply(database)
        answers = [json.loads(await _acknowledge(house, before)) for _ in range(2)]

        async def taken() -> bool:
            return bool((await _first_reply(database)).course.acknowledged)

        await until(taken, "the acknowledgement to be taken in")
        once = await _first_reply(database)
        answers.append(json.loads(await _acknowledge(house, before)))

    later = [step.at for step in once.steps[once.fired :]]
    assert [step.at + timedelta(minutes=10) for step in before.steps[before.fired :]] == later
    assert [2, 2, 2] == [answer["level"] for answer in answers]
    assert [True, False] == [answers[0]["changed"], answers[2]["changed"]]
    assert [2] == [ack.level for ack in once.course.acknowledged]


async def test_a_level_answers_its_text_with_tomo_and_gets_a_confirmation(house: House) -> None:
    hub = f"http://127.0.0.1:{free_port()}"
    house.policy(A_LADDER_OF_MINUTES)
    house.settings |= {
        "HUB_HTTP": hub.removeprefix("http://"),
        "HUB_PUBLIC_URL": hub,
        "HUB_SMS_URL": f"{house.twilio.url}&two_way=true",
    }
    async with house.running() as publisher, Database(house.database_url) as database:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(fewest(house.twilio.texts, 1), "the text to level 2")
        before = await _first_reply(database)
        hook = f"{hub}/hooks/twilio/inbound"
        brought = [await house.twilio.bring(hook, LEVEL_2, "Tomo.")]

        async def taken() -> bool:
            return bool((await _first_reply(database)).course.acknowledged)

        await until(taken, "the text to be taken in")
        after = await _first_reply(database)
        await until(fewest(house.twilio.texts, 2), "the answer")
        asked, answered = house.twilio.texts[:2]
        clocks = (await _clocks_of(house))["items"]
        desk = await _inbox(house, "p-nivel-1")
        # Level 3 was not notified yet: its text is an ordinary text, which the desk reads.
        brought.append(await house.twilio.bring(hook, LEVEL_3, "TOMO"))
        kinds = [
            load["kind"] for load in json.loads(await house.command("replies", "list", "--json"))["items"]
        ]

    sentence = "usted queda a cargo del caso PQ-2026-000001. El siguiente nivel se entera mas tarde."
    assert [204, 204] == brought
    assert [LEVEL_2, LEVEL_2] == [asked.to, answered.to]
    assert ("responda TOMO" in asked.body, answered.body) == (True, f"Edificio Prueba: {sentence}")
    later = [step.at for step in after.steps[after.fired :]]
    assert [step.at + timedelta(minutes=10) for step in before.steps[before.fired :]] == later
    assert [(2, "p-nivel-2")] == [(ack.level, ack.by) for ack in after.course.acknowledged]
    assert ["reply", "take_on"] == kinds
    assert (["first_reply", "legal_term"], 0) == (
        sorted(clock["name"] for clock in clocks),
        desk.count("inbound.message.received"),
    )


async def test_vacant_level_is_skipped_and_the_next_gets_its_own_link(
    house: House,
) -> None:
    house.policy(A_LADDER_OF_SECONDS)
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB}
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("directory.membership.removed", {"membership_id": "m-nivel-2", "version": 2})
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: len(_to_level(house, 4)) == 2, "the reminder to level 4")

    mails = {level: len(_to_level(house, level)) for level in (2, 3, 4)}
    text = _to_level(house, 3)[0].message.get_body(("plain",)).get_content()
    link = link_in(text)
    links = Links(public_url=HUB, ring=KeyRing([Secret(SECRET)]))

    assert {2: 0, 3: 1, 4: 2} == mails
    assert "nadie ocupa el nivel 2" in " ".join(text.split())
    assert links.signs(link.query["sig"], link.name)


async def _acknowledge(house: House, clock: Clock) -> str:
    return await house.command("clocks", "acknowledge", str(clock.id), "--json")


async def _first_reply(database: Database) -> Clock:
    timers = PostgresTimers(database)
    clocks = await timers.clocks_by_id([clock.id for clock in await timers.live_clocks(None, 10)])
    return next(clock for clock in clocks if clock.name == "first_reply")


async def _answer(publisher: Publisher, number: int) -> None:
    await publisher.publish("pqrs.replied", _reply(number))


def _reply(number: int) -> dict[str, Any]:
    """The petitioner is not named again: the case knows him."""
    return {
        "pqrs_id": f"pqrs-{number}",
        "radicado": f"PQ-2026-{number:06}",
        "summary": "Ya revisamos su caso.",
        "agent_id": "agente-1",
    }


def link_in(text: str) -> URL:
    return URL(next(word for word in re.split(r"[\s<>()]+", text) if word.startswith(HUB)))


def _to_level(house: House, level: int) -> list[Any]:
    return [mail for mail in house.smtp.mails if mail.recipient == f"nivel{level}@example.co"]


def _radicado(mail: Any) -> str:
    subject = str(mail.message["Subject"])
    return next(word.strip(":.,") for word in subject.split() if word.startswith("PQ-"))


async def _clocks_of(house: House, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(await house.command("clocks", "--json", *arguments))
    return answer


async def _clock(house: House, state: str) -> dict[str, Any]:
    (clock,) = (await _clocks_of(house, "--state", state))["items"]
    found: dict[str, Any] = clock
    return found


def _off_the_boards(house: House) -> Any:
    async def gone() -> bool:
        return not (await _clocks_of(house, "--state", "breached"))["items"]

    return gone


async def _inbox(house: House, person: str) -> list[str]:
    listed = json.loads(await house.command("deliveries", "--json", "--person", person, "--channel", "inbox"))
    return [item["event"] for item in listed["items"]]
