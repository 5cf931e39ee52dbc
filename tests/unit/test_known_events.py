"""An id that is known: the same event again changes nothing, another one under it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.model import HUB_SOURCE, DeadLetter, Event, Json
from tests.unit.factories import HOUR, MINUTE, event, incoming
from tests.unit.hub_in_memory import MemoryHub, memory_hub

FIRST = event("pqrs.received")


@pytest.fixture
def hub() -> MemoryHub:
    hub = memory_hub()
    hub.clock.advance(2 * HOUR)
    return hub


def changed(one: Event = FIRST, **data: Json) -> Event:
    return replace(one, data={**one.data, "radicado": "PQ-2026-999999", **data})


def letters(hub: MemoryHub) -> list[DeadLetter]:
    return [row.letter for row in hub.letters]


def data_of(hub: MemoryHub) -> list[Json]:
    return [row.event.data for row in hub.store.tables.events.values()]


async def test_other_content_under_a_known_id_is_refused_and_said(hub: MemoryHub) -> None:
    await hub.take_in(FIRST)
    before = len(hub.store.messages), len(hub.publisher.notices)
    await hub.take_in(changed())
    [letter] = letters(hub)

    assert [FIRST.data] == data_of(hub)
    assert ("id", False) == (letter.field, letter.wrong_sender)
    assert "the first one stays" in letter.reason
    assert before[0] == len(hub.store.messages)
    [notice] = hub.publisher.notices[before[1] :]
    assert ("event.rejected", FIRST.id, FIRST.source) == (
        notice.name,
        notice.data["event_id"],
        notice.data["event_source"],
    )


async def test_same_content_again_is_accepted_and_changes_nothing(hub: MemoryHub) -> None:
    await hub.take_in(FIRST)
    before = len(hub.store.messages)
    for again in (
        FIRST,
        replace(FIRST, time=FIRST.time + MINUTE),
        replace(FIRST, extensions={"quiet": True}),
    ):
        await hub.take_in(again)

    assert [] == hub.letters
    assert before == len(hub.store.messages)


async def test_another_type_under_a_known_id_is_refused(hub: MemoryHub) -> None:
    await hub.take_in(FIRST)
    await hub.take_in(event("pqrs.closed", id=FIRST.id))

    assert ["id"] == [letter.field for letter in letters(hub)]


@pytest.mark.parametrize("later", [timedelta(0), MINUTE])
async def test_two_of_one_id_in_a_batch_are_judged_like_two_batches(hub: MemoryHub, later: timedelta) -> None:
    other = changed(replace(FIRST, time=FIRST.time + later))
    await hub.take_in(incoming(FIRST), incoming(other), incoming(FIRST))

    assert [FIRST.data] == data_of(hub)
    assert ["id"] == [letter.field for letter in letters(hub)]


async def test_refused_repeat_names_nobody_for_its_case(hub: MemoryHub) -> None:
    await hub.take_in(FIRST)
    parties = dict(hub.store.tables.parties)
    stranger = {"name": "Otra Persona", "email": "otra@example.com"}
    await hub.take_in(changed(replace(FIRST, time=FIRST.time + MINUTE), petitioner=stranger))

    assert parties == hub.store.tables.parties


async def test_the_hubs_own_steps_may_come_again_with_other_words(hub: MemoryHub) -> None:
    """A step is published again after a fault, when its numbers may have moved."""
    own = event("pqrs.escalated", source=HUB_SOURCE)
    await hub.take_in(own)
    await hub.take_in(replace(own, data={**own.data, "radicado": "PQ-2026-000002"}))

    assert [] == hub.letters


async def test_same_id_of_another_source_is_another_event(hub: MemoryHub) -> None:
    await hub.take_in(FIRST)
    await hub.take_in(changed(replace(FIRST, source="urn:other"), pqrs_id="pqrs-other"))

    assert [] == hub.letters
    assert 2 == len(data_of(hub))
