"""A refused extension, from the fold to the queue and the webhook of its publisher, on real servers."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

import aio_pika
import pytest
from aio_pika.abc import AbstractQueue

from hub.access.keyring import KeyRing
from hub.channels.webhook_calls import HttpWebhookCalls
from hub.consumers import topology
from hub.consumers.publisher import BrokerPublisher
from hub.desk.webhooks.acts import add_webhook
from hub.desk.webhooks.rows import WebhookBody
from hub.errors import StorageUnavailable
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.model import Event
from hub.model.extensions import ExtensionChange
from hub.model.results import ResultKind, source_key
from hub.settings import Secret, load
from hub.storage import Database, PostgresCases, PostgresIntake, PostgresResults, PostgresWebhooks
from hub.testing import MemoryAppointments, MemoryAudit, MemoryKeys, SettableClock
from hub.timers.results import publish_extensions
from hub.timers.webhooks import LEASE, WebhookDeps, send
from tests.contract.values import now
from tests.integration.test_broker_publisher import publishing
from tests.operators import operator
from tests.providers.webhook import WebhookReceiver
from tests.unit.factories import DESK, OWN_USER, event, incoming, local
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

CRM: Final = "urn:crm"
OTHER: Final = "urn:other"
RING: Final = KeyRing([Secret("a-secret-of-these-tests-" + "x" * 32)])
AT: Final = local("2026-03-09 08:00")


@dataclass(kw_only=True)
class Hub:
    """The folder of events and the sender of results, with the queues and webhooks of two publishers."""

    database: Database
    publisher: BrokerPublisher
    results: PostgresResults
    queues: Mapping[str, AbstractQueue]
    receivers: Mapping[str, WebhookReceiver]
    calls: HttpWebhookCalls

    async def take_in(self, *events: Event) -> None:
        clock = SettableClock(local("2026-05-01 09:00"))
        await process_batch(
            [incoming(event) for event in events],
            context=DESK,
            senders=SourceBindings(MemoryKeys(clock), own=OWN_USER),
            store=PostgresIntake(self.database),
            publisher=self.publisher,
            appointments=MemoryAppointments(clock),
            now=clock,
        )

    async def publish(self, results: PostgresResults | None = None) -> None:
        await publish_extensions(
            timers_of(memory_hub(AT), results=results or self.results, publisher=self.publisher)
        )
        store = PostgresWebhooks(self.database)
        deps = WebhookDeps(queue=store, calls=self.calls, ring=RING, now=now)
        for webhook in await store.due(10, LEASE):
            await send(webhook, deps)

    async def heard(self, source: str) -> list[dict[str, Any]]:
        found = []
        while (got := await self.queues[source].get(fail=False)) is not None:
            await got.ack()
            found.append(json.loads(got.body))
        return found

    def called(self, source: str) -> list[dict[str, Any]]:
        """Return what its webhook has got of extensions: it hears also that these events reach nobody."""
        return [told for told in self.receivers[source].events if ".clock.extension." in told["type"]]


@pytest.fixture
async def hub(database: str, amqp_url: str) -> AsyncIterator[Hub]:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(Database(database))
        publisher = await stack.enter_async_context(publishing(amqp_url))
        await publisher.ping()
        channel = await (await stack.enter_async_context(await aio_pika.connect(amqp_url))).channel()
        queues, receivers = {}, {}
        for source in (CRM, OTHER):
            queues[source] = await channel.declare_queue(exclusive=True)
            await queues[source].bind(topology.EVENTS_OUT, f"clock.extension.*.{source_key(source)}")
            receivers[source] = await stack.enter_async_context(WebhookReceiver())
            await _add_webhook(opened, source, receivers[source])
        loopback = (ip_network("127.0.0.0/8"),)
        calls = await stack.enter_async_context(aclosing(HttpWebhookCalls(loopback, timeout=1.0)))
        yield Hub(
            database=opened,
            publisher=publisher,
            results=PostgresResults(opened),
            queues=queues,
            receivers=receivers,
            calls=calls,
        )


async def _add_webhook(database: Database, source: str, receiver: WebhookReceiver) -> None:
    body = WebhookBody(url=receiver.url, source=source, kinds=[ResultKind.FAILED])
    settings = load({"HUB_WEBHOOK_NETWORKS": "127.0.0.0/8"})
    by = operator(database, ring=RING, audit=MemoryAudit(), settings=settings)
    made = await add_webhook(by, body)
    receiver.secrets.append(made.secret)


def of_case(name: str, at: datetime, **data: Any) -> Event:
    case = {"pqrs_id": "PQ-1", "radicado": "PQ-2026-000901", **data}
    return event(name, case, at=at, id=f"{name}-{at:%d}", source=CRM)


RECEIVED: Final = of_case("pqrs.received", AT, kind="peticion")
EXTENDED: Final = of_case("pqrs.term_extended", local("2026-03-10 08:00"), new_due_on="2026-12-30")


async def test_its_publisher_hears_once_by_queue_and_webhook_and_nobody_else(hub: Hub) -> None:
    await hub.take_in(RECEIVED, EXTENDED)
    await hub.publish()
    await hub.take_in(EXTENDED)  # redelivered
    await hub.publish()

    [told] = await hub.heard(CRM)
    assert "co.coproservicios.clock.extension.refused.v1" == told["type"]
    assert [told["id"]] == [called["id"] for called in hub.called(CRM)]
    assert told["data"] == {
        "event_id": EXTENDED.id,
        "event_source": CRM,
        "event_type": EXTENDED.type,
        "case": "pqrs_id:PQ-1",
        "radicado": "PQ-2026-000901",
        "clock": "legal_term",
        "asked_on": "2026-12-30",
        "kept_on": "2026-04-23",
        "due_at": "2026-04-24T05:00:00+00:00",
        "reason": "beyond_limit",
        "detail": "the day is beyond the longest extension",
    }
    assert ([], []) == (await hub.heard(OTHER), hub.called(OTHER))


async def test_an_extension_that_is_held_is_told_to_nobody(hub: Hub) -> None:
    held = of_case("pqrs.term_extended", local("2026-03-10 08:00"), new_due_on="2026-04-15")
    await hub.take_in(RECEIVED, held)
    await hub.publish()

    assert ([], []) == (await hub.heard(CRM), hub.called(CRM))


async def test_a_refusal_that_holds_no_more_is_taken_back_without_any_subscription(hub: Hub) -> None:
    await hub.database.rows("DELETE FROM result_subscription")
    early = of_case("pqrs.term_extended", local("2026-03-10 08:00"), new_due_on="2026-04-15")
    await hub.take_in(early)
    await hub.publish()
    await hub.take_in(RECEIVED)
    await hub.publish()

    refused, granted = await hub.heard(CRM)
    assert ("no_clock", None) == (refused["data"]["reason"], refused["data"]["kept_on"])
    assert "co.coproservicios.clock.extension.granted.v1" == granted["type"]
    assert "2026-04-15" == granted["data"]["kept_on"]


class _Killed(PostgresResults):
    """A process that ends after it has published, before it says so."""

    async def finish_extensions(
        self, told: Sequence[ExtensionChange], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        del told, for_webhooks
        raise StorageUnavailable


async def test_who_is_killed_after_publishing_repeats_the_same_notice(hub: Hub) -> None:
    await hub.take_in(RECEIVED, EXTENDED)
    with pytest.raises(StorageUnavailable):
        await hub.publish(_Killed(hub.database))
    await hub.database.rows("UPDATE clock_extension SET claimed_until = now() - interval '1 second'")
    await hub.publish()

    first, again = await hub.heard(CRM)
    assert first["id"] == again["id"]
    assert 1 == len(hub.called(CRM))


async def test_the_thread_of_the_case_says_why(hub: Hub) -> None:
    await hub.take_in(RECEIVED, EXTENDED)
    [case] = await PostgresCases(hub.database).known(["pqrs_id:PQ-1"])

    facts = await PostgresCases(hub.database).page(case, after=None, limit=50)
    assert [["beyond_limit"]] == list(facts.refused.values())
