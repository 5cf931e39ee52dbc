"""A system floods emergencies: all are taken in, and staff is notified who it is, until it is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hub.client.connection import user_of
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_monitor import QUICK, alerts, hire, incidents
from tests.broker_users import publish_as, publisher_user
from tests.servers import Servers
from tests.unit.factories import event

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
