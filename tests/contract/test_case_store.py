"""A case as one thread, in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hub.errors import StorageRefused
from hub.inbound.replies import event_of, read
from hub.model import (
    NOT_OPTED_IN,
    TOLD_BY_ANOTHER,
    AudienceRecord,
    ClockHistory,
    LeftOut,
    Pause,
    PropertyScope,
    Recall,
    Rendered,
    StoredEvent,
    own_event,
)
from hub.ports.cases import CaseEntry, CaseFacts, EntryKind, KnownCase
from hub.storage import PostgresCases
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import (
    HOUR,
    NOON,
    clock,
    event,
    mailed,
    message,
    now,
    outcome,
    person,
    stored,
)
from tests.integration.counting_hub import CountingDatabase
from tests.providers.samples import outgoing

CASE = "pqrs_id:PQ-1"
MINUTE = timedelta(minutes=1)


async def the_case(stores: RealStores, case: str = CASE, places: PropertyScope = None) -> KnownCase:
    [known] = await stores.cases.known([case], places=places)
    return known


async def page(
    stores: RealStores,
    case: str = CASE,
    *,
    places: PropertyScope = None,
    whole: bool = False,
    limit: int = 100,
) -> CaseFacts:
    known = await the_case(stores, case, places)
    return await stores.cases.page(known, after=None, limit=limit, places=places, whole=whole)


def kinds(facts: CaseFacts) -> list[str]:
    return [entry.kind if entry.change is None else entry.change for entry in facts.entries]


def happened(name: str, minutes: int, case: str = CASE, **fields: object) -> StoredEvent:
    return stored(event(name, time=NOON + minutes * MINUTE), case=case, **fields)


async def test_events_clock_changes_and_messages_come_in_the_order_in_which_they_happened(
    stores: RealStores,
) -> None:
    first, asked = happened("pqrs.received", 0), happened("pqrs.info_requested", 30)
    late = message(first, created_at=NOON + HOUR)
    course = ClockHistory(pauses=(Pause(since=NOON + 30 * MINUTE, until=NOON + 50 * MINUTE),))
    running = clock(course=course)
    at_risk = own_event(
        "sla.at_risk", f"{running.id}:at_risk:1", {"clock_id": str(running.id)}, time=NOON + 55 * MINUTE
    )
    await stores.add_events(asked, first, stored(at_risk, case=f"clock_id:{running.id}"))
    await stores.save_clocks(running)
    await stores.add(late, message(asked, created_at=NOON + 31 * MINUTE))
    facts = await page(stores)

    assert ["event", "started", "event", "paused", "message", "resumed", "event", "message"] == kinds(facts)
    assert late.id == facts.entries[-1].key
    assert {first.key, asked.key} < set(facts.events)
    assert [running] == list(facts.head) == list(facts.clocks.values())
    assert facts.next is None


async def test_a_message_stands_where_it_was_first_tried(stores: RealStores) -> None:
    first, later = happened("pqrs.received", 0), happened("pqrs.replied", 10)
    sent = message(first)
    await stores.add_events(first, later)
    token = await stores.begin(sent)
    await stores.delivery.record(token, [outcome(sent.id)])
    facts = await page(stores)
    [shown] = facts.messages.values()

    assert ["event", "event", "message"] == kinds(facts)
    assert [("sent", "smtp", "250")] == [(call.outcome, call.provider, call.code) for call in shown.attempts]


async def test_escalation_of_a_conversation_belongs_to_its_case(stores: RealStores) -> None:
    case = "thread_id:CONV-1"
    running = clock(case, context={})
    data = {"pqrs_id": "CONV-1", "clock_id": str(running.id)}
    escalated = own_event("pqrs.escalated", f"{running.id}:escalate:2", data, time=NOON + HOUR)
    other = own_event("pqrs.escalated", f"{uuid4()}:escalate:2", {"pqrs_id": "CONV-1"}, time=NOON + HOUR)
    await stores.add_events(
        happened("support.email.received", 0, case),
        stored(escalated, case="pqrs_id:CONV-1"),
        stored(other, case="pqrs_id:CONV-1"),
    )
    await stores.save_clocks(running)
    facts = await page(stores, case)

    assert ["event", "started", "event"] == kinds(facts)
    assert {case} == set(await stores.cases.named([escalated.id], []))
    assert escalated.id == facts.events[facts.entries[-1].key].event.id
    assert [] == list(await stores.cases.known(["pqrs_id:CONV-1"]))


async def test_reply_stands_for_its_event_with_its_text_only_in_the_whole_case(
    stores: RealStores, of: StoredEvent
) -> None:
    sent = message(of)
    await stores.add(sent)
    await stores.apply_directory(person("p-1", names="María Peña"))
    reply = mailed("¿Para cuándo?", at=NOON + HOUR, message_id=sent.id)
    inbound = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
    machine = replace(reply, reference="r-2", automatic=True)
    await stores.replies.add(read(machine, await stores.replies.about(machine), now=now()))
    await stores.add_events(stored(event_of(inbound), case=CASE, copropiedad_id="ph-1"))
    masked, whole = await page(stores), await page(stores, whole=True)

    assert ["event", "message", "reply", "reply"] == kinds(masked)
    assert {""} == {found.reply.text for found in masked.replies.values()}
    assert "¿Para cuándo?" == whole.replies[inbound.id].reply.text
    assert {"p-1": "M*** P***"} == masked.names
    assert {"p-1": "María Peña"} == whole.names
    assert "maria" not in str(masked.replies) + str(masked.messages)
    assert "maria@example.com" == whole.messages[sent.id].message.address


async def test_reply_to_a_notice_with_many_recipients_is_in_its_case_and_in_a_conversation(
    stores: RealStores,
) -> None:
    case = "outage_id:7"
    notice = happened("building.outage.reported", 0, case)
    sent = message(notice)
    await stores.add_events(notice)
    await stores.add(sent)
    reply = mailed("¿Hasta cuándo?", at=NOON + HOUR, message_id=sent.id)
    inbound = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
    thread = f"thread_id:{inbound.thread}"
    await stores.add_events(stored(event_of(inbound), case=thread))

    assert ["event", "message", "reply"] == kinds(await page(stores, case))
    assert ["reply"] == kinds(await page(stores, thread))


async def test_letter_and_inbox_keep_what_they_said(stores: RealStores, of: StoredEvent) -> None:
    paper = message(of, channel="print", contact_id="print", address="p-1")
    await stores.add(paper)
    words = Rendered(subject="Respuesta", text="Señora María", html="<p>Señora María</p>")
    await stores.letters.add(
        [outgoing("print", "p-1", id=paper.id, person="p-1", name=paper.name, rendered=words)]
    )
    masked, whole = await page(stores), await page(stores, whole=True)

    assert ("Respuesta", "Señora María") == (whole.messages[paper.id].subject, whole.messages[paper.id].text)
    assert (None, None) == (masked.messages[paper.id].subject, masked.messages[paper.id].text)


async def test_who_was_left_out_is_an_entry(stores: RealStores, of: StoredEvent) -> None:
    left = [
        LeftOut(person="p-2", reason=NOT_OPTED_IN),
        LeftOut(person="p-3", reason=TOLD_BY_ANOTHER),
    ]
    record = AudienceRecord(event_key=of.key, audience=0, planned_at=NOON, groups=[], people=1, left_out=left)
    async with stores.intake.transaction() as transaction:
        await transaction.keep_audiences([record])
    [_, entry] = (await page(stores)).entries

    assert (EntryKind.LEFT_OUT, "p-2", NOT_OPTED_IN, of.key) == (
        entry.kind,
        entry.person,
        entry.reason,
        entry.key,
    )


async def test_pages_join_without_a_gap_or_a_repeat_also_at_one_instant(stores: RealStores) -> None:
    many = [happened("pqrs.replied", 0) for _ in range(7)]
    await stores.add_events(*many)
    await stores.add(*(message(one) for one in many))
    known = await the_case(stores)
    entries: list[CaseEntry] = []
    after = None
    while True:
        found = await stores.cases.page(known, after=after, limit=3)
        entries += found.entries
        if (after := found.next) is None:
            break

    assert (await page(stores)).entries == entries
    assert 14 == len({entry.id for entry in entries})
    with pytest.raises(StorageRefused):
        await stores.cases.page(known, after="bm8=", limit=3)


async def test_only_what_belongs_to_the_places_exists(stores: RealStores) -> None:
    ours = happened("pqrs.received", 0, copropiedad_id="ph-1")
    unplaced = happened("support.replied", 1)
    await stores.add_events(ours, unplaced)
    here, there = frozenset({"ph-1"}), frozenset({"ph-2"})
    alone = await page(stores, places=here)
    theirs = happened("pqrs.closed", 2, copropiedad_id="ph-2")
    await stores.add_events(theirs)
    await stores.add(message(ours), message(theirs, person="p-9"))

    assert [ours.key, unplaced.key] == [entry.key for entry in alone.entries]
    assert [ours.key] == list((await page(stores, places=here)).events)
    assert {theirs.key} == set((await page(stores, places=there)).events)
    assert [] == list(await stores.cases.known([CASE], places=frozenset({"ph-3"})))
    assert [] == list(await stores.cases.known([CASE], places=frozenset()))


async def test_promise_of_no_place_is_shown_to_a_place_while_the_case_is_of_no_other(
    stores: RealStores,
) -> None:
    await stores.add_events(happened("pqrs.received", 0, copropiedad_id="ph-1"))
    await stores.save_clocks(running := clock(context={}))
    alone = await page(stores, places=frozenset({"ph-1"}))
    await stores.add_events(happened("pqrs.closed", 2, copropiedad_id="ph-2"))
    shared = await page(stores, places=frozenset({"ph-1"}))

    assert [running] == list(alone.head)
    assert [] == list(shared.head)
    assert [running] == list((await page(stores)).head)


async def test_case_is_named_by_radicado_event_clock_and_message(stores: RealStores) -> None:
    first = stored(event(id="evt-1"), copropiedad_id="ph-1")
    running = clock(context={"radicado": "PQ-2026-000901"})
    sent = message(first)
    step = own_event("sla.at_risk", f"{running.id}:at_risk:1", {}, time=NOON + HOUR)
    stepped = stored(step, case=f"clock_id:{running.id}")
    await stores.add_events(first, stepped)
    await stores.save_clocks(running)
    await stores.add(sent)
    named: Sequence[tuple[list[str], list[UUID]]] = [
        (["PQ-2026-000901"], []),
        (["evt-1"], []),
        *(([], [key]) for key in (first.key, stepped.key, running.id, sent.id)),
    ]

    assert [{CASE}] * 6 == [set(await stores.cases.named(*asked)) for asked in named]
    assert set() == set(await stores.cases.named(["a\0b"], [uuid4()]))


async def test_a_case_of_ten_thousand_events_is_read_in_the_statements_of_a_small_one(
    emptied_database: str,
) -> None:
    many = [_payment(number) for number in range(10_000)]
    async with CountingDatabase(emptied_database) as counting, open_stores(emptied_database) as stores:
        for start in range(0, len(many), 2000):
            await stores.add_events(*many[start : start + 2000])
        await stores.add(*(message(one, person="p-1", created_at=one.event.time) for one in many))
        cases = PostgresCases(counting)
        [known] = await cases.known(["unit_id:u-1"])
        costs = []
        for limit in (1, 500):
            before = counting.statements
            began = time.monotonic()
            found = await cases.page(known, after=None, limit=limit)
            costs.append(counting.statements - before)
            took = time.monotonic() - began

    assert costs[0] == costs[1] <= 14
    assert took < _PATIENCE
    assert [many[number // 2].key for number in range(0, 500, 2)] == [
        entry.key for entry in found.entries if entry.kind is EntryKind.EVENT
    ]
    assert 250 == len(found.messages)


_PATIENCE = 5.0
"""Seconds; a plan that reads whole tables takes minutes."""


def _payment(number: int) -> StoredEvent:
    at = NOON + number * MINUTE
    data = {"unit_id": "u-1", "payment_id": str(number)}
    return stored(event("admin.payment.received", time=at, data=data), case="unit_id:u-1")


async def test_recall_of_an_event_stands_in_the_thread_of_its_case(stores: RealStores) -> None:
    wrong = stored(event("pqrs.replied", id="wrong", time=NOON + MINUTE))
    other = happened("pqrs.replied", 2)
    taken_back = happened("notification.recall", 3, case="id:wrong")
    elsewhere = happened("notification.recall", 4, case="id:elsewhere")
    await stores.add_events(wrong, other, taken_back, elsewhere)
    recalls = [
        Recall(source=wrong.event.source, event_id=name, by=by.key)
        for name, by in (("wrong", taken_back), ("elsewhere", elsewhere))
    ]
    async with stores.intake.transaction() as transaction:
        await transaction.recall(recalls)
    facts = await page(stores)

    assert [wrong.key, other.key, taken_back.key] == [entry.key for entry in facts.entries]
    assert taken_back.key in facts.events
