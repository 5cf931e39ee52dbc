"""Results from the row that changed to the queue of the publisher, on real servers."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractQueue

from hub.consumers import topology
from hub.consumers.publisher import BrokerPublisher
from hub.desk.letters import queries as letters
from hub.desk.webhooks.acts import subscribe
from hub.desk.webhooks.rows import SubscriptionBody
from hub.errors import StorageUnavailable
from hub.model import Attempt, Event, Message, Outcome, Recall, State, StoredEvent
from hub.model.results import Result, ResultKind, source_key
from hub.storage import Database, PostgresMonths, PostgresResults
from hub.timers.results import publish_results
from tests.contract.stores import RealStores, open_stores
from tests.contract.test_letter_store import letter
from tests.contract.values import FALLBACK, LEASE, NOON, event, message, next_of, now, stored
from tests.integration.test_broker_publisher import publishing
from tests.operators import operator
from tests.unit.factories import MONDAY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

CRM = "urn:crm"


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The parts that write and publish results, and the queue of a subscriber."""

    database: Database
    stores: RealStores
    results: PostgresResults
    publisher: BrokerPublisher
    heard: AbstractQueue

    async def subscribe(self, source: str = CRM, *kinds: ResultKind) -> None:
        await subscribe(operator(self.database), SubscriptionBody(source=source, kinds=list(kinds)))

    async def plan(self, *, source: str = CRM, at: datetime = NOON, **fields: Any) -> Message:
        """Plan a message, as intake does."""
        of: StoredEvent = stored(event(source=source, time=at))
        await self.stores.add_events(of)
        planned = message(of, **fields)
        await self.stores.add(planned)
        return planned

    async def end(self, planned: Message, state: State, reason: str | None = None) -> None:
        """Claim and record, as delivery does."""
        token = uuid4()
        await self.stores.delivery.claim([planned.id], token=token, lease=LEASE)
        await self.stores.delivery.record(token, [Outcome(message_id=planned.id, state=state, reason=reason)])

    async def waiting(self) -> Sequence[Result]:
        return await self.results.take_results(100, timedelta(0))

    async def publish(self, results: PostgresResults | None = None) -> None:
        memory = memory_hub(MONDAY)
        timers = timers_of(memory, results=results or self.results, publisher=self.publisher)
        while await publish_results(timers):
            pass

    async def hear(self) -> list[dict[str, Any]]:
        """Fetch all that has come to the publisher's queue."""
        found = []
        while (got := await self.heard.get(fail=False)) is not None:
            await got.ack()
            found.append(json.loads(got.body))
        return found


@pytest.fixture
async def hub(database: str, amqp_url: str) -> AsyncIterator[Hub]:
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(database))
        opened = await stack.enter_async_context(Database(database))
        publisher = await stack.enter_async_context(publishing(amqp_url))
        await publisher.ping()
        connection = await stack.enter_async_context(await aio_pika.connect(amqp_url))
        queue = await (await connection.channel()).declare_queue("crm.results", exclusive=True)
        for name in ("notification.*", "event.rejected", "hub.event.unreached"):
            await queue.bind(topology.EVENTS_OUT, f"{name}.{source_key(CRM)}")
        yield Hub(
            database=opened, stores=stores, results=PostgresResults(opened), publisher=publisher, heard=queue
        )


async def test_a_publisher_hears_of_its_own_messages_and_of_nobody_elses(hub: Hub) -> None:
    await hub.subscribe(CRM)
    await hub.subscribe("urn:other")
    for source in (CRM, "urn:other", "urn:not-subscribed"):
        await hub.end(await hub.plan(source=source), State.SENT)
    await hub.publish()

    [told] = await hub.hear()
    assert ("co.coproservicios.notification.sent.v1", "urn:hub") == (told["type"], told["source"])
    assert (CRM, "sent", False) == tuple(told["data"][name] for name in ("event_source", "state", "final"))
    assert "María" not in json.dumps(told, ensure_ascii=False)
    assert "maria@" not in json.dumps(told)


async def test_nothing_is_written_of_messages_that_nobody_asked_for(hub: Hub) -> None:
    await hub.subscribe("urn:other")
    before = await hub.plan()
    await hub.subscribe(CRM)
    after = await hub.plan()
    for planned in (before, after):
        await hub.end(planned, State.SENT)

    assert [after.id] == [result.message_id for result in await hub.waiting()]


