"""A mail that becomes a PQRS: one case, one receipt, one clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from hub.desk.cases.acts import petition_of
from hub.errors import NotOffered
from hub.inbound.process_reply import take_reply
from hub.model import ClockState, Event, Message, Reply, State
from hub.ports.cases import CaseFacts
from hub.timers.scheduler import fire_from_sql
from tests.unit.factories import HOUR, MONDAY, SCHEMAS, email, event, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

MAIL: Final = Reply(
    channel="email",
    provider="smtp",
    reference="<a1@example.com>",
    address="maria@example.co",
    subject="Copia del acta",
    text="Necesito copia del acta de la asamblea.",
    at=MONDAY,
)


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(somebody("p-maria-pena", email("maria@example.co")))
    return made


async def wrote(hub: MemoryHub, mail: Reply = MAIL) -> Event:
    """Take in a mail as its server hands it over, up to the event that the hub publishes of it."""
    await take_reply(mail, store=hub.store, publisher=hub.publisher, now=hub.clock())
    told = hub.publisher.events[-1]
    await hub.take_in(told)
    return told


def pqrs_of(told: Event, **data: object) -> Event:
    known = {"thread_id": told.data["thread_id"], "received_at": told.data["received_at"], **data}
    return event("pqrs.received", known, at=MONDAY + HOUR)


def to_come(hub: MemoryHub, of: Event) -> list[Message]:
    return [message for message in hub.of(of) if message.audience and message.state is not State.CANCELLED]


async def test_mail_that_becomes_a_pqrs_has_one_clock_and_an_answer_ends_all(hub: MemoryHub) -> None:
    told = await wrote(hub)
    hub.clock.advance(HOUR)
    await hub.take_in(pqrs_of(told))

    running = [(clock.name, clock.started_at) for clock in hub.store.clocks if clock.ended_at is None]
    assert [("first_reply", MONDAY), ("legal_term", MONDAY)] == sorted(running)

    await hub.take_in(event("pqrs.responded", at=hub.clock()))
    hub.clock.advance(timedelta(days=40))
    hub.publisher.events.clear()
    await fire_from_sql(timers_of(hub))

    assert {ClockState.MET, ClockState.CANCELLED} == {clock.state for clock in hub.store.clocks}
    assert not any(step.name == "pqrs.escalated" for step in hub.publisher.events)


async def test_receipt_of_the_mail_that_has_not_left_yields_to_that_of_the_pqrs(hub: MemoryHub) -> None:
    told = await wrote(hub)
    opened = pqrs_of(told)
    hub.clock.advance(HOUR)
    assert to_come(hub, told)
    await hub.take_in(opened)

    assert [] == to_come(hub, told)
    assert [("p-maria-pena", "email")] == [one for one in hub.recipients(opened) if one[0] == "p-maria-pena"]


@pytest.mark.parametrize("first", [False, True])
async def test_order_in_which_both_events_come_changes_nothing(hub: MemoryHub, *, first: bool) -> None:
    told = event("support.email.received", {"thread_id": "correo-7781"}, at=MONDAY - HOUR)
    opened = event("pqrs.received", {"thread_id": "correo-7781"})
    for one in (opened, told) if first else (told, opened):
        await hub.take_in(one)

    states = {(clock.case, clock.state) for clock in hub.store.clocks if clock.name == "first_reply"}
    assert ("thread_id:correo-7781", ClockState.CANCELLED) in states
    assert ClockState.OPEN not in {state for case, state in states if case == "thread_id:correo-7781"}
    assert {State.CANCELLED} == {message.state for message in hub.of(told)}


async def test_what_the_writer_answers_to_the_mails_receipt_is_of_the_pqrs(hub: MemoryHub) -> None:
    told = await wrote(hub)
    [receipt] = to_come(hub, told)
    opened = pqrs_of(told)
    hub.clock.advance(HOUR)
    await hub.take_in(opened)
    more = await wrote(
        hub, replace(MAIL, reference="<b2@example.com>", message_id=receipt.id, at=hub.clock())
    )

    assert f"pqrs_id:{opened.data['pqrs_id']}" == hub.stored(more).case == more.data["case"]
    assert 2 == sum(clock.ended_at is None for clock in hub.store.clocks)


FILED: Final = {"radicado": "PQ-7", "kind": "queja", "service_area": "conserjeria", "subject": "Ruido"}


def facts_of(hub: MemoryHub, told: Event) -> CaseFacts:
    stored = hub.stored(told)
    head = tuple(clock for clock in hub.store.clocks if clock.case == stored.case)
    return CaseFacts(case=stored.case or "", first=stored, head=head, entries=())


async def test_staff_makes_a_pqrs_of_a_mail_and_its_terms_count_from_the_mail(hub: MemoryHub) -> None:
    told = await wrote(hub)
    hub.clock.advance(HOUR)
    filed = petition_of(facts_of(hub, told), FILED, form="f", now=hub.clock())
    SCHEMAS.check(filed, now=hub.clock())
    again = petition_of(facts_of(hub, told), FILED, form="f", now=hub.clock())
    await hub.take_in(filed)

    assert filed.id == again.id
    assert ("correo", "PQ-7") == (filed.data["entry_channel"], filed.data["pqrs_id"])
    assert {MONDAY} == {clock.started_at for clock in hub.store.clocks if clock.case == "pqrs_id:PQ-7"}
    assert ["maria@example.co"] == [one.address for one in hub.of(filed) if one.channel == "email"]
    assert [] == to_come(hub, told)
    with pytest.raises(NotOffered, match="already"):
        petition_of(facts_of(hub, told), FILED, form="g", now=hub.clock())


async def test_what_is_a_pqrs_is_not_filed_once_more(hub: MemoryHub) -> None:
    opened = event("pqrs.received")
    await hub.take_in(opened)

    with pytest.raises(NotOffered, match="has written"):
        petition_of(facts_of(hub, opened), FILED, form="f", now=hub.clock())


async def test_reply_within_a_case_that_becomes_a_pqrs_of_its_own_leaves_that_case(hub: MemoryHub) -> None:
    await hub.take_in(event("pqrs.received"))
    other = {"pqrs_id": "pqrs-2", "thread_id": "pqrs_id:pqrs-2026-000123"}
    await hub.take_in(event("pqrs.received", other, id="second"))

    assert [ClockState.OPEN] * 2 == hub.states("first_reply")
