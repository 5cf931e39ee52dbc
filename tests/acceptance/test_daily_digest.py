"""The daily digest from outside: one mail for each person and day, however often the hub starts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.working_hours import at_work

AS_OF_MIDNIGHT = f"""
{at_work()}
[clocks_digest]
at = "00:00"
[clocks.first_reply]
target = "2s"
any_hour = true
ladder = ["2s", "1s", "1s", "20m"]
"""


async def test_who_answers_gets_one_digest_of_the_day_through_two_restarts(house: House) -> None:
    house.policy(AS_OF_MIDNIGHT)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1), time=yesterday.isoformat())
        await until(lambda: _subjects(house, 4) != [], "the escalation to level 4")
    async with house.running():
        await until(lambda: _digests(house) != [], "the digest")
    before = _times_published(house)
    async with house.running() as publisher:
        await until(lambda: _times_published(house) > before, "the digest to be made again")
        await publisher.publish("pqrs.received", directory.pqrs(2))
        await until(
            lambda: any(mail.recipient == "pedro2@example.co" for mail in house.smtp.mails),
            "what comes later",
        )
        stored = json.loads(await house.command("deliveries", "--event", "sla.digest", "--json"))["items"]

    assert 1 == len(stored)
    [subject] = _digests(house)
    # The legal term is far from its end.
    assert "1 vencido" in subject


def _subjects(house: House, level: int) -> list[str]:
    mails = (mail for mail in house.smtp.mails if mail.recipient == f"nivel{level}@example.co")
    return [str(mail.message["subject"]) for mail in mails]


def _digests(house: House) -> list[str]:
    return [subject for subject in _subjects(house, 4) if "sus plazos del" in subject]


def _times_published(house: House) -> int:
    lines: list[dict[str, Any]] = house.hub().lines()
    return sum(line.get("event") == "clocks.digested" for line in lines)
