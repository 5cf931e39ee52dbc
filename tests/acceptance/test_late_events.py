"""An event that comes after later ones of its case: the clocks are right, and the operator sees the cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, lasting
from tests.servers import Servers
from tests.unit.factories import event

STARTED = datetime.now(UTC) - timedelta(hours=3)
RESTARTS = 'hub_case_replays_total{how="restart"}'


async def test_a_late_answer_ends_the_clock_in_time_and_is_counted(servers: Servers, tmp_path: Path) -> None:
    async with lasting(servers, tmp_path) as home:
        for name, hours in (("pqrs.received", 0), ("pqrs.closed", 2), ("pqrs.replied", 1)):
            at = STARTED + timedelta(hours=hours)
            await home.publish(name, event(name, {"pqrs_id": "tarde"}).data, time=at.isoformat())
            await until(lambda: _is_known(home, name), name)  # noqa: B023 - waited for at once
        clocks = (await home.ask("/api/clocks?state=met"))["items"]
        async with home.api.get("/metrics") as response:
            metrics = (await response.text()).splitlines()

    [first_reply] = [clock for clock in clocks if clock["name"] == "first_reply"]
    assert datetime.fromisoformat(first_reply["ended_at"]) == STARTED + timedelta(hours=1)
    assert f"{RESTARTS} 1.0" in metrics


async def _is_known(home: Lasting, name: str) -> bool:
    """Return whether the event has messages: then its clocks are written as well."""
    return bool((await home.ask(f"/api/messages?event={name}"))["items"])