async def test_each_way_to_change_a_message_leaves_its_result(hub: Hub) -> None:
    await hub.subscribe()
    planned = await hub.plan(channel="sms")
    await hub.end(planned, State.SENT)
    for state in (State.DELIVERED, State.READ, State.READ):
        await hub.stores.receipts.settle(
            planned.id,
            state=state,
            reason=None,
            attempt=Attempt(message_id=planned.id, at=now(), outcome=state),
        )
    lost = await hub.plan(state=State.SUPPRESSED, reason="no_contact")
    await hub.publish()

    heard = await hub.hear()
    kinds = [told["type"].split(".")[-2] for told in heard]
    assert kinds == ["sent", "delivered", "read", "failed", "undelivered"]
    assert {str(lost.id)} == {told["data"]["message_id"] for told in heard[3:]}
    assert "no_contact" == heard[4]["data"]["reason"]


async def test_a_recall_is_heard_once_of_each_message_by_its_source_alone(hub: Hub) -> None:
    await hub.subscribe()
    await hub.subscribe("urn:other")
    mine, theirs = await hub.plan(), await hub.plan(source="urn:other")
    waiting = await hub.plan(state=State.HELD, next_at=NOON + timedelta(days=900))
    kept = await hub.plan()
    for planned in (mine, waiting, theirs):
        source = "urn:other" if planned is theirs else CRM
        taken_back = Recall(source=source, event_id=planned.event_id, by=uuid4())
        for _ in range(2):
            async with hub.stores.intake.transaction() as transaction:
                await transaction.recall([taken_back])
            await hub.publish()
    await hub.end(kept, State.SENT)
    await hub.publish()

    heard = {told["data"]["message_id"]: told for told in await hub.hear()}
    assert {str(mine.id), str(waiting.id), str(kept.id)} == set(heard)
    told = heard[str(mine.id)]
    assert "co.coproservicios.notification.cancelled.v1" == told["type"]
    assert ("cancelled", "recalled", True, []) == tuple(
        told["data"][name] for name in ("state", "reason", "final", "next")
    )


async def test_what_was_cancelled_at_the_claim_or_because_it_ended_is_heard(hub: Hub) -> None:
    await hub.subscribe()
    claimed = await hub.plan()
    await hub.end(claimed, State.CANCELLED, "overtaken")
    reminder = await hub.plan(occasion="reminder:T-24h", state=State.HELD, next_at=NOON + timedelta(days=900))
    [found] = await hub.results.rows("SELECT case_key FROM event WHERE key = $1", reminder.event_key)
    async with hub.stores.intake.transaction() as transaction:
        await transaction.end_reminders({found["case_key"]: NOON})
    await hub.publish()

    heard = [(told["data"]["message_id"], told["data"]["reason"]) for told in await hub.hear()]
    assert [(str(claimed.id), "overtaken"), (str(reminder.id), "ended")] == heard


async def test_a_step_that_was_not_needed_any_more_is_heard(hub: Hub) -> None:
    await hub.subscribe(CRM, ResultKind.CANCELLED)
    first = await hub.plan(fallback=FALLBACK)
    await hub.end(first, State.SENT)
    second = next_of(first)
    await hub.stores.add(second)
    await hub.stores.receipts.settle(
        first.id,
        state=State.DELIVERED,
        reason=None,
        attempt=Attempt(message_id=first.id, at=now(), outcome=State.DELIVERED),
    )
    await hub.publish()

    [told] = await hub.hear()
    assert (str(second.id), "reached") == (told["data"]["message_id"], told["data"]["reason"])


async def test_whoever_still_has_a_step_left_is_not_undelivered(hub: Hub) -> None:
    await hub.subscribe(CRM, ResultKind.FAILED, ResultKind.UNDELIVERED)
    first = await hub.plan(fallback=FALLBACK)
    await hub.end(first, State.FAILED, "smtp_550")
    await hub.publish()
    second = next_of(first)
    await hub.stores.add(second)
    early = await hub.hear()
    await hub.end(second, State.FAILED, "unknown_number")
    await hub.publish()
    late = await hub.hear()

    assert [("email", ["sms"])] == [(told["data"]["channel"], told["data"]["next"]) for told in early]
    assert ["notification.failed.v1", "notification.undelivered.v1"] == [
        told["type"].removeprefix("co.coproservicios.") for told in late
    ]
    assert [[], []] == [told["data"]["next"] for told in late]


class _Killed(PostgresResults):
    """A process that ends after it has published, before it says so."""

    async def finish_results(
        self, results: Sequence[Result], for_webhooks: Sequence[tuple[UUID, Event]]
    ) -> None:
        del results, for_webhooks
        raise StorageUnavailable


async def test_who_is_killed_between_record_and_publish_or_after_it_loses_nothing(
    hub: Hub, database: str
) -> None:
    await hub.subscribe(CRM, ResultKind.SENT)
    await hub.end(await hub.plan(), State.SENT)
    await hub.end(await hub.plan(), State.FAILED, "smtp_550")  # of which it wants to hear nothing
    # The process that recorded it is gone: another one finds it, publishes, and is killed too.
    async with Database(database) as opened:
        with pytest.raises(StorageUnavailable):
            await hub.publish(_Killed(opened))
        assert [] == await PostgresResults(opened).take_results(10, LEASE)
        await opened.rows("UPDATE result SET claimed_until = now() - interval '1 second'")
    await hub.publish()
    await hub.publish()

    told = await hub.hear()
    assert 2 == len(told)
    assert 1 == len({event["id"] for event in told})
    assert [] == await hub.waiting()


