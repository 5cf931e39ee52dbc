"""A digest from outside: two hubs, a restart, and one mail in the place of three."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.business_time.dates import ZONE
from hub.storage import Database
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import hub_process, until

CIRCULAR, DIGEST = "admin.circular.issued", "resident.digest.ready"
ANA = "ana@example.co"


def policy() -> str:
    """The digest of the day is some hours ahead, whenever the test is run."""
    ahead = datetime.now(UTC).astimezone(ZONE) + timedelta(hours=3)
    return f'[digest]\nat = "{ahead:%H:%M}"\n'


def circular(number: int) -> dict[str, Any]:
    return {
        "copropiedad_id": directory.BUILDING,
        "circular_id": f"c-{number}",
        "title": f"Noticia número {number}",
        "body_markdown": f"Texto de la **circular {number}**, completo.",
        "audience": "residents",
    }


async def test_three_notices_come_in_one_mail_and_alone_once_it_is_switched_off(house: House) -> None:
    house.policy(policy())
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await until(lambda: _knows(house, "p-ana"), "the directory to be taken in")
        await house.command("people", "preferences", "p-ana", "--set", "digest=daily")
        for number in (1, 2, 3):
            await publisher.publish(CIRCULAR, circular(number))
        await until(lambda: _fates(house, CIRCULAR, {("held", "digest"): 3}), "all three to wait")
    assert [] == _subjects(house)

    # Three hours pass: the waiting notices are due, and two hubs look for them at the same time.
    async with Database(house.database_url) as database:
        await database.rows(
            "UPDATE message SET next_at = now() + interval '59 minutes' WHERE reason = 'digest'"
        )
    async with house.running() as publisher, hub_process(house.hub("timers")):
        await until(lambda: _subjects(house) != [], "the digest")
        await until(lambda: _fates(house, CIRCULAR, {("held", "in_digest"): 3}), "all three to be in it")
        await publisher.publish(CIRCULAR, circular(4))
        await until(
            lambda: _fates(house, CIRCULAR, {("held", "in_digest"): 3, ("held", "digest"): 1}),
            "the fourth to wait for the next one",
        )
        await house.command("people", "preferences", "p-ana", "--set", "digest=none")
        await until(lambda: len(_subjects(house)) > 1, "the fourth by itself")
        stored = json.loads(await house.command("deliveries", "--event", DIGEST, "--json"))["items"]
        said = json.loads(
            await house.command("evidence", "show", next(one["id"] for one in stored), "--json")
        )

    assert ["email"] == [one["channel"] for one in stored]
    first, fourth = _subjects(house)
    assert "3 avisos" in first
    assert "Noticia número 4" in fourth
    text = json.dumps(said, ensure_ascii=False)
    for number in (1, 2, 3):
        assert f"Texto de la circular {number}, completo." in text


async def _knows(house: House, person: str) -> bool:
    async with Database(house.database_url) as database:
        return bool(await database.rows("SELECT FROM person WHERE id = $1", person))


async def _fates(house: House, event: str, wanted: dict[tuple[str, str], int]) -> bool:
    items = json.loads(await house.command("deliveries", "--event", event, "--json"))["items"]
    found: dict[tuple[str, str], int] = {}
    for item in items:
        if item["channel"] == "email" and item["state"] == "held":
            fate = item["state"], item["reason"]
            found[fate] = found.get(fate, 0) + 1
    return found == wanted


def _subjects(house: House) -> list[str]:
    return [str(mail.message["subject"]) for mail in house.smtp.mails if mail.recipient == ANA]
