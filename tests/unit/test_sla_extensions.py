"""Extensions that a clock does not hold as they were asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from hub import sla
from hub.model import Event
from hub.model.extensions import Extension, ExtensionChange, ExtensionRefusal
from hub.model.ids import event_key
from hub.sla.extensions import GRANTED, REFUSED, WORDS
from hub.web.documents.notices import NOTICES
from tests.unit.factories import MONDAY, event, local
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
