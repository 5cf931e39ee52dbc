"""Out of hours only those are notified who may be reached at any hour; the others find it in the app."""

import json
from datetime import datetime, timedelta
from typing import Any

from hub.business_time.dates import ZONE
from hub.contact_rules.working_hours import DAYS
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_everyone import POLICY
from tests.acceptance.working_hours import off_work


async def test_out_of_hours_only_the_direction_is_written_to(house: House) -> None:
    house.policy(off_work())
    direction = {
        "membership_id": "m-direction",
        "version": 1,
        "person_id": "p-nivel-4",
        "scope": "company",
        "role": "staff",
        "duty": "management",
        "direction": True,
    }
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("directory.membership.upserted", direction)
        await until(lambda: _all_known(house), "the directory to be taken in")
        event_id = await publisher.publish("policy.updated", POLICY)
        await until(lambda: _settled(house, event_id), "everybody to be notified or left alone")
        items = await _staff(house, event_id)

    states = {(item["person"], item["channel"]): (item["state"], item["reason"]) for item in items}
    held = {who for (who, _), outcome in states.items() if outcome == ("held", "working_hours")}
    assert {f"p-nivel-{level}" for level in (1, 2, 3)} == held
    assert {"waiting"} == {state for (_, channel), (state, _) in states.items() if channel == "inbox"}
    assert {"nivel4@example.co"} == {
        mail.recipient for mail in house.smtp.mails if mail.recipient.startswith("nivel")
    }


async def test_whoever_has_hours_of_his_own_is_written_to_in_those(house: House) -> None:
    house.policy(off_work())
    opening = datetime.now(ZONE).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=3)
    always: dict[str, Any] = {day: [["00:00", "24:00"]] for day in DAYS}
    in_three_days = {DAYS[opening.weekday()]: [["06:00", "14:00"]]}
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        for level, hours in ((2, in_three_days), (3, always)):
            fields = {"membership_id": f"m-nivel-{level}", "person_id": f"p-nivel-{level}", "level": level}
            await publisher.publish(
                "directory.membership.upserted",
                {
                    **fields,
                    "version": 2,
                    "scope": "company",
                    "role": "staff",
                    "hours": {**hours, "holidays": True},
                },
            )
        await until(lambda: _has_hours(house, "p-nivel-3"), "the directory to be taken in")
        event_id = await publisher.publish("policy.updated", POLICY)
        await until(lambda: _settled(house, event_id), "everybody to be notified or left alone")
        mails = {row["person"]: row for row in await _staff(house, event_id) if row["channel"] == "email"}
        explained = await house.command("explain", event_id, "p-nivel-2")

    assert ("sent", "held", "held") == tuple(mails[f"p-nivel-{level}"]["state"] for level in (3, 2, 1))
    assert opening == datetime.fromisoformat(mails["p-nivel-2"]["next_at"])
    assert "a las 6:00 a. m. Fuera de la jornada de trabajo de la persona" in " ".join(explained.split())


async def _has_hours(house: House, ref: str) -> bool:
    return any(membership["hours"] for membership in await _memberships(house, ref))


async def _all_known(house: House) -> bool:
    return any(membership["direction"] for membership in await _memberships(house, "p-nivel-4"))


async def _memberships(house: House, ref: str) -> list[dict[str, Any]]:
    """Return somebody's memberships; none as long as the directory does not know the person."""
    try:
        shown = await house.command("people", "show", ref, "--json")
    except AssertionError as error:
        assert "There is no person with this id" in str(error)  # noqa: PT017 - any other refusal is a failure
        return []
    memberships: list[dict[str, Any]] = json.loads(shown)["memberships"]
    return memberships


async def _settled(house: House, event_id: str) -> bool:
    items = await _staff(house, event_id)
    return len(items) == 8 and all(item["state"] in {"sent", "waiting", "held"} for item in items)


async def _staff(house: House, event_id: str) -> list[dict[str, Any]]:
    listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
    return [item for item in listed["items"] if item["purpose"] == "internal"]
