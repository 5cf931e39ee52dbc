"""Extensions that a clock does not hold as asked, and the legal terms after an assembly."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from hub import sla
from hub.business_time.dates import ZONE
from hub.catalog import BY_NAME
from hub.model import Clock, ClockState, Event
from hub.model.extensions import Extension, ExtensionChange, ExtensionRefusal
from hub.model.ids import event_key
from hub.sla.extensions import GRANTED, REFUSED, WORDS
from hub.web.documents.notices import NOTICES
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local
from tests.unit.hub_in_memory import memory_hub

DAY = timedelta(days=1)
CASE = {"pqrs_id": "PQ-1", "radicado": "PQ-2026-000901"}
LATER = MONDAY + DAY
LIMIT = "2026-04-23"
"""The end of the doubled term of fifteen business days."""


def received(at: datetime = MONDAY) -> Event:
    return event("pqrs.received", {**CASE, "kind": "peticion"}, at=at)


def extended(day: str, at: datetime = LATER, **fields: Any) -> Event:
    return event("pqrs.term_extended", {**CASE, "new_due_on": day}, at=at, **fields)


async def outcomes(*batches: list[Event]) -> dict[str, Extension]:
    """Take these in, batch by batch; return what each extension of the legal term has got, by its event."""
    hub = memory_hub(local("2026-05-01 09:00"))
    for batch in batches:
        await hub.take_in(*batch)
    ids = {stored.key: stored.event.id for stored in hub.store.tables.events.values()}
    return {ids[key]: found for (key, _), found in hub.store.tables.extensions.items()}


async def refusal(*happened: Event) -> ExtensionRefusal | None:
    found = await outcomes(list(happened))
    return found[happened[-1].id].refusal


async def test_a_day_within_the_limit_is_what_was_asked_for() -> None:
    [found] = (await outcomes([received()], [extended("2026-04-15")])).values()

    assert (None, local("2026-04-16 00:00")) == (found.refusal, found.due_at)


async def test_a_day_beyond_the_limit_is_refused_and_the_clock_holds_the_limit() -> None:
    [found] = (await outcomes([received()], [extended("2026-12-30")])).values()

    assert ExtensionRefusal.BEYOND_LIMIT is found.refusal
    assert found.due_at is not None
    assert (LIMIT, "2026-12-30") == (str(sla.last_day(found.due_at)), str(found.asked_on))


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        ("2026-03-20", LATER, ExtensionRefusal.BEFORE_TERM),
        ("2026-04-18", LATER, ExtensionRefusal.NO_BUSINESS_DAY),
        ("2026-04-15", local("2026-04-08 09:00"), ExtensionRefusal.TOO_LATE),
        ("2099-12-31", LATER, ExtensionRefusal.BEYOND_LIMIT),
    ],
)
async def test_each_day_that_is_not_held_has_its_reason(
    day: str, at: datetime, expected: ExtensionRefusal
) -> None:
    assert expected is await refusal(received(), extended(day, at))


async def test_a_second_extension_is_refused_and_the_first_stays() -> None:
    second = extended("2026-04-20", LATER + DAY, id="second")

    found = await outcomes([received()], [extended("2026-04-15")], [second])
    assert ExtensionRefusal.ALREADY_EXTENDED is found["second"].refusal
    assert local("2026-04-16 00:00") == found["second"].due_at
    assert found["pqrs.term_extended-1"].refusal is None


async def test_an_extension_after_the_answer_is_refused() -> None:
    answered = event("pqrs.responded", CASE, at=LATER)

    assert ExtensionRefusal.ENDED is await refusal(received(), answered, extended("2026-04-15", LATER + DAY))


async def test_an_extension_before_its_start_arrives_counts_when_it_has_arrived() -> None:
    early = await outcomes([extended("2026-04-15")])
    late = await outcomes([extended("2026-04-15")], [received()])

    assert [ExtensionRefusal.NO_CLOCK] == [found.refusal for found in early.values()]
    assert [None] == [found.refusal for found in late.values()]


async def test_a_recorded_extension_tells_nobody() -> None:
    assert {} == await outcomes([received()], [extended("2026-12-30", quiet=True)])


async def test_an_event_that_asks_for_none_keeps_nothing() -> None:
    assert {} == await outcomes([received()], [event("pqrs.replied", CASE, at=LATER)])


def change(refusal: ExtensionRefusal | None = ExtensionRefusal.BEYOND_LIMIT) -> ExtensionChange:
    asked = extended("2026-12-30")
    return ExtensionChange(
        event_key=event_key(asked),
        event_id=asked.id,
        source=asked.source,
        type=asked.type,
        case_key="pqrs_id:PQ-1",
        radicado="PQ-2026-000901",
        clock="legal_term",
        asked_on=local("2026-12-30 12:00").date(),
        due_at=local("2026-04-24 00:00"),
        refusal=refusal,
        found_at=MONDAY,
    )


@pytest.mark.parametrize(("given", "name"), [(ExtensionRefusal.ENDED, REFUSED), (None, GRANTED)])
def test_the_notice_is_as_its_schema_says(given: ExtensionRefusal | None, name: str) -> None:
    notice = sla.notice_of(change(given))

    jsonschema_rs.validate(dict(NOTICES[name]), notice.data)
    assert (name, sla.notice_of(change(given)).id) == (notice.name, notice.id)
    assert LIMIT == notice.data["kept_on"]


def test_each_reason_has_its_words() -> None:
    assert set(ExtensionRefusal) == set(WORDS)


VECTORS: Final = json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())
ASSEMBLY: Final = "assembly_id:a-1"


def after(*happened: Event) -> list[Clock]:
    return sla.replay(ASSEMBLY, happened, BY_NAME, POLICY)


@pytest.mark.parametrize(
    ("modality", "term"),
    [
        ("presencial", "acta_asamblea_presencial"),
        ("mixta", "acta_asamblea_presencial"),
        ("no_presencial", "acta_no_presencial"),
    ],
)
@pytest.mark.parametrize("row", VECTORS["terms"], ids=lambda row: row["received"])
def test_term_of_the_minutes_follows_the_modality(
    modality: str, term: str, row: dict[str, dict[str, str]]
) -> None:
    data = {"modality": modality, "held_on": row["received"]}
    [clock] = after(event("admin.assembly.held", data, at=local(f"{row['received']} 20:00")))

    assert local(f"{row['due'][term]} 00:00") + timedelta(days=1) == clock.due_at


@pytest.mark.parametrize("told", ["2026-03-26 21:00", "2026-03-28 09:00", "2026-04-20 09:00"])
def test_minutes_are_due_from_the_day_of_the_assembly_whenever_it_is_told(told: str) -> None:
    """Ley 675 de 2001, art. 47: from the day of the meeting."""
    [clock] = after(event("admin.assembly.held", {"held_on": "2026-03-26"}, at=local(told)))

    assert local("2026-04-27 00:00") + timedelta(days=1) == clock.due_at
    assert "2026-03-26" == clock.started_at.astimezone(ZONE).date().isoformat()


def test_day_after_the_event_starts_no_clock_later() -> None:
    held = event("admin.assembly.held", {"held_on": "2026-12-31"}, at=local("2026-03-26 21:00"))
    [clock] = after(held)

    assert held.time == clock.started_at


def test_report_of_a_data_incident_is_due_from_its_detection() -> None:
    """Ley 1581 de 2012, art. 17 (n): told three days later, it has three days less."""
    data = {"detected_at": "2026-03-09T07:45:00-05:00"}
    [clock] = sla.replay(
        "privacy_incident_id:7",
        [event("privacy.incident.detected", data, at=local("2026-03-12 16:00"))],
        BY_NAME,
        POLICY,
    )

    assert local("2026-03-09 07:45") == clock.started_at
    assert POLICY.calendar.legal_due(local("2026-03-09 07:45"), 15) == clock.due_at


@pytest.mark.parametrize(
    ("published", "state"),
    [("2026-04-27 23:59", ClockState.MET), ("2026-04-28 00:01", ClockState.BREACHED)],
)
def test_minutes_published_in_time_meet_the_promise(published: str, state: ClockState) -> None:
    """Held on 26 March, before Holy Week: the twentieth business day is 27 April."""
    held = event("admin.assembly.held", at=local("2026-03-26 21:00"))
    [clock] = after(held, event("admin.minutes.published", at=local(published)))

    assert (state, local(published)) == (clock.state, clock.ended_at)


def test_convened_or_cancelled_assembly_starts_no_clock_for_minutes() -> None:
    convened = event("admin.assembly.convened", at=local("2026-03-09 08:00"))
    cancelled = event("admin.assembly.cancelled", at=local("2026-03-09 08:00") + HOUR)

    assert [] == [clock for clock in after(convened, cancelled) if clock.name == "minutes"]


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "late"])
@pytest.mark.parametrize(
    ("announced", "cancelled", "case", "clock"),
    [
        ("admin.assembly.convened", "admin.assembly.cancelled", ASSEMBLY, "convocation_lead"),
        ("maintenance.scheduled.announced", "maintenance.scheduled.cancelled", "work_id:w-1", "notice_lead"),
    ],
)
def test_cancelled_assembly_needs_no_lead_time(
    announced: str, cancelled: str, case: str, clock: str, order: int
) -> None:
    at = local("2026-03-02 08:00")
    happened = [event(announced, at=at), event(cancelled, at=at + HOUR)]
    [check] = sla.replay(case, happened[::order], BY_NAME, POLICY)

    assert (clock, ClockState.CANCELLED, at + HOUR) == (check.name, check.state, check.ended_at)


def test_alert_about_a_convocation_says_when_the_assembly_is() -> None:
    convened = event("admin.assembly.convened", at=local("2026-03-20 08:00"))
    [clock] = [clock for clock in after(convened) if clock.name == "convocation_lead"]
    alert = sla.step_event(clock, clock.steps[0], now=clock.started_at)
    told = datetime.fromisoformat(str(alert.data["happens_at"]))

    assert datetime.fromisoformat(str(convened.data["starts_at"])) == told
