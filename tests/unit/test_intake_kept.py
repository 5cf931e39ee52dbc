"""The records that intake stores of an event's audiences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.catalog import BY_NAME
from hub.errors import StorageUnavailable
from hub.model import Audience, AudienceRecord, Event, Json, LeftOut, Purpose
from tests.unit.factories import DESK, HOUR, MONDAY, email, event, home, member, somebody, upserted
from tests.unit.hub_in_memory import MemoryHub, memory_hub

ANA = {"name": "Ana", "email": "ana@example.com"}
RECEIVED = event("pqrs.received", {"petitioner": {"ref": "p-1"}})
WORKS = event("maintenance.scheduled.announced", without=("zones",))


def staff(ref: str, **fields: Json) -> tuple[Event, Event]:
    return somebody(ref, email(f"{ref}@example.com")), member(ref, "company", "staff", **fields)


def away(ref: str, delegate: str | None) -> Event:
    since, until = ((MONDAY + hours).isoformat() for hours in (-HOUR, HOUR))
    data: dict[str, Any] = {"person_id": ref, "since": since, "until": until, "delegate_id": delegate}
    return upserted("leave", f"leave of {ref}", **data)


def kept(hub: MemoryHub, of: Event) -> list[AudienceRecord]:
    tables = hub.store.tables
    return [row.record for key, row in sorted(tables.audiences.items()) if key[0] == hub.stored(of).key]


def shown(hub: MemoryHub, of: Event) -> list[tuple[int, str | None]]:
    return [(record.people, record.why) for record in kept(hub, of)]


def left_out(hub: MemoryHub, of: Event) -> list[tuple[int, LeftOut]]:
    rows = sorted(hub.store.tables.left_out.items(), key=lambda item: item[0])
    return [(audience, entry) for (key, audience, _), entry in rows if key == hub.stored(of).key]


async def test_each_audience_is_stored_with_its_groups() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(somebody("p-1", email()), *staff("s-1", duty="service"), RECEIVED)
    petitioner, service = kept(hub, RECEIVED)

    assert [{"person": "p-1"}] == petitioner.groups
    assert "service" == service.groups[0]["duty"]
    assert {"duty", "copropiedad_id", "service_area"} >= service.groups[0].keys()
    assert [(1, None), (1, None)] == shown(hub, RECEIVED)
    assert MONDAY == petitioner.planned_at


async def test_version_of_the_directory_is_stored_with_the_audience() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(RECEIVED)
    await hub.take_in(somebody("p-1", email()), event("pqrs.received", id="later"))
    versions = {audience.directory_version for audience in hub.store.tables.audiences.values()}

    assert {0, 1} == versions


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (event("pqrs.received", quiet=True), [(0, "quiet"), (0, "quiet")]),
        (event("pqrs.received", {"petitioner": ANA}), [(1, None), (0, "nobody")]),
        (event("pqrs.received", {"petitioner": {"ref": "p-9"}}), [(1, None), (0, "nobody")]),
        (event("pqrs.replied", without=("petitioner",)), [(0, "waiting")]),
        (event("maintenance.scheduled.announced"), [(0, "nobody")]),
    ],
    ids=["quiet", "a stranger", "an unknown reference", "waiting", "a broad audience of nobody"],
)
async def test_reason_for_notifying_nobody_is_stored(
    published: Event, expected: list[tuple[int, str | None]]
) -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(published)

    assert expected == shown(hub, published)


async def test_released_event_gets_its_audience_record() -> None:
    hub = memory_hub(MONDAY)
    replied = event("pqrs.replied", without=("petitioner",), at=MONDAY)
    await hub.take_in(replied)
    hub.clock.at = MONDAY + HOUR
    await hub.take_in(event("pqrs.received", {"petitioner": ANA}))
    [record] = kept(hub, replied)

    assert (MONDAY + HOUR, 1, None) == (record.planned_at, record.people, record.why)


async def test_released_event_gets_the_place_of_its_case() -> None:
    hub = memory_hub(MONDAY)
    replied = event("pqrs.replied", without=("petitioner", "copropiedad_id", "unit_id"), at=MONDAY)
    await hub.take_in(replied)
    received = event("pqrs.received", {"petitioner": ANA, "copropiedad_id": "ph-a"})
    await hub.take_in(received)
    where = {row.event.name: row.copropiedad_id for row in hub.store.tables.events.values()}

    assert {"pqrs.replied": "ph-a", "pqrs.received": "ph-a"} == where


async def test_a_duplicate_changes_nothing() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(RECEIVED, WORKS)
    before = dict(hub.store.tables.audiences)
    hub.clock.at = MONDAY + HOUR
    await hub.take_in(*staff("s-1", duty="service"))
    await hub.take_in(RECEIVED, WORKS)

    assert before == hub.store.tables.audiences


async def test_person_on_leave_is_stored_with_the_stand_in() -> None:
    hub = memory_hub(MONDAY)
    await hub.take_in(*staff("s-1", duty="service"), *staff("s-2"), away("s-1", "s-2"), RECEIVED)

    assert [(1, LeftOut(person="s-1", reason="on_leave", detail="s-2"))] == left_out(hub, RECEIVED)
    assert ["s-2"] == [message.person for message in hub.of(RECEIVED) if message.audience == 1]


async def test_person_left_out_of_one_group_is_notified_through_another() -> None:
    hub = memory_hub(MONDAY)
    drill = event("emergency.declared")
    called = [*staff("s-1", duty="on_call"), *staff("s-2", duty="front_desk"), away("s-2", "s-1")]
    await hub.take_in(*called, drill)

    assert "s-1" in {message.person for message in hub.of(drill)}
    assert "s-1" not in {entry.person for _, entry in left_out(hub, drill)}


async def test_person_notified_by_another_audience_is_stored_as_left_out() -> None:
    mail = Audience(who=("petitioner",), purpose=Purpose.TRANSACTIONAL, channels=(("email",),))
    more = replace(mail, channels=(("email", "inbox"),))
    kind = replace(BY_NAME["pqrs.received"], audiences=(mail, mail, more))
    hub = replace(memory_hub(MONDAY), context=replace(DESK, catalog={**BY_NAME, kind.name: kind}))
    await hub.take_in(somebody("p-1", email()), RECEIVED)

    assert [(1, LeftOut(person="p-1", reason="told_by_another_audience"))] == left_out(hub, RECEIVED)
    assert [(0, "email"), (2, "inbox")] == sorted(
        (message.audience, message.channel) for message in hub.of(RECEIVED)
    )


@pytest.mark.parametrize("page", [1, 2, 3, 7])
async def test_pages_are_added_up(page: int) -> None:
    hub = await building(page)
    await hub.take_in(WORKS)

    assert [(3, None)] == shown(hub, WORKS)


@pytest.mark.parametrize("done", [0, 1, 2])
async def test_pages_that_are_expanded_again_are_not_counted_again(done: int) -> None:
    hub = await building(1)
    hub.store.faults.script("transaction", *[None] * (1 + done), StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(WORKS)
    unfinished = shown(hub, WORKS)
    hub.clock.at = MONDAY + HOUR
    await hub.take_in(WORKS)

    assert [(done, "expanding")] == unfinished
    assert [(3, None)] == shown(hub, WORKS)


async def building(page: int) -> MemoryHub:
    hub = memory_hub(MONDAY, page=page)
    for number in range(3):
        ref = f"p-{number}"
        lives = member(ref, f"unit:u-{ref}", "resident")
        await hub.take_in(home(f"u-{ref}", "1"), somebody(ref, email()), lives)
    return hub
