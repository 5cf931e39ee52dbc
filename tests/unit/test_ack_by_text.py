"""Acknowledgement of an escalation by text: the case, the answer, and the level that is not notified."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from msgspec import structs

from hub import sla
from hub.errors import BrokerUnavailable
from hub.inbound import replies
from hub.inbound.ack_by_text import read_ack
from hub.inbound.process_reply import take_reply
from hub.model import AckOutcome, Clock, Event, Inbound, Json, Reply, ReplyKind, State
from hub.rendering import Templates, Texting
from hub.sla.acknowledge import ACKNOWLEDGED
from hub.sms_text import segments
from hub.timers.scheduler import audit
from tests.unit.factories import HOUR, MINUTE, SCHEMAS, event, local, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import COMPANY, TEMPLATES, context, examples
from tests.unit.timer_harness import take_steps, timers_of

RECEIVED = local("2026-03-09 08:00")
LEVEL_2, LEVEL_3 = local("2026-03-11 14:00"), local("2026-03-12 13:00")
"""24 h of the timetable, 32 h: three on Monday and Tuesday, and so on."""
ANA, JEFE, NEIGHBOUR = "+573001110002", "+573001110003", "+573009990000"
TWO_WAY = Templates.load(company=COMPANY, clocks={}, texting=Texting(two_way=True))


async def directory(hub: MemoryHub) -> None:
    for ref, number, level in (("p-ana", ANA, 2), ("p-jefe", JEFE, 3)):
        duty: dict[str, Json] = {"duty": "coordinator", "level": level, "on_call": True}
        await hub.take_in(somebody(ref, mobile(number)), member(ref, "company", "staff", **duty))
    await hub.take_in(somebody("p-laura"), member("p-laura", "company", "staff", duty="service"))


async def escalated(*radicados: str, at: datetime = LEVEL_2) -> MemoryHub:
    """A hub with unanswered cases, in which the levels due until then have been notified by SMS."""
    hub = memory_hub(RECEIVED)
    await directory(hub)
    opened = [
        event("pqrs.received", {"pqrs_id": radicado.lower(), "radicado": radicado}, at=RECEIVED, id=radicado)
        for radicado in radicados or ("PQ-1",)
    ]
    await hub.take_in(*opened)
    for moment in (LEVEL_2, LEVEL_3):
        if moment <= at:
            hub.clock.at = moment
            await step(hub)
    return hub


async def step(hub: MemoryHub) -> None:
    """Run the due steps of clocks, and send the texts."""
    await take_steps(hub)
    for key, row in hub.store.tables.messages.items():
        if row.message.channel == "sms":
            hub.store.tables.messages[key] = replace(
                row, message=structs.replace(row.message, state=State.SENT)
            )


async def write(hub: MemoryHub, words: str = "TOMO", number: str = ANA, **fields: Any) -> Inbound:
    """Process a text and the events that follow."""
    hub.clock.advance(MINUTE)
    before = len(hub.publisher.events)
    reply = Reply(
        **{
            "channel": "sms",
            "provider": "twilio",
            "reference": f"SM{hub.clock().isoformat()}",
            "address": number,
            "text": words,
            "at": hub.clock(),
            **fields,
        }
    )
    inbound = await take_reply(reply, store=hub.store, publisher=hub.publisher, now=hub.clock())
    await hub.take_in(*hub.publisher.events[before:])
    return inbound


def first_reply(hub: MemoryHub, case: str = "pqrs_id:pq-1") -> Clock:
    [clock] = [stored for stored in hub.store.clocks if stored.name == "first_reply" and stored.case == case]
    return clock


def published(hub: MemoryHub, name: str) -> list[Event]:
    return [event for event in hub.publisher.events if event.name == name]


def answers(hub: MemoryHub) -> list[tuple[str, str]]:
    """The answers with their recipients, in order."""
    return [
        (
            message.address,
            TEMPLATES.render(event.name, "sms", context(event.name, event.data), variant=None).text,
        )
        for event in published(hub, replies.ANSWERED)
        for message in hub.of(event)
    ]


def outcome(inbound: Inbound) -> AckOutcome | None:
    return None if inbound.taking is None else inbound.taking.outcome


async def test_tomo_extends_the_level_by_one_duration_and_answers_once() -> None:
    hub = await escalated()
    inbound = await write(hub)
    [taken] = first_reply(hub).course.acknowledged

    assert (ReplyKind.ACKNOWLEDGE, AckOutcome.TAKEN) == (inbound.kind, outcome(inbound))
    assert (2, "p-ana") == (taken.level, taken.by)
    # Level 3 was due on Thursday at 13:00; eight hours later is Friday at 12:00.
    assert local("2026-03-13 12:00") == first_reply(hub).next_at
    [(number, words)] = answers(hub)
    assert ANA == number
    assert words.endswith("usted queda a cargo del caso PQ-1. El siguiente nivel se entera mas tarde.")


async def test_tomo_needs_no_answer_and_starts_no_clock() -> None:
    hub = await escalated()
    before = len(hub.store.clocks)
    await write(hub)

    assert [] == published(hub, replies.NAME)
    assert before == len(hub.store.clocks)
    assert [] == hub.letters


async def test_published_events_match_their_schemas() -> None:
    hub = await escalated("PQ-1", "PQ-2")
    for words in ("TOMO", "TOMO PQ-2", "TOMO"):
        await write(hub, words)

    made = [*published(hub, ACKNOWLEDGED), *published(hub, replies.ANSWERED)]
    assert 5 == len(made)
    for emitted in made:
        SCHEMAS.check(emitted, now=hub.clock())


async def test_tomo_with_several_open_cases_is_answered_with_the_choices() -> None:
    hub = await escalated("PQ-2026-000001", "PQ-2026-000002")
    inbound = await write(hub)

    assert (AckOutcome.WHICH, []) == (outcome(inbound), published(hub, ACKNOWLEDGED))
    [(_, words)] = answers(hub)
    assert {"PQ-2026-000001", "PQ-2026-000002"} == {
        word.strip(",.") for word in words.split() if "PQ-" in word
    }
    # The suggested text is understood.
    assert read_ack("TOMO PQ-2026-000002") is not None


async def test_tomo_acknowledges_only_the_named_case() -> None:
    hub = await escalated("PQ-1", "PQ-2")
    await write(hub, "Tomo el caso pq 2")

    assert [[], [2]] == [
        [ack.level for ack in first_reply(hub, case).course.acknowledged]
        for case in ("pqrs_id:pq-1", "pqrs_id:pq-2")
    ]


async def test_the_last_open_case_needs_no_number() -> None:
    hub = await escalated("PQ-1", "PQ-2")
    await write(hub, "TOMO PQ-2")
    inbound = await write(hub)

    assert AckOutcome.TAKEN is outcome(inbound)
    assert [2] == [ack.level for ack in first_reply(hub).course.acknowledged]


async def test_unknown_case_number_is_answered_with_the_known_ones() -> None:
    hub = await escalated()
    inbound = await write(hub, "TOMO PQ-7")

    assert (AckOutcome.WHICH, []) == (outcome(inbound), published(hub, ACKNOWLEDGED))
    assert "PQ-1" in answers(hub)[0][1]


async def test_text_with_more_words_goes_to_staff() -> None:
    hub = await escalated()
    inbound = await write(hub, "Tomo nota, gracias")

    assert ReplyKind.REPLY is inbound.kind
    assert 1 == len(published(hub, replies.NAME))


@pytest.mark.parametrize("words", ["TOMO", "TOMO PQ-1"])
async def test_stranger_cannot_acknowledge_and_is_treated_as_a_reply(words: str) -> None:
    hub = await escalated()
    inbound = await write(hub, words, number=NEIGHBOUR)

    assert (ReplyKind.REPLY, []) == (inbound.kind, published(hub, ACKNOWLEDGED))
    assert 1 == len(published(hub, replies.NAME))


async def test_level_that_was_not_notified_cannot_acknowledge() -> None:
    hub = await escalated()
    inbound = await write(hub, number=JEFE)

    assert (ReplyKind.REPLY, []) == (inbound.kind, published(hub, ACKNOWLEDGED))


async def test_escalated_case_belongs_to_the_next_level() -> None:
    hub = await escalated(at=LEVEL_3)
    late, now = await write(hub), await write(hub, number=JEFE)

    assert [AckOutcome.PASSED, AckOutcome.TAKEN] == [outcome(late), outcome(now)]
    assert [3] == [ack.level for ack in first_reply(hub).course.acknowledged]
    assert "ya esta en el nivel 3" in answers(hub)[0][1]


async def test_answered_case_needs_no_acknowledgement() -> None:
    hub = await escalated()
    await hub.take_in(event("pqrs.replied", {"pqrs_id": "pq-1"}, at=LEVEL_2, without=("petitioner",)))
    inbound = await write(hub)

    assert (AckOutcome.ENDED, []) == (outcome(inbound), published(hub, ACKNOWLEDGED))
    assert "ya no esta pendiente" in answers(hub)[0][1]


async def test_second_tomo_publishes_nothing_but_is_answered() -> None:
    hub = await escalated()
    first, again = await write(hub), await write(hub)

    assert [AckOutcome.TAKEN, AckOutcome.ALREADY] == [outcome(first), outcome(again)]
    assert 1 == len(published(hub, ACKNOWLEDGED))
    assert 2 == len(answers(hub))


async def test_repeated_delivery_of_tomo_changes_nothing() -> None:
    hub = await escalated()
    first = await write(hub, reference="SM1")
    events, messages = len(hub.publisher.events), len(hub.store.messages)
    again = await write(hub, reference="SM1")

    assert (first.taking, True) == (again.taking, again.published)
    assert (events, messages) == (len(hub.publisher.events), len(hub.store.messages))


async def test_audit_publishes_both_events_after_a_broker_outage() -> None:
    hub = await escalated()
    hub.publisher.faults.script("event", BrokerUnavailable())
    inbound = await write(hub)
    assert ([], AckOutcome.TAKEN) == (published(hub, ACKNOWLEDGED), outcome(inbound))

    await audit(timers_of(hub))
    await audit(timers_of(hub))
    assert [ACKNOWLEDGED, replies.ANSWERED] == [event.name for event in hub.publisher.events[-2:]]


async def test_answer_to_the_top_level_promises_no_higher_level() -> None:
    hub = await escalated()
    clock = first_reply(hub)
    hub.store.tables.clocks[clock.id] = sla.with_progress(replace(clock, steps=clock.steps[:3]), 3)
    await write(hub)

    assert answers(hub)[0][1].endswith("usted queda a cargo del caso PQ-1.")


@pytest.mark.parametrize(
    "fields", [{"channel": "email"}, {"channel": "whatsapp"}, {"automatic": True}], ids=str
)
async def test_only_a_text_by_a_person_acknowledges(fields: dict[str, Any]) -> None:
    hub = await escalated()
    inbound = await write(hub, **fields)

    assert (None, []) == (inbound.taking, published(hub, ACKNOWLEDGED))


async def test_reply_to_the_answer_identifies_its_writer() -> None:
    hub = await escalated()
    await write(hub)
    await step(hub)
    hub.clock.advance(HOUR)
    inbound = await write(hub, "Gracias")

    assert ("p-ana", "pqrs_id:pq-1") == (inbound.about.person, inbound.thread)


def test_sms_asks_for_tomo_only_if_replies_reach_the_hub() -> None:
    name = "pqrs.escalated"
    texts = [
        [templates.render(name, "sms", context(name, data), variant=None).text for data in examples(name)]
        for templates in (TEMPLATES, TWO_WAY)
    ]

    # Not to remind of it, and not of a term of the law, which waits for nobody.
    asked = [True, False, True, False, False, False]
    assert [[False] * 6, asked] == [["TOMO" in text for text in group] for group in texts]
    for text in texts[1]:
        assert ("GSM-7", True) == (segments(text).encoding, segments(text).parts <= 2)
