"""One event for the whole directory: each is notified once, and staff in its own words."""

import json
from collections import Counter
from typing import Any, Final

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.working_hours import at_work

POLICY: Final = {
    "policy_id": "mascotas",
    "title": "Política de mascotas",
    "version": "2",
    "summary": "Las mascotas van con correa en todas las zonas comunes.",
    "document_ref": "Acta 12",
    "effective_on": "2026-12-01",
}
STAFF: Final = [f"p-nivel-{level}" for level in (1, 2, 3, 4)]
NOTIFIED: Final = ["p-ana", *STAFF, "p-otra"]


async def test_a_new_policy_reaches_everyone_once_and_staff_in_its_own_words(house: House) -> None:
    house.policy(at_work())
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _more(publisher)
        # The directory travels in the normal lane and the policy in bulk.
        await until(lambda: _known(house), "the directory to be taken in")
        event_id = await publisher.publish("policy.updated", POLICY)
        await until(lambda: len(house.smtp.mails) >= len(NOTIFIED), "a mail to each")
        await until(lambda: _all_ended(house, event_id), "everybody to be notified")
        items = await _items(house, event_id)

    # Over two channels: nobody twice, not even a person who works and owns here, or owns in two
    # copropiedades.
    assert {(ref, channel): 1 for ref in NOTIFIED for channel in ("email", "inbox")} == Counter(
        (item["person"], item["channel"]) for item in items
    )
    assert {"internal": STAFF, "service": ["p-ana", "p-otra"]} == {
        purpose: sorted({item["person"] for item in items if item["purpose"] == purpose})
        for purpose in ("internal", "service")
    }
    subjects = {mail.recipient: str(mail.message["Subject"]) for mail in house.smtp.mails}
    assert sorted(["ana@example.co", "otra@example.co", *(f"nivel{n}@example.co" for n in (1, 2, 3, 4))]) == (
        sorted(mail.recipient for mail in house.smtp.mails)
    )
    assert subjects["ana@example.co"].startswith("Política de mascotas: cambia desde")
    assert subjects["nivel1@example.co"].startswith("Para aplicar desde")


async def _more(publisher: Publisher) -> None:
    """Somebody of another building who owns here too, staff that owns, and somebody who belongs nowhere."""
    await publisher.publish(
        "directory.unit.upserted",
        {"unit_id": "u-900", "version": 1, "copropiedad_id": "ph-otra", "label": "Casa 900"},
    )
    for ref in ("p-otra", "p-nadie"):
        points = [{"id": f"{ref}-email", "kind": "email", "value": f"{ref.removeprefix('p-')}@example.co"}]
        await publisher.publish(
            "directory.person.upserted",
            {"person_id": ref, "version": 1, "names": "Otra Persona", "contact_points": points},
        )
    for person, unit in (("p-otra", "u-900"), ("p-otra", "u-101"), ("p-nivel-1", "u-900")):
        await publisher.publish(
            "directory.membership.upserted",
            {
                "membership_id": f"m-{person}-{unit}",
                "version": 1,
                "person_id": person,
                "scope": f"unit:{unit}",
                "role": "owner",
            },
        )


async def _known(house: House) -> bool:
    listed = json.loads(await house.command("people", "who", "owner", "--unit", "u-900", "--json"))
    return len(listed["items"]) == 2


async def _all_ended(house: House, event_id: str) -> bool:
    items = await _items(house, event_id)
    return len(items) >= 2 * len(NOTIFIED) and all(item["state"] in {"sent", "waiting"} for item in items)


async def _items(house: House, event_id: str) -> list[dict[str, Any]]:
    listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))
    items: list[dict[str, Any]] = listed["items"]
    return items
