"""Names that nobody knows make no series of their own: a publisher cannot fill Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import aiohttp

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, event, until

KEY: Final = "a key that nobody guesses, long enough"
MANY: Final = 50
FEW: Final = 10
"""Series that may come because something happens for the first time."""


async def publish(publisher: Publisher, numbers: Iterable[int]) -> None:
    """Publish what nobody knows: events, sources, buildings, people; each under names of its own."""
    for number in numbers:
        name = f"nosuch.event{number}.happened"
        unknown = event(name, {"nosuch": number}, source=f"urn:nosuch:{number}")
        await publisher.publish_bytes(json.dumps(unknown).encode(), name)
        place = {"copropiedad_id": f"nosuch-{number}", "unit_id": f"nosuch-unit-{number}"}
        source = f"urn:nosuch:system-{number}"
        await publisher.publish("pqrs.received", directory.pqrs(number, **place), source=source)


def series(metrics: str) -> set[str]:
    """Return the series of an exposition: names with labels, without values."""
    lines = (line for line in metrics.splitlines() if line.startswith("hub_"))
    return {line.rpartition(" ")[0] for line in lines if "_created" not in line}


async def test_unknown_names_make_no_series(house: House) -> None:
    url = f"127.0.0.1:{free_port()}"
    house.settings |= {"HUB_HTTP": url, "HUB_API_KEY": KEY}
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        house.running() as publisher,
        aiohttp.ClientSession(f"http://{url}", headers=headers) as session,
    ):

        async def text(path: str) -> str:
            async with session.get(path) as answer:
                return await answer.text()

        async def has_seen(number: int) -> bool:
            found: dict[str, Any] = json.loads(await text("/api/summary"))
            dead = found["counts"]["dead"].get("open", 0)
            return len(house.smtp.mails) >= number and dead >= number

        await publish(publisher, [0])
        await until(lambda: has_seen(1), "the first of each to be seen")
        before = series(await text("/metrics"))
        await publish(publisher, range(1, 1 + MANY))
        await until(lambda: has_seen(1 + MANY), "all others to be seen")
        metrics = await text("/metrics")

    assert len(before) > 50
    assert "nosuch" not in metrics
    assert len(series(metrics) - before) <= FEW
