"""Visits, deals and listings: the notices of each, their reminders, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pytest
from msgspec.structs import replace

from hub.model import Event, Json, State
from tests.unit.factories import (
    HOUR,
    MINUTE,
    MONDAY,
    SECOND,
    device,
    email,
    event,
    home,
    local,
    member,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, examples

STARTS: Final = local("2026-03-12 10:00")
VISIT: Final = event("realestate.visit.scheduled")
CANCELLED: Final = event("realestate.visit.cancelled", at=MONDAY + HOUR)


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(somebody("p-maria-pena", email(), device("a")), somebody("p-laura-quintero", email()))
    return made


def reminders(hub: MemoryHub, of: Event) -> set[tuple[str, State, datetime | None]]:
    return {
        (message.person, message.state, message.next_at)
        for message in hub.of(of)
        if message.occasion != "initial"
    }


def people(hub: MemoryHub, of: Event) -> set[str]:
    return {message.person for message in hub.of(of)}


async def test_everybody_of_a_visit_is_reminded_two_hours_before(hub: MemoryHub) -> None:
    await hub.take_in(VISIT)

    [interested] = people(hub, VISIT) - {"p-maria-pena", "p-laura-quintero"}
    assert reminders(hub, VISIT) == {
        (person, State.HELD, STARTS - 2 * HOUR) for person in (interested, "p-maria-pena", "p-laura-quintero")
    }
    assert {message.expires_at for message in hub.of(VISIT) if message.occasion != "initial"} == {STARTS}


@pytest.mark.parametrize(
    "batches",
    [[[VISIT], [CANCELLED]], [[CANCELLED], [VISIT]], [[VISIT, CANCELLED]]],
    ids=["in order", "late", "together"],
)
async def test_cancelled_visit_sends_no_reminder(hub: MemoryHub, batches: Sequence[Sequence[Event]]) -> None:
    hub.clock.advance(2 * HOUR)
    for batch in batches:
        await hub.take_in(*batch)

    assert {state for _, state, _ in reminders(hub, VISIT)} == {State.CANCELLED}
    # The visitor, the landlord and the agent learn it, although only the visit names them.
    assert people(hub, CANCELLED) == people(hub, VISIT)


async def test_visit_at_another_time_is_reminded_of_at_that_time_only(hub: MemoryHub) -> None:
    later = event(VISIT.name, {"starts_at": "2026-03-13T15:00:00-05:00"}, at=MONDAY + HOUR, id="moved")
    hub.clock.advance(2 * HOUR)
    await hub.take_in(VISIT, later)

    assert {state for _, state, _ in reminders(hub, VISIT)} == {State.CANCELLED}
    assert {(state, at) for _, state, at in reminders(hub, later)} == {
        (State.HELD, local("2026-03-13 13:00"))
    }


@pytest.mark.parametrize(
    ("published", "again"),
    [(STARTS - 2 * HOUR - MINUTE, True), (STARTS - 2 * HOUR, False), (STARTS - HOUR, False)],
)
async def test_visit_published_late_sends_no_reminder_in_the_past(
    hub: MemoryHub, published: datetime, *, again: bool
) -> None:
    hub.clock.advance(published - MONDAY)
    await hub.take_in(replace(VISIT, time=published))

    assert bool(reminders(hub, VISIT)) is again
    assert {message.state for message in hub.of(VISIT) if message.occasion == "initial"} == {State.QUEUED}


async def test_visit_that_has_begun_is_told_to_nobody(hub: MemoryHub) -> None:
    hub.clock.advance(STARTS - MONDAY + MINUTE)
    await hub.take_in(replace(VISIT, time=STARTS - HOUR))

    assert {(message.state, message.reason) for message in hub.of(VISIT)} == {(State.EXPIRED, "too_old")}


def texts(name: str, data: dict[str, Json]) -> dict[str, str]:
    """Audience → all its texts, in any form."""
    read: dict[str, str] = {}
    for form, words in TEMPLATES.preview(name, data).items():
        audience, slash, _ = form.partition("/")
        key = audience if slash else ""
        read[key] = f"{read.get(key, '')}{words.subject}{words.text}{words.html}"
    return read


SECRET: Final = {"name": "Nombre-Ajeno", "email": "ajeno@example.com", "phone": "300 000 0999"}


@pytest.mark.parametrize(
    ("name", "person", "readers"),
    [
        # The agent must know who comes; the landlord need not.
        ("realestate.visit.scheduled", "interested", {"agent"}),
        ("realestate.visit.scheduled", "landlord", set()),
        ("realestate.visit.cancelled", "interested", {"agent"}),
        ("realestate.visit.cancelled", "landlord", set()),
        ("realestate.rent.received", "tenant", set()),
        ("realestate.rent.received", "landlord", set()),
        ("realestate.contract.expiring", "landlord", {"agent"}),
        ("realestate.contract.notice_served", "counterparty", set()),
    ],
)
def test_only_the_agent_reads_who_another_party_is(name: str, person: str, readers: set[str]) -> None:
    read = texts(name, {**examples(name)[0], person: SECRET})

    shown = {audience for audience, text in read.items() if any(value in text for value in SECRET.values())}
    assert shown == readers


def test_landlord_does_not_read_whom_to_call_about_a_visit() -> None:
    data = {**examples(VISIT.name)[0], "contact": "Agente secreto, 300 000 0998"}
    read = texts(VISIT.name, data)

    assert ["Agente secreto" in read[audience] for audience in ("", "landlord")] == [True, False]


def test_landlord_is_promised_no_report_of_a_visit() -> None:
    """No event tells how it went, and no clock sees to it."""
    assert "le contamos" not in texts(VISIT.name, examples(VISIT.name)[0])["landlord"]


async def test_each_party_of_a_deal_reads_only_its_own_milestone(hub: MemoryHub) -> None:
    seller = event("realestate.transaction.milestone")
    buyer = event(
        seller.name,
        {"party": {"ref": "p-laura-quintero"}, "documents_due": [{"name": "Carta del banco"}]},
        id="buyer",
    )
    await hub.take_in(seller, buyer)

    assert people(hub, seller) == {"p-maria-pena"}
    assert people(hub, buyer) == {"p-laura-quintero"}
    assert "Carta del banco" not in "".join(texts(seller.name, dict(seller.data)).values())
    assert "Paz y salvo" not in "".join(texts(buyer.name, dict(buyer.data)).values())


async def test_follow_up_asks_those_to_whom_the_handover_was_told(hub: MemoryHub) -> None:
    parties = [{"ref": "p-maria-pena"}, {"ref": "p-laura-quintero"}]
    milestone = event("realestate.transaction.milestone")
    handover = event("realestate.handover.completed", {"party": parties}, at=MONDAY + SECOND)
    followup = event("realestate.followup.due", without=("party",), at=MONDAY + 30 * 24 * HOUR)
    await hub.take_in(milestone, handover)
    hub.clock.advance(31 * 24 * HOUR)
    await hub.take_in(followup)

    assert people(hub, followup) == people(hub, handover) == {"p-maria-pena", "p-laura-quintero"}


@pytest.mark.parametrize(("kind", "words", "months"), [("vivienda", "tres", 3), ("comercial", "seis", 6)])
def test_deadline_of_a_notice_is_said_as_the_law_has_it(kind: str, words: str, months: int) -> None:
    name = "realestate.contract.expiring"
    [example] = [example for example in examples(name) if example["kind"] == kind]
    ends, deadline = (datetime.fromisoformat(example[field]) for field in ("ends_on", "notice_deadline"))
    read = texts(name, example)

    assert (ends.year - deadline.year) * 12 + ends.month - deadline.month == months
    assert f"con {words} meses de anticipación" in read[""]
    assert f"{words} meses antes" in read["agent"]


def test_letter_of_a_notice_names_the_document_and_the_guide_without_a_link() -> None:
    name = "realestate.contract.notice_served"
    example = examples(name)[0]
    letter = TEMPLATES.preview(name, example)["print"].text

    assert example["document_ref"] not in letter
    for fact in ("Carta de no renovación del contrato ARR-2025-118", "RA-0442817-CO", "31 de julio de 2026"):
        assert fact in letter
    assert "Ley 820 de 2003, artículos 22 a 25" in letter


OFFERED: Final = event("realestate.listing.promoted")


async def a_town(hub: MemoryHub) -> None:
    """Two tenants and an owner; only one of the tenants and the owner have consented."""
    await hub.take_in(home("altos-t1-101"))
    for ref, role in (("p-yes", "tenant"), ("p-no", "tenant"), ("p-owner", "owner")):
        await hub.take_in(somebody(ref, email(), mobile()), member(ref, "unit:altos-t1-101", role))
    for ref in ("p-yes", "p-owner"):
        said = {"subject_id": ref, "purposes": ["commercial"], "channels": ["email", "push"]}
        await hub.take_in(event("privacy.consent.granted", said, id=ref))


@pytest.mark.parametrize(
    ("segment", "readers"),
    [
        ("arrendatarios", {"p-yes"}),
        ("propietarios", {"p-owner"}),
        ("residentes", {"p-yes"}),
        ("todos", {"p-yes", "p-owner"}),
    ],
)
async def test_offer_goes_to_those_of_its_segment_who_have_consented(
    hub: MemoryHub, segment: str, readers: set[str]
) -> None:
    await a_town(hub)
    offer = event(OFFERED.name, {"segment": segment})
    await hub.take_in(offer)

    assert {message.person for message in hub.of(offer)} == readers
    assert {message.purpose for message in hub.of(offer)} == {"commercial"}


async def test_offer_is_not_made_once_it_is_over(hub: MemoryHub) -> None:
    await a_town(hub)
    soon = event(OFFERED.name, {"valid_until": "2026-03-09T18:00:00-05:00"})
    over = event(OFFERED.name, {"valid_until": "2026-03-09T08:00:00-05:00"}, id="over")
    await hub.take_in(soon, over)

    # Else it would live for 72 hours.
    assert {message.expires_at for message in hub.of(soon)} == {local("2026-03-09 18:00")}
    assert {message.state for message in hub.of(over)} == {State.EXPIRED}


def test_offer_says_how_to_get_no_more() -> None:
    assert (
        "Responda BAJA a este mensaje"
        in TEMPLATES.preview(OFFERED.name, examples(OFFERED.name)[0])["email"].text
    )


async def test_lease_and_contract_of_one_number_are_two_cases(hub: MemoryHub) -> None:
    number = {"contract_id": "2026-001"}
    lease = event("realestate.rent.received", number)
    due = event("contract.renewal.due", {**number, "client": {"ref": "p-maria-pena"}})
    renewed = event("contract.renewed", number, without=("client",), at=MONDAY + SECOND)
    hub.clock.advance(HOUR)
    await hub.take_in(lease, due, renewed)

    assert [hub.stored(of).case for of in (lease, due, renewed)] == [
        "contract_id:2026-001",
        "services.contract_id:2026-001",
        "services.contract_id:2026-001",
    ]
    # The client, whom only the first event names.
    assert people(hub, renewed) == {"p-maria-pena"}
