"""Results by webhook: a real database, real calls, and a receiver that verifies each of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from hub.access.keyring import KeyRing
from hub.channels.webhook_calls import HttpWebhookCalls, require_url
from hub.desk.webhooks import acts
from hub.desk.webhooks.rows import WebhookBody, WebhookMade, WebhookRow, WebhookSecretBody
from hub.doors.operator import Operator
from hub.errors import InvalidSubscription, WebhookFailure
from hub.intake.unreached import unreached
from hub.model import State, UnreachedReason
from hub.model.results import ResultKind
from hub.settings import Secret, load
from hub.storage import (
    Database,
    PostgresDelivery,
    PostgresIntake,
    PostgresMonitor,
    PostgresResults,
    PostgresWebhooks,
)
from hub.tasks import cancel
from hub.testing import MemoryAudit
from hub.timers.results import publish_results
from hub.timers.webhooks import LEASE, PAUSES, WebhookDeps, run, send
from hub.web.monitoring.gauges import Figures
from tests.acceptance.harness import until
from tests.contract.stores import stores_in
from tests.contract.values import event, letter, message, now, stored
from tests.operators import operator
from tests.providers.webhook import WebhookReceiver, answering, hang
from tests.unit.factories import MONDAY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

CRM: Final = "urn:crm"
LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Without a file of hosts, `localhost` is both."""
RING: Final = KeyRing([Secret("a-secret-of-these-tests-" + "x" * 32)])
SHORT: Final = 1.0
"""Seconds for a call in these tests."""


@dataclass(kw_only=True)
class Hub:
    """The parts that queue and send, and the receiver of a publisher."""

    database: Database
    store: PostgresWebhooks
    deps: WebhookDeps
    receiver: WebhookReceiver
    audit: MemoryAudit
    by: Operator

    async def add(self, *kinds: ResultKind, url: str = "", source: str = CRM) -> WebhookMade:
        body = WebhookBody(url=url or self.receiver.url, source=source, kinds=list(kinds))
        made = await acts.add_webhook(self.by, body)
        self.receiver.secrets.append(made.secret)
        return made

    async def result(self, state: State = State.SENT, **fields: Any) -> None:
        """Let a message come to this state, and queue its result."""
        await self.plan(state, **fields)
        memory = memory_hub(MONDAY)
        await publish_results(timers_of(memory, results=PostgresResults(self.database)))
        assert [] == memory.publisher.notices, "what a webhook gets is in no queue"

    async def plan(self, state: State, source: str = CRM, **fields: Any) -> None:
        of = stored(event(source=source))
        await stores_in(self.database).add_events(of)
        planned = message(of, **fields)
        await PostgresDelivery(self.database).add_messages([planned])
        await self.database.rows(
            "UPDATE message SET state = $2, updated_at = clock_timestamp() WHERE id = $1", planned.id, state
        )

    async def send(self, deps: WebhookDeps | None = None) -> int:
        """Call each endpoint that is due once; return how many were."""
        due = await self.store.due(10, LEASE)
        for webhook in due:
            await send(webhook, deps or self.deps)
        return len(due)

    async def wait_is_over(self, webhook_id: str) -> None:
        await self.database.rows(
            "UPDATE result_subscription SET next_at = now() WHERE id = $1", UUID(webhook_id)
        )

    async def row(self, webhook_id: str) -> WebhookRow:
        return await acts.show_webhook(self.by, UUID(webhook_id))


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as running:
        yield running
        assert [] == running.violations


@pytest.fixture
async def calls() -> AsyncIterator[HttpWebhookCalls]:
    async with aclosing(HttpWebhookCalls(LOOPBACK, timeout=SHORT)) as opened:
        yield opened


@pytest.fixture
async def hub(database: str, receiver: WebhookReceiver, calls: HttpWebhookCalls) -> AsyncIterator[Hub]:
    async with Database(database) as opened:
        store = PostgresWebhooks(opened)
        deps = WebhookDeps(queue=store, calls=calls, ring=RING, now=now)
        audit = MemoryAudit()
        settings = load({"HUB_WEBHOOK_NETWORKS": "127.0.0.0/8"})
        by = operator(opened, audit=audit, ring=RING, settings=settings)
        yield Hub(database=opened, store=store, deps=deps, receiver=receiver, audit=audit, by=by)


async def test_results_arrive_signed_in_order_and_in_one_call(hub: Hub) -> None:
    made = await hub.add()
    await hub.result(State.SENT)
    await hub.result(State.DELIVERED)
    await hub.result(State.SENT, source="urn:other")
    await hub.send()

    [call] = hub.receiver.taken
    assert ["sent", "delivered"] == [told["data"]["state"] for told in call.events]
    assert {"urn:hub"} == {told["source"] for told in call.events}
    assert (await hub.row(made.id)).waiting == 0
    assert 0 == await hub.send()


