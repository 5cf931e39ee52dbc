"""A publisher with just the documented rights attacks a running hub that has just its own."""

import json
import shlex
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.health.incidents import BEGAN
from hub.model import HUB_SOURCE, SENDER_HEADER, Event
from hub.sla.acknowledge import acknowledged
from hub.storage.database import Database
from hub.storage.monitor import PostgresMonitor
from tests.acceptance import directory
from tests.acceptance.conftest import House, opened_house
from tests.acceptance.harness import until
from tests.acceptance.test_monitor import OPS, QUICK, alerts, hire, incidents
from tests.broker_users import control, publish_as
from tests.broker_vhosts import delete_vhost
from tests.integration.test_broker_rights import Users, commands
from tests.servers import Servers
from tests.unit.factories import event

CRM: Final = "urn:coproservicios:crm"
WRONG_SENDER: Final = "Avería: Alguien publica en nombre de otro"
VICTIM: Final = "mallory@coproservicios.example"
KEY: Final = "pqrs.received"
"""The routing key that the publisher may use, with any body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    name: str
    event: Event
    headers: dict[str, str]
    is_signed: bool = True
    """Whether it names its user, whom the broker has checked."""


@pytest.fixture
async def users(servers: Servers) -> AsyncIterator[Users]:
    """The users of `docs/security.md`, in a virtual host of their own."""
    broker = servers.rabbitmq
    made = Users(vhost=f"t{uuid4().hex}", server=broker.url)
    await control(broker, (shlex.join(made.given(command)) for command in commands()))
    yield made
    await delete_vhost(broker, made.vhost)


@pytest.fixture
async def house(users: Users, redis_url: str, database: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose hub is the user of RabbitMQ that `docs/security.md` makes."""
    built = House(amqp_url=users.url("hub"), redis_url=redis_url, database_url=database, folder=tmp_path)
    async with opened_house(built):
        yield built


def taken_over(source: str, version: int = 9) -> Event:
    """The people who are notified of incidents would get them at another address."""
    points = [{"id": "cp-1", "kind": "email", "value": VICTIM}]
    data = {"person_id": "p-ops", "version": version, "names": "Rosa Ruiz", "contact_points": points}
    return event("directory.person.upserted", data, source=source, at=datetime.now(UTC))


def declared(source: str) -> Event:
    """A whole building would be called."""
    return event("emergency.declared", source=source, at=datetime.now(UTC))


def attacks(clock: dict[str, Any], case: str, hub_user: str) -> Iterator[Attack]:
    """Events that must become dead letters, and nothing else."""
    at = datetime.now(UTC)
    ended = acknowledged(UUID(clock["id"]), clock["case"], 1, by="mallory", place=None, at=at)
    told = event(BEGAN, {"notify": [VICTIM], "title": "Pague aquí"}, source=HUB_SOURCE, at=at)
    answered = event("pqrs.replied", {"pqrs_id": case, "radicado": "R", "summary": "Ya"}, source=CRM, at=at)
    received = event("pqrs.received", directory.pqrs(8), source=CRM, at=at)
    yield Attack(name="acknowledges in the hub's name", event=ended, headers={}, is_signed=False)
    yield Attack(name="an incident that names whom to tell", event=told, headers={}, is_signed=False)
    yield Attack(name="an incident, signed as itself", event=_again(told), headers={})
    yield Attack(name="as if the hub replayed it", event=_again(told, 2), headers={SENDER_HEADER: hub_user})
    yield Attack(
        name="a source that begins like the hub's", event=taken_over(f"{HUB_SOURCE}:api"), headers={}
    )
    yield Attack(name="the hub's source in capitals", event=taken_over(HUB_SOURCE.upper()), headers={})
    yield Attack(name="the hub's source with a fragment", event=taken_over(f"{HUB_SOURCE}#x"), headers={})
    yield Attack(name="the hub's source, escaped", event=taken_over("urn:%68ub"), headers={})
    for source in ("urn:free", CRM, "URN:coproservicios:crm#x"):
        yield Attack(name=f"an emergency, for {source}", event=declared(source), headers={})
    yield Attack(
        name="its own type, for a free source", event=replace(received, source="urn:free"), headers={}
    )
    yield Attack(name="the directory, for a free source", event=taken_over("urn:free"), headers={})
    yield Attack(name="the directory, for its own source", event=taken_over(CRM), headers={})
    yield Attack(name="a type that its key has not", event=answered, headers={})
    yield Attack(name="its own source without a user", event=received, headers={}, is_signed=False)


