"""The contract of the MonitorStore and the PostgresMonitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import uuid4

import pytest

from hub.model import ClockState, Gap, Incident, Lane, State, StoredEvent, Symptom
from hub.ports import MonitorStore
from hub.storage import Database, PostgresMonitor
from hub.storage.dead_letters import settle
from hub.testing import MemoryMonitor, MemoryStore
from tests.contract.stores import AT_ONCE, RealStores, Stores
from tests.contract.values import HOUR, LEASE, clock, event, letter, membership, message, now, person, stored

QUEUES = [(channel, lane) for channel in ("email", "sms") for lane in Lane]
SMS = Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")
DEAD = Symptom(key="dead_letters", measured="1 abierto")
AGO = timedelta(milliseconds=-1)
"""An age that not even a symptom of a moment ago meets."""


class Watching(MonitorStore, Protocol):
    """The MonitorStore with its list of incidents, as each implementation is."""

    async def incidents(self, limit: int) -> Sequence[Incident]: ...


@pytest.fixture
def watching(stores: Stores) -> Watching:
    if isinstance(stores, RealStores):
        return PostgresMonitor(stores.database, QUEUES)
    assert isinstance(stores.timers, MemoryStore)
    return MemoryMonitor(stores.timers, now)


def keys(incidents: Sequence[Incident]) -> list[str]:
    return [incident.key for incident in incidents]


async def test_monitor_clock_returns_the_current_time(stores: RealStores) -> None:
    before = now()
    stored_time = await stores.monitor.clock()

    assert before - HOUR < stored_time < now() + HOUR
    assert stored_time.tzinfo is not None


async def test_circuit_counts_while_its_process_reports_it(watching: Watching) -> None:
    await watching.beat("one", {"circuit:sms:twilio": "open", "circuit:email:smtp": "closed"})
    await watching.beat("two", {"circuit:sms:twilio": "half_open"})

    assert ["sms:twilio"] == await watching.open_circuits(HOUR)
    assert [] == await watching.open_circuits(AGO)

    await watching.beat("one", {"circuit:sms:twilio": "closed"})
    assert ["sms:twilio"] == await watching.open_circuits(HOUR)

    await watching.beat("two", {"circuit:sms:twilio": "closed"})
    assert [] == await watching.open_circuits(HOUR)


async def test_gap_of_a_process_counts_while_it_is_fresh_and_keeps_its_row(watching: Watching) -> None:
    lasting = Gap(since=now())
    over = Gap(since=lasting.since, until=now())
    await watching.beat("one", {"gap:1": str(lasting)})
    assert [lasting] == await watching.gaps(HOUR)
    assert [] == await watching.open_circuits(HOUR)

    await watching.beat("one", {"gap:1": str(over)})
    assert [over] == await watching.gaps(HOUR)
    assert [] == await watching.gaps(AGO)


async def test_clock_of_a_host_is_as_wrong_as_its_processes_reported_lately(watching: Watching) -> None:
    await watching.beat("uno:1", {"clock": "0.0"})
    await watching.beat("uno:2", {"clock": "-7200.25", "circuit:sms:twilio": "closed"})
    await watching.beat("dos:1", {"clock": "0.0"})

    assert {"uno": timedelta(hours=2, milliseconds=250), "dos": timedelta(0)} == await watching.clock_offsets(
        HOUR
    )
    assert {} == await watching.clock_offsets(AGO)


async def test_audit_age_is_known_after_the_first_audit(watching: Watching) -> None:
    assert await watching.audit_age() is None

    await watching.beat("timers", {"audit": "ended"})
    age = await watching.audit_age()
    assert age is not None
    assert age < HOUR


async def test_role_that_ended_in_order_is_away_until_it_works_again(watching: Watching) -> None:
    assert {} == await watching.planned_stops()

    await watching.beat("one", {"audit": "ended", "role:delivery": "works", "circuit:sms:twilio": "open"})
    await watching.beat("one", {"stop:timers": "300 s", "stop:delivery": "300 s", "stop:intake": "0 s"})
    assert {"timers": False, "delivery": False} == await watching.planned_stops()

    await watching.beat("two", {"audit": "ended", "role:timers": "works"})
    assert {"timers": True, "delivery": False} == await watching.planned_stops()

    await watching.beat("two", {"role:delivery": "works"})
    assert {"timers": True, "delivery": True} == await watching.planned_stops()


async def test_no_message_waits_at_first(watching: Watching) -> None:
    assert {} == await watching.oldest_waiting()


async def test_oldest_waiting_message_of_each_queue_is_reported(
    watching: Watching, stores: Stores, of: StoredEvent
) -> None:
    held = message(of, contact_id="c", channel="sms", state=State.HELD, next_at=now() + HOUR)
    due = message(of, contact_id="d", state=State.RETRYING, lane=Lane.URGENT, next_at=now() - 2 * HOUR)
    await stores.add(message(of, contact_id="a"), held, due)
    ages = await watching.oldest_waiting()

    assert {("email", Lane.NORMAL), ("email", Lane.URGENT)} == ages.keys()
    assert ages["email", Lane.NORMAL] < HOUR
    assert HOUR < ages["email", Lane.URGENT] < 3 * HOUR


async def test_message_in_work_counts_as_waiting_only_after_its_lease(
    watching: Watching, stores: Stores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    await stores.claim(one, lease=LEASE)
    assert {} == await watching.oldest_waiting()

    another = message(of, contact_id="b")
    await stores.add(another)
    await stores.claim(another, lease=AT_ONCE)
    assert {("email", Lane.NORMAL)} == (await watching.oldest_waiting()).keys()


async def test_open_and_recent_dead_letters_are_counted(watching: Watching, stores: RealStores) -> None:
    old, new = letter(b"old", received_at=now() - 3 * HOUR), letter(b"new", received_at=now())
    await stores.add_dead_letters(old, new)
    assert (2, 1) == await watching.open_letters(HOUR)

    await settle(stores.database, new.id, "discarded")
    assert (1, 0) == await watching.open_letters(HOUR)


async def test_recent_letters_refused_for_their_sender_are_found_newest_first(
    watching: Watching, stores: RealStores
) -> None:
    forged = [
        letter(
            str(age).encode(),
            received_at=now() - age * HOUR / 4,
            source="urn:hub",
            sender=f"user {age}",
            wrong_sender=True,
        )
        for age in (3, 1, 9, 2)
    ]
    await stores.add_dead_letters(*forged, letter(b"new", received_at=now()))
    await settle(stores.database, forged[1].id, "discarded")

    assert [("urn:hub", "user 2"), ("urn:hub", "user 3")] == await watching.wrong_senders(HOUR)


async def test_somebody_is_on_duty_when_the_company_has_one(watching: Watching, stores: Stores) -> None:
    assert not await watching.anybody_on_duty()

    await stores.apply_directory(person("p-1"), membership("p-1", "company", "staff", duty="ops"))
    assert await watching.anybody_on_duty()


async def test_incident_is_one_row_with_the_last_measurement(watching: Watching) -> None:
    await watching.see([SMS, DEAD])
    [first, _] = await watching.unpublished()
    await watching.see([replace(SMS, measured="Peor")])
    again = await watching.unpublished()

    assert [SMS.key, DEAD.key] == keys(again)
    assert (first.since, "Peor") == (again[0].since, again[0].measured)
    assert again[0].seen_at >= first.seen_at


async def test_incident_is_notified_once_at_its_start_and_once_at_its_end(watching: Watching) -> None:
    await watching.see([SMS])
    [begun] = await watching.unpublished()
    await watching.mark_published(begun)
    assert [] == await watching.unpublished()

    await watching.resolve(["circuit"], AGO)
    [over] = await watching.unpublished()
    assert over.told_at is not None
    assert over.resolved_at is not None
    await watching.mark_published(over)
    assert [] == await watching.unpublished()


async def test_incident_resolved_before_notification_still_notifies_both(watching: Watching) -> None:
    await watching.see([SMS])
    await watching.resolve(["circuit"], AGO)
    [one] = await watching.unpublished()
    assert one.told_at is None

    await watching.mark_published(one)
    [over] = await watching.unpublished()
    assert over.told_at is not None


async def test_incident_resolves_only_for_its_observers_and_after_a_while(watching: Watching) -> None:
    await watching.see([SMS, DEAD])
    await watching.resolve(["circuit", "dead_letters"], HOUR)
    await watching.resolve(["dead_letters"], AGO)
    open_by_key = {incident.key: incident.resolved_at is None for incident in await watching.incidents(10)}

    assert {SMS.key: True, DEAD.key: False} == open_by_key


async def test_recurring_symptom_opens_a_new_incident_and_open_ones_come_first(
    watching: Watching,
) -> None:
    await watching.see([SMS])
    await watching.resolve(["circuit"], AGO)
    await watching.see([DEAD])
    await watching.see([SMS])
    listed = await watching.incidents(10)

    assert [DEAD.key, SMS.key, SMS.key] == keys(listed)
    assert [True, True, False] == [row.resolved_at is None for row in listed]
    assert [DEAD.key] == keys(await watching.incidents(1))


async def test_promises_that_have_not_ended_are_counted_by_name_level_and_state(stores: RealStores) -> None:
    late = clock("d", state=ClockState.BREACHED, level=3)
    other = replace(late, id=uuid4(), name="legal_term")
    ended = clock("c", state=ClockState.BREACHED, ended_at=now())
    await stores.save_clocks(clock("a"), clock("b"), ended, late, other)

    assert await stores.monitor.promises() == {
        ("first_reply", 1, "open"): 2,
        ("first_reply", 3, "breached"): 1,
        ("legal_term", 3, "breached"): 1,
    }


async def test_contracts_decided_within_a_time_are_found(stores: RealStores) -> None:
    rows = [
        stored(event("contract.renewed", time=now() - ago), case=f"services.contract_id:{number}")
        for number, ago in (("a", HOUR), ("b", 3 * HOUR))
    ]
    await stores.add_events(*rows)

    [decision] = await stores.monitor.contract_decisions(2 * HOUR)
    assert ("services.contract_id:a", True) == (decision.case, decision.renewed)


async def test_excess_of_a_sender_adds_up_over_the_processes_that_reported_it_lately(
    watching: Watching,
) -> None:
    await watching.beat("one", {"excess:urgent:http:key:crm": "40", "excess:normal:pay": "2"})
    await watching.beat("two", {"excess:urgent:http:key:crm": "2"})

    assert {(Lane.URGENT, "http:key:crm"): 42, (Lane.NORMAL, "pay"): 2} == await watching.excess(HOUR)
    assert {} == await watching.excess(AGO)
    assert [] == await watching.open_circuits(HOUR)


async def test_held_messages_are_counted_by_reason_until_they_are_due(
    watching: Watching, stores: Stores, of: StoredEvent
) -> None:
    waits = partial(message, of, state=State.HELD)
    await stores.add(
        waits(contact_id="a", reason="register", next_at=now() + HOUR / 2),
        waits(contact_id="b", reason="contact_limit", next_at=now() + 20 * HOUR),
        waits(contact_id="c", reason="contact_limit", next_at=now() + 30 * HOUR),
        waits(contact_id="d", reason="contact_hours", next_at=now() - HOUR),
        message(of, contact_id="e", state=State.RETRYING, reason="timeout", next_at=now() + HOUR / 2),
    )

    assert {"register": 1, "contact_limit": 2} == await watching.held()
    assert {"register": 1} == await watching.held(HOUR)


async def test_wrong_codes_of_processes_add_up_while_they_are_fresh(watching: Watching) -> None:
    assert 0 == await watching.unknown_codes(HOUR)

    await watching.beat("web:1", {"codes:unknown": "12"})
    await watching.beat("web:2", {"codes:unknown": "9"})
    assert 21 == await watching.unknown_codes(HOUR)
    assert 0 == await watching.unknown_codes(AGO)


async def test_without_a_list_of_exclusions_there_is_none(watching: Watching) -> None:
    assert await watching.exclusion_list() is None
    assert 0 == await watching.unrecognised(HOUR)


async def test_what_lies_unread_in_inboxes_is_counted(stores: RealStores, place: str) -> None:
    columns = "(id, person, event, subject, text, html, created_at, read_at)"
    async with Database(place) as database:
        await database.rows(
            f"INSERT INTO inbox_item {columns} SELECT gen_random_uuid(), 'p-' || n, 'e', '', '', '', now(), "
            "CASE WHEN n > 3 THEN now() END FROM generate_series(1, 5) n"
        )

    assert 3 == await stores.monitor.unread()
