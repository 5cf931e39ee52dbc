"""A publisher takes back an event of its own, before or after it comes, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pytest
from msgspec.structs import replace

from hub.access.api_keys import issue
from hub.catalog import BY_NAME
from hub.errors import InvalidEvent, StorageUnavailable
from hub.model import HUB_SOURCE, RECALL, ClockState, Event, Json, Scope, State, StoredEvent
from hub.model.ids import event_key
from hub.operations.explain.verdict import judge
from hub.ports import ExplainFacts, SentMessage
from hub.rendering.outcomes_es import REASONS
from tests.unit.factories import (
    HOUR,
    MONDAY,
    OWN_USER,
    SCHEMAS,
    SOURCE,
    email,
    event,
    home,
    incoming,
    member,
    message,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub

ROSA: Final[Json] = {"name": "Rosa Díaz", "email": "rosa@example.com", "phone": "3001234567"}
RECEIVED: Final = event("pqrs.received", {"petitioner": ROSA})
RESPONDED: Final = event("pqrs.responded", {"petitioner": ROSA}, at=MONDAY + HOUR)
GONE: Final = (State.CANCELLED, "recalled")


def recall(of: Event, *, data: Json | None = None, without: tuple[str, ...] = (), **fields: Json) -> Event:
    named = {"source": of.source, "id": of.id, **(data or {})}
    return event(RECALL, named, without=without, **{"source": of.source, **fields})


def states(hub: MemoryHub, of: Event) -> set[tuple[State, str | None]]:
    return {(message.state, message.reason) for message in hub.of(of)} - {(State.SUPPRESSED, "no_contact")}


@pytest.fixture
def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    made.clock.advance(2 * HOUR)
    return made


@pytest.mark.parametrize("of", [RECEIVED, RESPONDED], ids=["a service", "what the law requires"])
@pytest.mark.parametrize("batches", [[[0], [1]], [[1], [0]], [[0, 1]], [[1, 0]], [[0], [1], [1, 0]]], ids=str)
async def test_nothing_of_a_recalled_event_leaves(
    hub: MemoryHub, of: Event, batches: Sequence[Sequence[int]]
) -> None:
    both = (of, recall(of))
    for batch in batches:
        await hub.take_in(*(both[number] for number in batch))

    assert {GONE} == states(hub, of)


async def test_reminders_of_a_recalled_event_are_cancelled(hub: MemoryHub) -> None:
    package = event("concierge.package.received")
    await hub.take_in(
        home("altos-t1-101"),
        somebody("p-maria", mobile()),
        member("p-maria", "unit:altos-t1-101", "resident"),
        package,
    )
    await hub.take_in(recall(package))

    assert {"initial", "reminder:T+48h"} == {message.occasion for message in hub.of(package)}
    assert {GONE} == states(hub, package)


@pytest.mark.parametrize("together", [False, True])
async def test_pages_that_are_planned_after_the_recall_send_nothing(hub: MemoryHub, together: bool) -> None:
    works = event(
        "maintenance.scheduled.announced", {"starts_at": "2026-03-30T08:00:00-05:00"}, without=("zones",)
    )
    people = (home("u-1"), somebody("p-1", email()), member("p-1", "unit:u-1", "resident"))
    for batch in [[*people, works, recall(works)]] if together else [[recall(works)], [*people, works]]:
        await hub.take_in(*batch)

    assert {"initial", "reminder:T-24h", "reminder:T-2h"} == {one.occasion for one in hub.of(works)}
    assert {GONE} == states(hub, works)


async def test_page_that_is_planned_while_the_recall_comes_is_claimed_as_recalled(hub: MemoryHub) -> None:
    works = event("maintenance.scheduled.announced", without=("zones",))
    await hub.take_in(home("u-1"), somebody("p-1", email()), member("p-1", "unit:u-1", "resident"))
    hub.store.faults.script("transaction", None, StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await hub.take_in(works)
    await hub.take_in(recall(works))
    await hub.take_in(works)
    initial = [one.id for one in hub.of(works) if one.occasion == "initial"]
    claimed = await hub.store.claim(initial, token=hub.stored(works).key, lease=HOUR)

    assert claimed
    assert all(claim.recalled for claim in claimed)


async def test_clocks_of_a_recalled_event_stay(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, RESPONDED)
    await hub.take_in(recall(RESPONDED))

    assert [ClockState.MET] == hub.states("legal_term")


async def test_other_events_of_the_case_still_leave(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, RESPONDED, recall(RECEIVED))

    assert GONE not in states(hub, RESPONDED)


async def test_nobody_recalls_the_event_of_another_source(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, recall(RECEIVED, source="urn:other", id="theirs"))

    [letter] = hub.letters
    assert ("data.source", True) == (letter.letter.field, letter.letter.wrong_sender)
    assert GONE not in states(hub, RECEIVED)


async def test_only_the_user_of_a_bound_source_recalls_its_events(hub: MemoryHub) -> None:
    key, _ = issue(
        "crm",
        scopes=[Scope.PUBLISH],
        source=SOURCE,
        amqp_user="crm",
        known_types=BY_NAME,
        by="test",
        now=datetime.now(UTC),
    )
    await hub.keys.add(key)
    await hub.take_in(replace(incoming(RECEIVED), user="crm"))
    await hub.take_in(replace(incoming(recall(RECEIVED)), user="mallory"))
    forged = states(hub, RECEIVED)
    await hub.take_in(replace(incoming(recall(RECEIVED)), user="crm"))

    assert GONE not in forged
    assert ["source"] == [letter.letter.field for letter in hub.letters]
    assert {GONE} == states(hub, RECEIVED)


async def test_staff_recalls_any_event_by_the_hub_and_nobody_else_in_its_name(hub: MemoryHub) -> None:
    by_staff = recall(RECEIVED, source=HUB_SOURCE, id="by-staff")
    await hub.take_in(RECEIVED)
    await hub.take_in(replace(incoming(by_staff), user="mallory"))
    forged = states(hub, RECEIVED)
    await hub.take_in(replace(incoming(by_staff), user=OWN_USER))

    assert GONE not in forged
    assert [True] == [one.letter.wrong_sender for one in hub.letters]
    assert {GONE} == states(hub, RECEIVED)


def test_a_recall_says_what_is_right_or_why_nobody_needs_it() -> None:
    both = recall(RECEIVED, data={"no_correction": "Ya lo saben."})
    for field in ("correction_markdown", "no_correction"):
        SCHEMAS.check(recall(RECEIVED, data={"no_correction": "Ya lo saben."}, without=(field,)), now=MONDAY)
    with pytest.raises(InvalidEvent, match="data: expected correction_markdown or no_correction"):
        SCHEMAS.check(recall(RECEIVED, without=("correction_markdown",)), now=MONDAY)

    SCHEMAS.check(both, now=MONDAY)


@pytest.mark.parametrize(
    ("source", "who"), [(SOURCE, "El sistema que lo publicó"), (HUB_SOURCE, "La administración")]
)
def test_operators_read_who_took_the_event_back_and_why(source: str, who: str) -> None:
    by = recall(RECEIVED, source=source, id="taken-back")
    sent = SentMessage(message=message(state=State.CANCELLED, reason="recalled"))
    verdict = judge(ExplainFacts(event=_kept(RECEIVED), person="p-1", recall=_kept(by), messages=[sent]))
    text = " ".join(verdict.sentences)

    assert f"{who} lo retiró el lunes 9 de marzo de 2026" in text
    assert by.data["reason"].rstrip(".") in text
    assert REASONS["recalled"] in text
    assert "Qué hacer" not in text


def _kept(one: Event) -> StoredEvent:
    return StoredEvent(key=event_key(one), event=one, case=None)