def _again(one: Event, number: int = 1) -> Event:
    return event(one.name, dict(one.data), source=one.source, at=one.time, id=f"{one.id}-{number}")


async def test_nothing_that_a_publisher_sends_is_taken_for_another(house: House, users: Users) -> None:
    house.policy(QUICK)
    me, my_url = users.named("crm"), users.url("crm")
    async with house.running() as publishing:
        await hire(publishing)
        await is_hired(house)
        bound = ("--scope", "publish", "--source", CRM, "--event", "pqrs.received", "--amqp-user", me)
        await house.command("keys", "create", "crm", *bound)
        await is_known(house, my_url)
        at = datetime.now(UTC)
        data = directory.pqrs(7, received_at=at.isoformat())
        # The broker's count of redeliveries is believed of redelivered events alone.
        real = event("pqrs.received", data, source=CRM, at=at)
        await publish_as(my_url, real, user_id=me, headers={"x-delivery-count": 5})
        clock = await the_clock(house)
        sent = list(attacks(clock, "pqrs-7", users.named("hub")))
        for attack in sent:
            user = me if attack.is_signed else None
            await publish_as(my_url, attack.event, user_id=user, headers=attack.headers, key=KEY)
        refused = len(sent) + 1
        letters = await dead(house, refused)
        await until(lambda: bool(alerts(house, WRONG_SENDER)), "the alarm")
        bulk = json.loads(await house.command("dead", "replay", "--all", "--yes", "--json"))
        opened = (await incidents(house))["impersonation"]

        assert [] == [letter for letter in letters if not letter["wrong_sender"]]
        assert (0, refused) == (bulk["goes"], bulk["found"])
        assert (clock["state"], clock["level"]) == standing(await the_clock(house))

    assert "open" == opened
    assert [] == [mail for mail in house.smtp.mails if mail.recipient == VICTIM]
    assert [] == alerts(house, "Avería: Pague aquí")
    assert OPS in {mail.recipient for mail in house.smtp.mails}


async def is_hired(house: House) -> None:
    """Wait until the hub knows who is on duty: once a key has a user, the directory is not anybody's."""
    async with Database(house.database_url) as database:
        await until(PostgresMonitor(database, []).anybody_on_duty, "somebody on duty")


async def is_known(house: House, url: str) -> None:
    """Wait until the running hub has read the new key: then one event, always the same, is refused."""
    probe = event("directory.copropiedad.upserted", source="urn:probe", at=datetime.now(UTC))

    async def is_refused() -> bool:
        await publish_as(url, probe, user_id=None, key=KEY)
        return bool(json.loads(await house.command("dead", "list", "--json"))["items"])

    await until(is_refused, "the key to be known")


async def the_clock(house: House) -> dict[str, Any]:
    """The clock of the one case that was opened."""
    found: list[dict[str, Any]] = []

    async def runs() -> bool:
        found[:] = json.loads(await house.command("clocks", "--json"))["items"]
        return bool(found)

    await until(runs, "the clock")
    return next(clock for clock in found if clock["name"] == "first_reply")


def standing(clock: dict[str, Any]) -> tuple[str, int]:
    return clock["state"], clock["level"]


async def dead(house: House, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def have_come() -> bool:
        found[:] = json.loads(await house.command("dead", "list", "--json"))["items"]
        return len(found) >= number

    await until(have_come, f"{number} dead letters")
    return found