async def test_a_message_that_was_dropped_meanwhile_blocks_nothing(hub: Hub, database: str) -> None:
    await hub.subscribe()
    gone, there = await hub.plan(), await hub.plan()
    for planned in (gone, there):
        await hub.end(planned, State.SENT)
    async with Database(database) as opened:
        await opened.rows("DELETE FROM message WHERE id = $1", gone.id)
    await hub.publish()

    assert [str(there.id)] == [told["data"]["message_id"] for told in await hub.hear()]
    assert [] == await hub.waiting()


async def test_a_refusal_reaches_its_source_under_both_keys_once(hub: Hub, amqp_url: str) -> None:
    refusal, other = refusal_of(CRM), refusal_of("urn:other")
    async with await aio_pika.connect(amqp_url) as connection:
        everybody = await (await connection.channel()).declare_queue("all", exclusive=True)
        for key in ("event.rejected", f"event.rejected.{CRM}"):
            await everybody.bind(topology.EVENTS_OUT, key)
        await hub.publisher.notify([refusal, other])
        await hub.publisher.ping()
        both = [json.loads((await everybody.get()).body)["id"] for _ in range(2)]

        assert await everybody.get(fail=False) is None
    assert [refusal.id, other.id] == both
    assert [refusal.id] == [told["id"] for told in await hub.hear()]


def refusal_of(source: str) -> Event:
    return event("event.rejected", data={"event_source": source})


async def test_a_month_that_is_made_later_keeps_the_results(hub: Hub, database: str) -> None:
    await hub.subscribe()
    planned = await hub.plan(at=NOON.replace(year=2029, month=5))
    async with Database(database) as opened:
        await PostgresMonths(opened).make(datetime(2029, 5, 1, tzinfo=UTC))
    await hub.end(planned, State.SENT)

    assert [planned.id] == [result.message_id for result in await hub.waiting()]


async def letter_made(hub: Hub) -> Message:
    """Plan a letter and make it, as the channel does."""
    planned = await hub.plan(channel="print", contact_id="print")
    await hub.stores.letters.add([letter(planned)])
    await hub.end(planned, State.SENT)
    return planned


async def document_to_print(hub: Hub) -> Message:
    """Plan a letter whose document staff must print by itself: it is told as failed."""
    planned = await hub.plan(channel="print", contact_id="print")
    await hub.end(planned, State.FAILED, "document_not_printed")
    return planned


def states(heard: Sequence[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(told["type"].split(".")[-2], told["data"]["reason"]) for told in heard]


async def test_a_letter_that_is_only_made_was_sent_to_nobody(hub: Hub) -> None:
    await hub.subscribe()
    made = await letter_made(hub)
    await hub.publish()
    of_making = await hub.hear()
    for guide in ("RA1", "RA1", "RA2"):
        await letters.post(hub.database, made.id, guide)
    await hub.publish()
    of_posting = await hub.hear()
    for _ in range(2):
        await letters.hand_over(hub.database, made.id)
    await hub.publish()

    assert [] == of_making
    assert [("sent", "posted")] == states(of_posting)
    assert [("delivered", None)] == states(await hub.hear())
    assert [] == await hub.waiting()


async def test_a_letter_that_is_handed_over_without_the_post_is_sent_and_then_delivered(hub: Hub) -> None:
    await hub.subscribe()
    await hub.subscribe("urn:other")
    made = await letter_made(hub)
    unheard = await hub.plan(source="urn:not-subscribed", channel="print", contact_id="print")
    await hub.stores.letters.add([letter(unheard)])
    await hub.end(unheard, State.SENT)
    for one in (made, unheard):
        for _ in range(2):
            await letters.hand_over(hub.database, one.id)
    await hub.publish()

    assert [("sent", "handed_over"), ("delivered", None)] == states(await hub.hear())


@pytest.mark.parametrize("posted", [True, False])
async def test_a_document_that_staff_prints_is_told_like_a_letter_once_it_leaves(
    hub: Hub, posted: bool
) -> None:
    await hub.subscribe(CRM, ResultKind.SENT, ResultKind.DELIVERED)
    planned = await document_to_print(hub)
    if posted:
        await letters.post(hub.database, planned.id, "RA1")
    await letters.hand_over(hub.database, planned.id)
    await hub.publish()

    why = "posted" if posted else "handed_over"
    assert [("sent", why), ("delivered", None)] == states(await hub.hear())
