"""A level takes on what it is called for: the act, the word that asks for it, the link of a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from hub import sla
from hub.catalog import BY_NAME
from hub.contact_rules.opt_out_words import command
from hub.errors import NothingToAcknowledge
from hub.inbound.ack_by_text import AckRequest, case_key, read_ack
from hub.model import Clock, ClockState, Facts, Json, Purpose, StepKind
from hub.rendering import Context
from hub.sla import acknowledge
from hub.testing import MemoryPublisher
from tests.contract.values import NOON, message, stored
from tests.unit.factories import HOUR, SCHEMAS, claim_of, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples

RECEIVED = local("2026-03-09 08:00")
AT_LEVEL_2 = 3
"""The done steps: at risk, breach, 1→2."""


async def escalated(name: str = "pqrs.received", fired: int = AT_LEVEL_2, **data: str) -> MemoryHub:
    """A hub in which nobody has answered, and level 2 was notified."""
    hub = memory_hub(RECEIVED)
    await hub.take_in(event(name, data, at=RECEIVED))
    clock = standing(hub)
    hub.store.tables.clocks[clock.id] = sla.with_progress(clock, fired)
    return hub


def standing(hub: MemoryHub) -> Clock:
    (clock,) = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    return clock


async def acknowledge_clock(hub: MemoryHub, at: datetime, by: str = "ana") -> acknowledge.AckResult:
    """Acknowledge, and let intake process the event."""
    publisher = MemoryPublisher()
    hub.clock.at = at
    done = await acknowledge.acknowledge(standing(hub), by=by, publisher=publisher, now=at)
    await hub.take_in(*publisher.events)
    return done


def escalations(hub: MemoryHub) -> list[datetime]:
    return [step.at for step in standing(hub).steps if step.kind in {StepKind.ESCALATE, StepKind.REMIND}]


async def test_next_level_waits_one_more_duration_of_the_acknowledging_level() -> None:
    hub = await escalated()
    before = escalations(hub)
    done = await acknowledge_clock(hub, local("2026-03-11 16:00"))

    assert acknowledge.AckResult(id=standing(hub).id, level=2, changed=True) == done
    # 24 h is Wednesday 14:00. Level 2 has 8 h: 3 on Wednesday, 5 on Thursday; then 8 more.
    assert [local("2026-03-11 14:00"), local("2026-03-12 13:00")] == before[:2]
    assert [local("2026-03-11 14:00"), local("2026-03-13 12:00")] == escalations(hub)[:2]


async def test_second_acknowledgement_changes_nothing() -> None:
    hub = await escalated()
    await acknowledge_clock(hub, local("2026-03-11 16:00"))
    once = standing(hub)
    second = await acknowledge_clock(hub, local("2026-03-11 16:30"), by="pedro")

    assert acknowledge.AckResult(id=standing(hub).id, level=2, changed=False) == second
    assert once == standing(hub)


async def test_two_simultaneous_acknowledgements_make_one_event() -> None:
    clock = standing(await escalated())
    first, second = (
        acknowledge.event_of(clock, 2, by=by, now=RECEIVED + hours * HOUR)
        for by, hours in (("ana", 30), ("pedro", 31))
    )

    assert first.id == second.id


async def test_conversation_is_acknowledged_like_a_complaint() -> None:
    hub = memory_hub(RECEIVED)
    reply = event("inbound.message.received", {"kind": "reply"}, at=RECEIVED, source="urn:hub")
    await hub.take_in(reply)
    clock = standing(hub)
    hub.store.tables.clocks[clock.id] = sla.with_progress(clock, AT_LEVEL_2)
    await acknowledge_clock(hub, local("2026-03-11 16:00"))

    assert [2] == [acknowledgement.level for acknowledgement in standing(hub).course.acknowledged]


async def test_published_event_matches_its_schema() -> None:
    clock = standing(await escalated())

    SCHEMAS.check(acknowledge.event_of(clock, 2, by="ana", now=RECEIVED), now=RECEIVED)


async def test_level_that_was_not_notified_cannot_acknowledge() -> None:
    clock = standing(await escalated(fired=2))
    ended = replace(sla.with_progress(clock, AT_LEVEL_2), state=ClockState.MET, ended_at=RECEIVED)
    unladdered = replace(sla.with_progress(clock, AT_LEVEL_2), name="maintenance_response")

    for refused in (clock, ended, unladdered):
        publisher = MemoryPublisher()
        with pytest.raises(NothingToAcknowledge):
            await acknowledge.acknowledge(refused, by="ana", publisher=publisher, now=RECEIVED)
        assert [] == publisher.events


@pytest.mark.parametrize(
    "text",
    [
        "TOMO",
        "tomo",
        " Tomo. ",
        "¡TÓMO!",
        "Tomar",
        "Lo tomo yo, gracias",
        "Ok, tomo el caso",
        "ＴＯＭＯ",
        "Tomo\n\nEnviado desde mi iPhone",
        "TOMO\n> PQ-2026-000123 pasa a su nivel (2)",
    ],
)
def test_tomo_alone_acknowledges(text: str) -> None:
    assert AckRequest() == read_ack(text)


@pytest.mark.parametrize(
    "text",
    [
        "TOMO PQ-2026-000123",
        "tomo pq2026000123",
        "Tomo el caso PQ 2026 000123, por favor",
        "PQ-2026-000123: lo tomo",
        "Tomo el radicado pq_2026_000123.",
    ],
)
def test_a_case_can_be_named_with_it(text: str) -> None:
    assert AckRequest(case_key("PQ-2026-000123"), numbered=True) == read_ack(text)


def test_conversation_can_be_named_by_any_id() -> None:
    assert AckRequest(case_key("de-5f2b1c9a7e4d"), numbered=False) == read_ack("TOMO de-5f2b1c9a7e4d")


@pytest.mark.parametrize(
    "text", ["", "¿Lo tomo?", "Tomé nota", "toma", "tómelo usted", "SALIR", "PQ-2026-000123"]
)
def test_text_without_tomo_is_an_ordinary_reply(text: str) -> None:
    assert read_ack(text) is None


@pytest.mark.parametrize(
    "text", ["No lo tomo", "Tomo a las 8", "No, tomo mañana a las 8", "Tomo dos pastillas"]
)
def test_text_with_other_words_names_no_case(text: str) -> None:
    request = read_ack(text)

    assert request is not None
    assert (True, False) == (bool(request.key), request.numbered)


@pytest.mark.parametrize("text", ["TOMO", "Tomo PQ-2026-000123", "Tomar"])
def test_tomo_revokes_no_consent(text: str) -> None:
    assert command(text) is None


LINK = "https://hub.example.co/take-on/m-1?sig=0"
ESCALATED = "pqrs.escalated"


def mail(variant: str | None, example: int, *, link: str | None) -> str:
    data: dict[str, Json] = examples(ESCALATED)[example]
    with_link = replace(context(ESCALATED, data), ack_url=link)
    return TEMPLATES.render(ESCALATED, "email", with_link, variant=variant).text


def test_only_the_mail_to_the_level_has_the_link() -> None:
    audiences = [audience.template for audience in BY_NAME[ESCALATED].audiences]

    assert [None, "petitioner"] == audiences
    assert [True, False] == [LINK in mail(variant, 0, link=LINK) for variant in audiences]


def test_mail_of_an_escalated_emergency_has_the_link() -> None:
    data: dict[str, Json] = examples("emergency.escalated")[0]
    with_link = replace(context("emergency.escalated", data), ack_url=LINK)

    assert LINK in TEMPLATES.render("emergency.escalated", "email", with_link, variant=None).text


@pytest.mark.parametrize(
    ("purpose", "link"),
    [(Purpose.INTERNAL, LINK), (Purpose.EMERGENCY, LINK), (Purpose.TRANSACTIONAL, None)],
)
def test_link_is_for_the_purposes_of_a_level(purpose: Purpose, link: str | None) -> None:
    of = stored()
    claimed = claim_of(message(of, purpose=purpose), event_time=NOON, source="urn:hub")

    assert link == Context.of(claimed, Facts(at=NOON, link=LINK)).ack_url


def test_mail_without_a_link_does_not_mention_one() -> None:
    assert "tome el caso" not in mail(None, 0, link=None)


def test_reminder_to_the_top_level_has_no_link() -> None:
    assert LINK not in mail(None, 1, link=LINK)
