"""Somebody comes to the counter and leaves only a name: the receipt lies among the letters at once."""

import json
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until


async def test_who_leaves_only_a_name_gets_a_receipt_on_paper(house: House) -> None:
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        event_id = await publisher.publish(
            "support.counter.received",
            {
                "counter_id": "ATN-2026-0048",
                "kind": "presencial",
                "service_area": "administracion",
                "received_by": "p-nivel-1",
                "thread_id": "atn-2026-0048",
                "subject": "Pide que revisen la filtración del parqueadero 14.",
                "visitor": {"name": "Rosalba Cárdenas"},
                "copropiedad_id": directory.BUILDING,
            },
        )
        found: list[dict[str, Any]] = []

        async def listed() -> bool:
            found[:] = json.loads(await house.command("letters", "list", "--open", "--json"))["items"]
            return bool(found)

        await until(listed, "the receipt")
        shown = json.loads(await house.command("letters", "show", found[0]["id"], "--json"))
        await house.command("letters", "done", found[0]["id"])
        sent = json.loads(await house.command("deliveries", "--event-id", event_id, "--json"))["items"]

    assert ("Rosalba Cárdenas", "Registramos su visita") == (shown["name"], shown["subject"])
    for words in (
        "Su visita",
        "ATN-2026-0048",
        "parqueadero 14",
        "a más tardar el",
        "Dónde preguntar",
        "(601)",
    ):
        assert words.lower() in shown["text"].lower()
    assert [("print", "delivered")] == [(row["channel"], row["state"]) for row in sent]
