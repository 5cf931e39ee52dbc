"""Somebody with a publisher's user speaks in the hub's name: a dead letter, an alarm, and nothing else."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub.client.connection import user_of
from hub.health.incidents import BEGAN
from hub.model import HUB_SOURCE, Event
from hub.sla.acknowledge import acknowledged
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_ends import AN_EMERGENCY_OF_SECONDS, _clock, _gas, _texts
from tests.acceptance.test_monitor import QUICK, alerts, hire, incidents
from tests.broker_users import publish_as, publisher_user
from tests.servers import Servers
from tests.unit.factories import event

VICTIM = "victima@coproservicios.example"


@pytest.fixture
async def mallory(servers: Servers, house: House) -> AsyncIterator[str]:
    async with publisher_user(servers, house.amqp_url) as url:
        yield url


async def dead(house: House, kind: str) -> list[dict[str, Any]]:
    rows = json.loads(await house.command("dead", "list", "--event", kind, "--json"))["items"]
    return list(rows)


async def forge(house: House, mallory: str, forged: Event) -> dict[str, Any]:
    """Publish it as another user; return the dead letter that it becomes."""
    found: list[dict[str, Any]] = []

    async def has_come() -> bool:
        found[:] = await dead(house, forged.name)
        return bool(found)

    await publish_as(mallory, forged, user_id=None)
    await until(has_come, f"the dead letter of {forged.name}")
    return found[0]


async def test_who_speaks_in_the_hubs_name_stops_no_clock_and_raises_an_alarm(
    house: House, mallory: str
) -> None:
    house.policy(f"{QUICK}{AN_EMERGENCY_OF_SECONDS}")
    async with house.running() as publishing:
        await directory.publish_all(publishing)
        await hire(publishing)
        await publishing.publish("emergency.declared", _gas())
        await until(lambda: len(_texts(house, 3)) == 1, "the text to level 3")
        clock = await _clock(house, "breached")
        forged = acknowledged(
            UUID(clock["id"]), clock["case"], 3, by="mallory", place=None, at=datetime.now(UTC)
        )
        letter = await forge(house, mallory, forged)
        await until(lambda: bool(alerts(house, "Avería: Alguien publica en nombre de otro")), "the alarm")
        assert (await incidents(house))["impersonation"] == "open"
        assert (await clock_now(house, clock))["ended_at"] is None

        bulk = json.loads(await house.command("dead", "replay", "--all", "--yes", "--json"))
        assert (bulk["goes"], bulk["found"]) == (0, 1)
        await house.command("dead", "replay", letter["id"])
        await until(lambda: is_refused_again(house, letter), "the refusal of the replay")
        assert (await clock_now(house, clock))["ended_at"] is None

        await house.command("clocks", "acknowledge", clock["id"])

        async def is_acknowledged() -> bool:
            return (await clock_now(house, clock))["ended_at"] is not None

        await until(is_acknowledged, "the clock to end by the hub's own word")


async def test_a_forged_incident_mails_nobody(house: House, mallory: str) -> None:
    house.policy(QUICK)
    async with house.running() as publishing:
        await hire(publishing)
        forged = event(
            BEGAN, {"notify": [VICTIM], "title": "Pague aquí"}, source=HUB_SOURCE, at=datetime.now(UTC)
        )
        await forge(house, mallory, forged)
        await until(lambda: bool(alerts(house, "Avería: Alguien publica en nombre de otro")), "the alarm")

    assert [] == [mail for mail in house.smtp.mails if mail.recipient == VICTIM]
    assert [] == alerts(house, "Avería: Pague aquí")


async def clock_now(house: House, clock: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(await house.command("clocks", "show", clock["id"], "--json"))
    return shown


async def is_refused_again(house: House, letter: dict[str, Any]) -> bool:
    rows = await dead(house, "sla.acknowledged")
    return any(row["id"] == letter["id"] and row["times"] == 2 for row in rows)


FEW = '[intake.rate]\nurgent = { rate = "1/h", burst = 2 }\n'


async def test_who_floods_emergencies_is_named_and_none_is_lost(house: House, servers: Servers) -> None:
    house.policy(f"{QUICK}{FEW}")
    async with publisher_user(servers, house.amqp_url) as url, house.running() as publishing:
        await hire(publishing)
        name = user_of(url)
        for number in range(5):
            data = {"emergency_id": f"e-{number}"}
            flood = event("emergency.declared", data, id=f"flood-{number}", at=datetime.now(UTC))
            await publish_as(url, flood, user_id=name)
        alarm = f"Avería: {name} publica demasiados avisos urgentes"
        await until(lambda: bool(alerts(house, alarm)), "the alarm")

        async def are_stored() -> bool:
            clocks = json.loads(await house.command("clocks", "--json"))["items"]
            return {f"emergency_id:e-{number}" for number in range(5)} <= {one["case"] for one in clocks}

        await until(are_stored, "the clocks of all emergencies")

        async def is_over() -> bool:
            return (await incidents(house))["sender_rate"] != "open"

        await until(is_over, "the end of the incident")
