"""Owners of cases: who has opened one, and who else may add to it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from hub.catalog import CATALOG
from hub.intake.needs import needs_of
from hub.model import HUB_SOURCE, ClockState, DeadLetter, Event, RawMessage
from tests.unit.factories import HOUR, MINUTE, MONDAY, OWN_USER, event, incoming
from tests.unit.hub_in_memory import MemoryHub, memory_hub

CRM = "urn:coproservicios:crm"
FORMS = "urn:coproservicios:forms"
RECEIVED = event("pqrs.received", source=CRM)
REPLIED = event("pqrs.replied", source=FORMS, at=MONDAY + MINUTE, without=("petitioner",))
BY_CRM = replace(REPLIED, source=CRM)


@pytest.fixture
def hub() -> MemoryHub:
    hub = memory_hub()
    hub.clock.advance(HOUR)
    return hub


async def bound(hub: MemoryHub, cases_of: Sequence[str] = ()) -> None:
    await hub.bind("crm", CRM)
    await hub.bind("forms", FORMS, cases_of)


def sent(one: Event) -> RawMessage:
    user = {CRM: "crm", FORMS: "forms"}.get(one.source.lower(), OWN_USER)
    return replace(incoming(one), user=user)


async def take_in(hub: MemoryHub, *events: Event) -> None:
    for one in events:
        await hub.take_in(sent(one))


def letters(hub: MemoryHub) -> list[DeadLetter]:
    return [row.letter for row in hub.letters]


def sent_by(hub: MemoryHub, one: Event) -> int:
    keys = {key for key, row in hub.store.tables.events.items() if row.event.id == one.id}
    return sum(message.event_key in keys for message in hub.store.messages)


async def test_another_source_does_not_answer_a_case(hub: MemoryHub) -> None:
    await bound(hub)
    await take_in(hub, RECEIVED, REPLIED)
    [letter] = letters(hub)

    assert ("data.pqrs_id", True) == (letter.field, letter.wrong_sender)
    assert "`cases_of`" in letter.reason
    assert CRM not in letter.reason
    assert [ClockState.OPEN] == hub.states("first_reply")
    assert 0 == sent_by(hub, REPLIED)
    assert [RECEIVED.id] == [row.event.id for row in hub.store.tables.events.values()]


@pytest.mark.parametrize("named", [CRM, "URN:Coproservicios:crm#cases"])
async def test_key_that_names_the_owner_lets_its_source_answer(hub: MemoryHub, named: str) -> None:
    await bound(hub, [named])
    await take_in(hub, RECEIVED, REPLIED)

    assert [] == hub.letters
    assert [ClockState.MET] == hub.states("first_reply")


async def test_leave_holds_in_one_direction(hub: MemoryHub) -> None:
    await bound(hub, [CRM])
    await take_in(hub, replace(RECEIVED, source=FORMS), BY_CRM)

    assert [BY_CRM.id] == [letter.event_id for letter in letters(hub)]


async def test_owner_is_the_same_in_every_spelling(hub: MemoryHub) -> None:
    await bound(hub)
    await take_in(hub, replace(RECEIVED, source="URN:coproservicios:crm"), BY_CRM)

    assert [] == hub.letters


async def test_while_no_key_has_a_source_everybody_answers(hub: MemoryHub) -> None:
    await hub.take_in(incoming(RECEIVED))
    await hub.take_in(incoming(REPLIED))

    assert [] == hub.letters
    assert [ClockState.MET] == hub.states("first_reply")


async def test_rule_stays_when_the_last_key_with_a_source_has_ended(hub: MemoryHub) -> None:
    await bound(hub)
    await take_in(hub, RECEIVED)
    for name in ("crm", "forms"):
        await hub.keys.revoke(name)
    # As over HTTP, by a key without a source.
    await hub.take_in(replace(incoming(REPLIED), user=OWN_USER))

    assert [REPLIED.id] == [letter.event_id for letter in letters(hub)]


async def test_case_from_before_the_first_key_is_of_who_opened_it(hub: MemoryHub) -> None:
    await hub.take_in(incoming(RECEIVED))
    await bound(hub)
    await take_in(hub, REPLIED)

    assert [REPLIED.id] == [letter.event_id for letter in letters(hub)]


async def test_the_hub_answers_every_case_and_its_own_are_everybodys(hub: MemoryHub) -> None:
    await bound(hub)
    of_the_hub = replace(RECEIVED, source=HUB_SOURCE, data={**RECEIVED.data, "pqrs_id": "pqrs-hub"})
    answered = replace(REPLIED, id="other", data={**REPLIED.data, "pqrs_id": "pqrs-hub"})
    await take_in(hub, RECEIVED, replace(REPLIED, source=HUB_SOURCE), of_the_hub, answered)

    assert [] == [letter.field for letter in letters(hub) if letter.wrong_sender]


async def test_events_of_one_batch_are_judged_like_those_of_two(hub: MemoryHub) -> None:
    await bound(hub)
    await hub.take_in(sent(REPLIED), sent(RECEIVED))

    assert [REPLIED.id] == [letter.event_id for letter in letters(hub)]
    assert [ClockState.OPEN] == hub.states("first_reply")


async def test_who_opens_a_case_has_it_also_if_a_stranger_came_first(hub: MemoryHub) -> None:
    await bound(hub)
    await take_in(hub, REPLIED, RECEIVED)

    assert [] == hub.letters
    assert [ClockState.OPEN] == hub.states("first_reply")
    assert 0 == sent_by(hub, REPLIED)
    await take_in(hub, BY_CRM)
    assert [ClockState.MET] == hub.states("first_reply")


async def test_early_event_of_a_source_with_leave_stays(hub: MemoryHub) -> None:
    await bound(hub, [CRM])
    await take_in(hub, REPLIED, RECEIVED)

    assert [] == hub.letters
    assert [ClockState.MET] == hub.states("first_reply")


async def test_case_that_is_open_is_opened_by_nobody_else(hub: MemoryHub) -> None:
    await bound(hub)
    again = replace(RECEIVED, source=FORMS, id="again")
    await take_in(hub, RECEIVED, again)

    assert ["again"] == [letter.event_id for letter in letters(hub)]


async def test_duplicate_is_no_dead_letter(hub: MemoryHub) -> None:
    await hub.take_in(incoming(RECEIVED))
    await hub.take_in(incoming(REPLIED))
    await bound(hub)
    await take_in(hub, REPLIED)

    assert [] == hub.letters


def test_a_unit_and_a_person_have_no_owner() -> None:
    owned = {kind.name: needs_of(kind).opens for kind in CATALOG}

    assert owned["admin.invoice.issued"] is None
    assert owned["privacy.consent.granted"] is None
    assert owned["admin.circular.issued"] is None
    assert (True, False) == (owned["pqrs.received"], owned["pqrs.replied"])
    assert (True, False) == (owned["emergency.declared"], owned["emergency.acknowledged"])
