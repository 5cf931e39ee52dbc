"""A reply to a message of an emergency calls the desk, starts a clock of minutes, and is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from hub.inbound import emergency_replies
from hub.inbound.process_reply import take_reply
from hub.inbound.replies import NAME
from hub.model import ClockState, Event, Inbound, Json, Reply, ReplyKind, State
from tests.unit.factories import (
    HOUR,
    MINUTE,
    device,
    email,
    event,
    home,
    local,
    member,
    mobile,
    somebody,
    upserted,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import take_steps

NIGHT = local("2026-03-10 03:00")
ANA, DESK, ON_CALL, JEFE = "+573001110001", "+573001110002", "+573001110003", "+573001110004"
WORDS = "Estoy atrapado en el 301"
DECLARED = event("emergency.declared", at=NIGHT)
EVERYTHING = ["email", "push", "sms"]


@pytest.fixture
async def hub() -> MemoryHub:
    """An emergency in a building with one resident, a desk, somebody on call, and a level 2."""
    hub = memory_hub(NIGHT)
    place = "ph-altos-del-rosal"
    await hub.take_in(
        upserted("copropiedad", place, name="Altos del Rosal"),
        home("altos-t2-301", "2"),
        somebody("p-ana", mobile(ANA), email("ana@example.com")),
        member("p-ana", "unit:altos-t2-301", "resident"),
        somebody("p-desk", mobile(DESK), email("desk@example.com"), device("d" * 40)),
        member("p-desk", f"copropiedad:{place}", "staff", duty="front_desk"),
        somebody("p-guardia", mobile(ON_CALL), email("guardia@example.com"), device("g" * 40)),
        member("p-guardia", "company", "staff", duty="on_call", on_call=True),
        somebody("p-jefe", mobile(JEFE), email("jefe@example.com")),
        member("p-jefe", "company", "staff", level=2, duty="coordinator"),
    )
    await hub.take_in(DECLARED)
    send_all(hub)
    return hub


def send_all(hub: MemoryHub) -> None:
    for key, row in hub.store.tables.messages.items():
        if row.message.state is State.QUEUED:
            hub.store.tables.messages[key] = replace(
                row, message=structs.replace(row.message, state=State.SENT)
            )


async def write(hub: MemoryHub, words: str = WORDS, number: str = ANA, **fields: Any) -> Inbound:
    hub.clock.advance(timedelta(seconds=20))
    values: dict[str, Any] = {"channel": "sms", "provider": "twilio", "reference": f"SM{hub.clock()}"}
    reply = Reply(**{**values, "at": hub.clock(), "address": number, "text": words, **fields})
    before = len(hub.publisher.events)
    inbound = await take_reply(reply, store=hub.store, publisher=hub.publisher, now=hub.clock())
    await hub.take_in(*hub.publisher.events[before:])
    return inbound


def calls(hub: MemoryHub) -> list[Event]:
    return [event for event in hub.publisher.events if event.name == emergency_replies.NAME]


async def test_the_desk_and_who_is_on_call_have_it_at_night_on_all_their_channels(hub: MemoryHub) -> None:
    await write(hub)
    [call] = calls(hub)
    to_staff = [message for message in hub.of(call) if message.person in {"p-desk", "p-guardia"}]
    answered = [message for message in hub.of(call) if message.address == ANA]

    assert {"p-desk": EVERYTHING, "p-guardia": EVERYTHING} == {
        person: sorted(message.channel for message in to_staff if message.person == person)
        for person in ("p-desk", "p-guardia")
    }
    assert {State.QUEUED} == {message.state for message in (*to_staff, *answered)}
    assert [("sms", "urgent")] == [(message.channel, message.lane) for message in answered]
    told = {"excerpt": WORDS, "contact": ANA, "help_line": "Línea de emergencias 601 555 0199"}
    assert told == {name: call.data.get(name) for name in told}
    assert call.data["writer"] == call.data["sender"]["name"]
    assert "301" in call.data["scope"]


async def test_the_next_level_is_called_after_five_minutes_with_the_words(hub: MemoryHub) -> None:
    await write(hub)
    hub.clock.advance(5 * MINUTE)
    [climbed] = [event for event in await take_steps(hub) if _is_of_call(event)]
    data = climbed.data

    assert (2, WORDS, ANA, True) == (data["to_level"], data["excerpt"], data["contact"], data["any_hour"])
    assert ["email", "inbox", "sms"] == sorted(m.channel for m in hub.of(climbed) if m.person == "p-jefe")


async def test_who_reads_english_is_answered_in_english_with_the_instruction_of_the_emergency(
    hub: MemoryHub,
) -> None:
    words = {"instruction_en": "Leave by the stairs."}
    hub.clock.advance(MINUTE)
    await hub.take_in(
        somebody("p-ana", mobile(ANA), email("ana@example.com"), version=2, locale="en"),
        event("emergency.declared", words, at=hub.clock(), id="declared-in-english"),
    )
    send_all(hub)
    await write(hub)
    [call] = calls(hub)
    [answered] = [message for message in hub.of(call) if message.address == ANA]

    assert ("en", "Leave by the stairs.") == (answered.locale, call.data["instruction_en"])


async def test_who_lives_in_another_tower_is_answered_without_the_instruction(hub: MemoryHub) -> None:
    hub.clock.advance(MINUTE)
    fire = {"zones": ["tower:1"], "emergency_id": "eme-other"}
    await hub.take_in(home("altos-t1-101", "1"), event("emergency.declared", fire, at=hub.clock(), id="fire"))
    send_all(hub)
    await write(hub)
    [call] = calls(hub)

    assert {"emergency_id": "eme-other", "emergency_kind": "fuga de gas"}.items() <= call.data.items()
    assert "instruction" not in call.data


def _is_of_call(event: Event) -> bool:
    return event.name == "emergency.escalated" and event.data["clock"] == "emergency_reply"


async def test_tomo_of_the_desk_ends_the_clock_also_after_the_next_level_was_called(hub: MemoryHub) -> None:
    await write(hub)
    send_all(hub)
    hub.clock.advance(6 * MINUTE)
    await take_steps(hub)
    taken = await write(hub, "TOMO", number=DESK)

    assert ReplyKind.ACKNOWLEDGE is taken.kind
    assert [hub.clock()] == [clock.ended_at for clock in hub.store.clocks if clock.name == "emergency_reply"]


async def test_who_calls_for_help_cannot_end_the_search_by_tomo(hub: MemoryHub) -> None:
    await write(hub)
    send_all(hub)
    again = await write(hub, "TOMO")

    assert ReplyKind.REPLY is again.kind
    assert [ClockState.OPEN] == hub.states("emergency_reply")


async def test_an_answer_that_is_registered_ends_the_clock(hub: MemoryHub) -> None:
    inbound = await write(hub)
    assert [ClockState.OPEN] == hub.states("emergency_reply")
    hub.clock.advance(MINUTE)
    await hub.take_in(event("support.replied", {"thread_id": inbound.thread}, at=hub.clock()))
    assert [ClockState.MET] == hub.states("emergency_reply")


async def test_each_text_calls_again_and_is_answered_and_one_clock_runs(hub: MemoryHub) -> None:
    for words in (WORDS, "¿Hay alguien?", "Hay humo"):
        await write(hub, words)
        send_all(hub)
    answers = [[message for message in hub.of(call) if message.address == ANA] for call in calls(hub)]

    assert [WORDS, "¿Hay alguien?", "Hay humo"] == [call.data["excerpt"] for call in calls(hub)]
    assert 1 == len({call.data["thread_id"] for call in calls(hub)})
    assert [1, 1, 1] == list(map(len, answers))
    assert [ClockState.OPEN] == hub.states("emergency_reply")


@pytest.mark.parametrize(
    ("words", "fields"), [("SALIR", {}), (WORDS, {"automatic": True})], ids=["opt-out", "machine"]
)
async def test_opt_out_words_alone_and_machines_call_nobody(
    hub: MemoryHub, words: str, fields: dict[str, Json]
) -> None:
    await write(hub, words, **fields)

    assert [] == calls(hub)
    assert [] == hub.states("emergency_reply")


@pytest.mark.parametrize(("later", "name"), [(HOUR, emergency_replies.NAME), (7 * HOUR, NAME)])
async def test_a_text_answers_the_emergency_for_hours_also_after_another_message(
    hub: MemoryHub, later: timedelta, name: str
) -> None:
    hub.clock.advance(later)
    await hub.take_in(event("pqrs.received", {"petitioner": {"name": "Ana", "phone": ANA}}, at=hub.clock()))
    send_all(hub)
    await write(hub)

    assert name == hub.publisher.events[-1].name


async def test_what_staff_on_duty_answers_goes_to_its_colleagues_and_starts_no_clock(hub: MemoryHub) -> None:
    await write(hub, "Voy para allá", number=ON_CALL)
    [call] = calls(hub)

    assert call.data["from_staff"]
    assert "p-desk" in {message.person for message in hub.of(call)}
    assert [] == hub.states("emergency_reply")


async def test_an_answer_to_a_missed_call_of_the_emergency_line_is_a_call(hub: MemoryHub) -> None:
    caller = "+573009990000"
    missed = {"line": "emergency", "from_number": caller, "caller": {"name": caller, "phone": caller}}
    await hub.take_in(event("support.call.missed", missed, at=hub.clock()))
    send_all(hub)
    await write(hub, "Estoy en el ascensor", number=caller)

    assert ["Estoy en el ascensor"] == [call.data["excerpt"] for call in calls(hub)]