async def test_an_endpoint_gets_only_the_kinds_that_it_asked_for(hub: Hub) -> None:
    await hub.add(ResultKind.FAILED)
    await hub.result(State.SENT)
    await hub.result(State.BOUNCED)
    await hub.send()

    assert ["co.coproservicios.notification.failed.v1"] == [told["type"] for told in hub.receiver.events]


async def test_what_was_refused_comes_again_under_the_same_id_until_it_is_taken(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    hub.receiver.script.extend([answering(500), answering(503)])
    await hub.send()
    failing = await hub.row(made.id)
    waits = await hub.send()
    for _ in range(2):
        await hub.wait_is_over(made.id)
        await hub.send()

    assert ("failing", "http_500", 1) == (failing.state, failing.last_error, failing.waiting)
    assert 0 == waits
    assert 3 == len(hub.receiver.calls)
    assert 1 == len({call.id for call in hub.receiver.calls})
    assert 1 == len(hub.receiver.events)
    assert ("live", None, 0) == ((row := await hub.row(made.id)).state, row.last_error, row.waiting)


async def test_what_joins_a_batch_makes_another_call_of_it(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    # It takes the events, and its answer is lost.
    hub.receiver.script.append(answering(500))
    await hub.send()
    await hub.result(State.DELIVERED)
    await hub.wait_is_over(made.id)
    await hub.send()

    first, second = hub.receiver.calls
    assert first.ids == second.ids[:1]
    assert first.id != second.id


async def test_an_endpoint_that_hangs_delays_no_other(hub: Hub) -> None:
    async with WebhookReceiver() as slow:
        slow.always = hang
        made = await hub.add(url=slow.url)
        slow.secrets = hub.receiver.secrets
        await hub.add()
        await hub.result()
        sending = asyncio.create_task(run(hub.deps))
        try:
            await until(lambda: bool(hub.receiver.taken) and bool(slow.calls), "both calls")
            assert (await hub.row(made.id)).state == "live"  # it still hangs
            await hub.result(State.DELIVERED)
            await until(lambda: len(hub.receiver.events) == 2, "the second result")

            async def failing() -> bool:
                return (await hub.row(made.id)).last_error == "timeout"

            await until(failing, "the time-out")
        finally:
            await cancel(sending)

    assert 2 == (await hub.row(made.id)).waiting


async def test_publisher_hears_of_an_event_that_does_not_reach_all(hub: Hub) -> None:
    await hub.add(ResultKind.FAILED)
    other = await hub.add(source="urn:other")
    of = stored(event(source=CRM))
    for reasons in (
        (UnreachedReason.UNKNOWN_UNIT,),
        (UnreachedReason.UNKNOWN_UNIT,),
        (UnreachedReason.NO_CHANNEL,),
    ):
        async with PostgresIntake(hub.database).transaction() as transaction:
            await transaction.add_events([of])
            await transaction.add_unreached([unreached(of, *reasons)])
    await hub.send()

    assert [["unknown_unit"], ["no_channel"]] == [told["data"]["reasons"] for told in hub.receiver.events]
    [first, _] = hub.receiver.events
    assert "co.coproservicios.hub.event.unreached.v1" == first["type"]
    assert (of.event.id, CRM) == (first["data"]["event_id"], first["data"]["event_source"])
    assert 0 == (await hub.row(other.id)).waiting


async def test_publisher_hears_of_its_refused_event_and_of_no_forged_one(hub: Hub) -> None:
    await hub.add(ResultKind.FAILED)
    other = await hub.add(source="urn:other")
    mine = letter(b"mine", source=CRM, event_id="e-\0", proven=True)
    malformed = letter(b"{", source=CRM, event_id="e-2")
    await stores_in(hub.database).add_dead_letters(mine, malformed)
    await hub.send()
    [told] = hub.receiver.events

    assert ("co.coproservicios.event.rejected.v1", f"rejected:{mine.id}") == (told["type"], told["id"])
    assert ("e-\ufffd", mine.reason) == (told["data"]["event_id"], told["data"]["reason"])
    assert 0 == (await hub.row(other.id)).waiting


@pytest.mark.parametrize(
    "url", ["https://10.1.2.3/hub", "https://localhost/hub", "https://[::1]/hub", "https://2130706433/hub"]
)
async def test_private_address_is_refused_when_it_is_added(hub: Hub, url: str) -> None:
    by = operator(hub.database, ring=RING, audit=hub.audit)
    with pytest.raises(InvalidSubscription, match="private address"):
        await acts.add_webhook(by, WebhookBody(url=url, source=CRM))

    assert [] == await acts.webhooks(hub.database)


async def test_address_that_nobody_knows_yet_is_added(hub: Hub) -> None:
    by = operator(hub.database, ring=RING, audit=hub.audit)
    made = await acts.add_webhook(by, WebhookBody(url="https://crm.invalid/hub", source=CRM))

    assert "https://crm.invalid/hub" == made.url


async def test_a_redirect_is_not_followed(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    hub.receiver.always = answering(302, Location=f"{hub.receiver.base}/elsewhere")
    await hub.send()

    assert "http_302" == (await hub.row(made.id)).last_error
    assert 0 == hub.receiver.elsewhere


async def test_after_three_days_it_is_turned_off_staff_hears_and_what_waits_goes_out_later(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    hub.receiver.script.extend([answering(500), answering(500)])
    await hub.send()
    await hub.database.rows("UPDATE result_subscription SET failing_since = now() - interval '73 hours'")
    await hub.wait_is_over(made.id)
    await hub.send()
    off, told = await hub.row(made.id), await PostgresMonitor(hub.database, ()).webhooks_off()
    await hub.wait_is_over(made.id)
    while_off = await hub.send()
    await hub.result(State.DELIVERED)
    await acts.enable_webhook(hub.by, UUID(made.id))
    await hub.send()

    assert ("off", 1) == (off.state, off.waiting)
    assert [(made.id, CRM, "http_500")] == told
    assert 0 == while_off
    assert ["sent"] == [event["data"]["state"] for event in hub.receiver.events]
    assert [] == await PostgresMonitor(hub.database, ()).webhooks_off()


async def test_what_waits_too_long_is_measured_and_reported(hub: Hub) -> None:
    made, monitor = await hub.add(), PostgresMonitor(hub.database, ())
    await hub.add(source="urn:other")
    await hub.result()
    await hub.result(State.DELIVERED)
    hub.receiver.script.append(answering(500))
    before = counted("failed"), counted("taken")
    await hub.send()
    await hub.database.rows(
        "UPDATE webhook_event SET queued_at = now() - interval '2 hours' WHERE number = 1"
    )
    [late] = await monitor.webhooks_late(timedelta(hours=1))
    figures = await monitor.webhook_figures()
    shown = await Figures(monitor).get()
    await hub.wait_is_over(made.id)
    await hub.send()

    assert (made.id, CRM, "http_500") == (late.id, late.source, late.error)
    assert (1, 1, 0, 2) == (figures.on, figures.failing, figures.off, figures.waiting)
    assert timedelta(hours=2) <= figures.oldest < timedelta(hours=3)
    assert {"hub_webhooks", "hub_webhook_events", "hub_webhook_oldest_seconds"} <= {
        metric.name for metric in shown
    }
    assert (1, 1) == (counted("failed") - before[0], counted("taken") - before[1])
    assert [] == await monitor.webhooks_late(timedelta(0))


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("hub_webhook_calls_total", {"outcome": outcome}) or 0.0


async def test_one_that_is_gone_is_turned_off_at_once(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    hub.receiver.script.append(answering(410))
    await hub.send()

    assert "off" == (await hub.row(made.id)).state


async def test_both_secrets_sign_until_the_old_one_ends(hub: Hub) -> None:
    made = await hub.add()

    async def rotate(ends: datetime) -> None:
        body = WebhookSecretBody(earlier_ends_at=ends)
        rotated = await acts.rotate_webhook(hub.by, UUID(made.id), body)
        hub.receiver.secrets.append(rotated.secret)

    await rotate(now() + timedelta(hours=1))
    await hub.result()
    await hub.send()
    await hub.database.rows("UPDATE result_subscription SET earlier_ends_at = now() - interval '1 second'")
    await hub.result()
    await hub.send()

    old, new = hub.receiver.secrets
    assert [(old, new), (new,)] == [call.secrets for call in hub.receiver.taken]


async def test_nothing_is_lost_over_a_restart_or_a_process_that_dies_with_a_claim(
    hub: Hub, database: str, calls: HttpWebhookCalls
) -> None:
    made = await hub.add()
    await hub.result()
    [claimed] = await hub.store.due(10, LEASE)  # and dies
    async with Database(database) as opened:
        other = PostgresWebhooks(opened)
        meanwhile = await other.due(10, LEASE)
        await hub.wait_is_over(made.id)
        [again] = await other.due(10, LEASE)
        await send(again, WebhookDeps(queue=other, calls=calls, ring=RING, now=now))

    assert claimed.id == again.id
    assert [] == meanwhile
    assert 1 == len(hub.receiver.events)


async def test_who_dies_between_the_call_and_its_record_repeats_the_same_call(hub: Hub) -> None:
    class Killed(PostgresWebhooks):
        async def sent(self, webhook_id: UUID, event_ids: object) -> None:
            del webhook_id, event_ids
            raise asyncio.CancelledError

    made = await hub.add()
    await hub.result()
    deps = WebhookDeps(queue=Killed(hub.database), calls=hub.deps.calls, ring=RING, now=now)
    with pytest.raises(asyncio.CancelledError):
        await hub.send(deps)
    await hub.wait_is_over(made.id)
    await hub.send()

    first, second = hub.receiver.taken
    assert (first.id, first.events) == (second.id, second.events)


async def test_the_database_has_no_secret_and_without_its_key_nothing_is_sent(hub: Hub) -> None:
    made = await hub.add()
    await hub.result()
    rows = await hub.database.rows("SELECT result_subscription::text AS row FROM result_subscription")
    others = KeyRing([Secret("another-secret-of-these-tests-" + "y" * 32)])
    await hub.send(WebhookDeps(queue=hub.store, calls=hub.deps.calls, ring=others, now=now))

    assert made.secret.removeprefix("whsec_") not in rows[0]["row"]
    assert made.secret not in str(hub.audit.rows)
    assert "token" not in str(hub.audit.rows)
    assert "secret_sealed_with_a_removed_key" == (await hub.row(made.id)).last_error
    assert [] == hub.receiver.calls


async def test_a_removed_endpoint_gets_nothing_more_and_blocks_nothing(hub: Hub) -> None:
    made = await hub.add()
    await hub.plan(State.SENT)
    await acts.remove_webhook(hub.by, UUID(made.id))
    await hub.result()

    assert 0 == await hub.send()
    assert [] == await hub.database.rows("SELECT FROM result")


async def test_a_trial_call_says_what_the_endpoint_answered(hub: Hub) -> None:
    made = await hub.add()
    hub.receiver.script.extend([answering(503)])
    refused = await acts.test_webhook(hub.by, UUID(made.id))
    taken = await acts.test_webhook(hub.by, UUID(made.id))

    assert [(False, "http_503"), (True, None)] == [(done.taken, done.reason) for done in (refused, taken)]
    assert ["co.coproservicios.notification.test.v1"] == [told["type"] for told in hub.receiver.events]
    assert "live" == (await hub.row(made.id)).state


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example/hub",
        "http://127.0.0.1.example/hub",
        "ftp://crm.example/hub",
        "https://",
        "https://user@crm.example/hub",
        "https://crm.example/hub#part",
        "https://crm.example:port/hub",
        "https://crm.example/a b",
        "https://crm.example/\r\nHost: x",
        "https://[::1",
        "https://crm.example/" + "x" * 1000,
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(InvalidSubscription):
        require_url(url)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0", "[::1]", "[::]"),  # noqa: S104 - refused
        *("10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1"),
    ],
)
async def test_no_private_address_is_called(receiver: WebhookReceiver, host: str) -> None:
    async with aclosing(HttpWebhookCalls((), timeout=5)) as calls:
        with pytest.raises(WebhookFailure) as refused:
            await calls.post(f"http://{host}:{receiver.port}/hub", b"[]", {})

    assert "private_address" == refused.value.reason
    assert [] == receiver.calls


async def test_only_the_networks_that_are_allowed_are_called(receiver: WebhookReceiver) -> None:
    async with aclosing(HttpWebhookCalls((ip_network("10.0.0.0/8"),), timeout=5)) as calls:
        with pytest.raises(WebhookFailure, match="private_address"):
            await calls.post(receiver.url, b"[]", {})
    async with aclosing(HttpWebhookCalls(LOOPBACK, timeout=5)) as calls:
        await calls.post(f"http://localhost:{receiver.port}/elsewhere", b"[]", {})

    assert 1 == receiver.elsewhere


async def test_a_server_that_is_away_or_speaks_no_tls_is_a_failure(receiver: WebhookReceiver) -> None:
    async with aclosing(HttpWebhookCalls(LOOPBACK, timeout=5)) as calls:
        for url in (f"https://127.0.0.1:{receiver.port}/hub", "http://127.0.0.1:1/hub"):
            with pytest.raises(WebhookFailure):
                await calls.post(url, b"[]", {})
        with pytest.raises(WebhookFailure, match="unknown_host"):
            await calls.post("https://nowhere.invalid/hub", b"[]", {})


def test_the_pauses_between_tries_grow() -> None:
    assert sorted(PAUSES) == list(PAUSES)
