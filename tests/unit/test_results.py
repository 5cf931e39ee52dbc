"""Results for publishers: the events, and the keys under which they go out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import jsonschema_rs
import pytest

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.messages.results import events_of
from hub.model import State
from hub.model.results import KINDS, Result, ResultKind, ResultSubscription, source_key
from hub.model.webhooks import Webhook
from hub.testing import MemoryResults
from hub.timers.results import publish_results
from hub.web.documents.notices import results
from tests.contract.values import FALLBACK
from tests.unit.factories import MONDAY
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

CRM = "urn:coproservicios:crm"


def result(state: State = State.SENT, source: str = CRM, **fields: object) -> Result:
    values: dict[str, object] = {
        "message_id": UUID(int=7),
        "state": state,
        "at": MONDAY,
        "source": source,
        "event_key": UUID(int=5),
        "event_id": "pay-1",
        "event": "admin.payment.received",
        "person": "p-maria",
        "channel": "email",
        "occasion": "initial",
        **fields,
    }
    return Result(**values)  # type: ignore[arg-type]


def subscription(source: str = CRM, *kinds: ResultKind) -> ResultSubscription:
    return ResultSubscription(
        id=UUID(int=1), source=source, kinds=frozenset(kinds), created_at=MONDAY, created_by="ana"
    )


async def subscribed(*subscriptions: ResultSubscription) -> MemoryResults:
    store = MemoryResults()
    store.subscriptions += subscriptions
    return store


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (CRM, CRM),
        ("https://crm.example.co/a", "https://crm%2Eexample%2Eco/a"),
        ("urn:a.#.*", "urn:a%2E%23%2E%2A"),
        ("señor", "se%C3%B1or"),
    ],
)
def test_a_source_is_one_word_of_a_routing_key(source: str, key: str) -> None:
    assert key == source_key(source)
    assert not set(".*# ") & set(source_key(source))


def test_a_very_long_source_is_named_by_its_digest() -> None:
    long = "urn:" + "é" * 250

    assert source_key(long).startswith("sha256:")
    assert len(f"notification.undelivered.{source_key('urn:' + 'x' * 251)}") <= 255
    assert source_key(long) != source_key(long + "é")


def test_result_names_the_event_and_the_person_and_nothing_else_of_them() -> None:
    [(kind, event)] = events_of(result(State.BOUNCED, reason="smtp_550", fallback=FALLBACK))

    assert (ResultKind.FAILED, "notification.failed") == (kind, event.name)
    assert event.data == {
        "event_id": "pay-1",
        "event_source": CRM,
        "event_type": "co.coproservicios.admin.payment.received.v1",
        "message_id": str(UUID(int=7)),
        "person": "p-maria",
        "channel": "email",
        "occasion": "initial",
        "state": "bounced",
        "reason": "smtp_550",
        "final": True,
        "next": ["sms"],
        "at": "2026-03-09T13:05:00+00:00",
    }


def test_ids_are_of_the_change_and_the_same_again() -> None:
    sent, later = result(), result(at=MONDAY + timedelta(hours=1))
    ids = [event.id for given in (sent, sent, later) for _, event in events_of(given)]

    assert ids[0] == ids[1] != ids[2]


def test_person_without_any_message_is_undelivered_once_after_any_last_message() -> None:
    lost = result(State.FAILED, undelivered=True)
    other = result(State.EXPIRED, undelivered=True, message_id=UUID(int=8))
    told = [event for given in (lost, other) for kind, event in events_of(given) if kind == "undelivered"]

    assert 2 == len(told)
    assert 1 == len({event.id for event in told})
    assert ("expired", True) == (told[1].data["reason"], told[1].data["final"])


async def test_only_what_a_subscription_asks_for_is_published() -> None:
    hub = memory_hub(MONDAY)
    store = await subscribed(subscription(CRM, ResultKind.FAILED), subscription("urn:other"))
    store.waiting = [
        result(),
        result(State.FAILED),
        result(source="urn:third"),
        result(source="urn:other"),
        Result(message_id=UUID(int=9), state=State.SENT, at=MONDAY),
    ]

    assert not await publish_results(timers_of(hub, results=store))

    told = [(event.name, event.data["event_source"]) for event in hub.publisher.notices]
    assert told == [("notification.failed", CRM), ("notification.sent", "urn:other")]
    assert [] == store.waiting


async def test_a_crash_before_or_after_the_publishing_repeats_the_same_ids() -> None:
    hub = memory_hub(MONDAY)
    store = await subscribed(subscription())
    store.waiting = [result(), result(State.DELIVERED)]
    timers = timers_of(hub, results=store)
    hub.publisher.faults.script("notify", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await publish_results(timers)
    store.faults.script("finish_results", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await publish_results(timers)
    await publish_results(timers)

    ids = [event.id for event in hub.publisher.notices]
    assert ids[:2] == ids[2:]
    assert [] == store.waiting


def test_each_kind_but_the_persons_own_comes_from_a_state() -> None:
    assert set(ResultKind) - {ResultKind.UNDELIVERED} == set(KINDS.values())


@pytest.mark.parametrize("state", KINDS)
def test_each_result_keeps_its_schema(state: State) -> None:
    schemas = results()
    lost = KINDS[state] is ResultKind.FAILED
    for given in (result(state, undelivered=lost), result(state, reason="x", fallback=FALLBACK)):
        for _, event in events_of(given):
            validator = jsonschema_rs.validator_for(dict(schemas[event.name]))
            assert [] == [error.message for error in validator.iter_errors(event.data)]


@pytest.mark.parametrize("name", results())
def test_each_schema_has_examples_that_keep_it(name: str) -> None:
    schema = results()[name]
    validator = jsonschema_rs.validator_for(dict(schema))

    assert schema["examples"]
    assert all(validator.is_valid(example) for example in schema["examples"])


async def test_results_of_a_webhook_are_queued_and_not_published() -> None:
    hub = memory_hub(MONDAY)
    store = MemoryResults()
    webhook = Webhook(
        id=UUID(int=3), source=CRM, created_at=MONDAY, created_by="ana", url="https://x.example", secret="s"
    )
    store.webhooks.append(webhook)
    store.waiting = [result()]
    await publish_results(timers_of(hub, results=store))

    assert [] == hub.publisher.notices
    assert [(webhook.id, "notification.sent")] == [(whose, event.name) for whose, event in store.queued]
