"""Out of hours only those are told who may be reached at any hour; the others find it in the app."""

from __future__ import annotations

import json
from typing import Any

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
        await directory.tell(publisher)
        await publisher.publish("directory.membership.upserted", direction)
        await until(lambda: _all_known(house), "the directory to be taken in")
        event_id = await publisher.publish("policy.updated", POLICY)
        await until(lambda: _settled(house, event_id), "everybody to be told or left alone")
        items = await _staff(house, event_id)

    states = {(item["person"], item["channel"]): (item["state"], item["reason"]) for item in items}
    held = {who for (who, _), said in states.items() if said == ("held", "working_hours")}
    assert {f"p-nivel-{level}" for level in (1, 2, 3)} == held
    assert {"delivered"} == {state for (_, channel), (state, _) in states.items() if channel == "inbox"}
    assert {"nivel4@example.co"} == {
        mail.recipient for mail in house.smtp.mails if mail.recipient.startswith("nivel")
    }


async def _all_known(house: House) -> bool:
    shown = json.loads(await house.command("people", "show", "p-nivel-4", "--json"))
    return any(membership["direction"] for membership in shown["memberships"])


async def _settled(house: House, event_id: str) -> bool:
    items = await _staff(house, event_id)
    return len(items) == 8 and all(item["state"] in {"sent", "delivered", "held"} for item in items)


async def _staff(house: House, event_id: str) -> list[dict[str, Any]]:
    listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
    return [item for item in listed["items"] if item["purpose"] == "internal"]
