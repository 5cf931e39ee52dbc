"""Reminders before a date: on a working morning, never in the past, and not once the tax is filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pytest

from hub.model import Event, State
from tests.unit.factories import BOGOTA, HOUR, MINUTE, MONDAY, event, local
from tests.unit.hub_in_memory import MemoryHub, memory_hub

NAME: Final = "accounting.tax_deadline.approaching"
EARLY: Final = local("2026-01-20 10:00")


def due(day: str, *, at: datetime = EARLY, id: str = "tax") -> Event:  # noqa: A002 - the name of the field
    return event(NAME, {"due_on": day}, at=at, id=id)


@pytest.fixture
def hub() -> MemoryHub:
    return memory_hub(EARLY)


def reminders(hub: MemoryHub, of: Event) -> list[tuple[str, str]]:
    """Occasion and local time of the emails that remind."""
    to_come = sorted(
        (message.next_at, message.occasion)
        for message in hub.of(of)
        if message.next_at is not None and message.channel == "email"
    )
    return [(occasion, f"{at.astimezone(BOGOTA):%a %d %b %H:%M}") for at, occasion in to_come]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Tuesday 14 April 2026: Monday 30 March, Thursday 9 and Monday 13 April are working days.
        (
            "2026-04-14",
            [("360", "Mon 30 Mar 08:00"), ("120", "Thu 09 Apr 08:00"), ("24", "Mon 13 Apr 08:00")],
        ),
        # Tuesday 24 March 2026: the day before is a holiday, and before it is a weekend.
        (
            "2026-03-24",
            [("360", "Mon 09 Mar 08:00"), ("120", "Thu 19 Mar 08:00"), ("24", "Fri 20 Mar 08:00")],
        ),
        # Monday after Holy Week: five days and one day before are Wednesday 1 April: the nearer one is sent.
        ("2026-04-06", [("360", "Fri 20 Mar 08:00"), ("24", "Wed 01 Apr 08:00")]),
    ],
)
async def test_reminders_go_out_when_the_company_opens(
    hub: MemoryHub, day: str, expected: list[tuple[str, str]]
) -> None:
    tax = due(day)
    await hub.take_in(tax)

    assert reminders(hub, tax) == [(f"reminder:T-{hours}h", at) for hours, at in expected]


@pytest.mark.parametrize(
    ("published", "left"),
    [("2026-03-09 07:59", 3), ("2026-03-09 08:00", 2), ("2026-03-20 07:59", 1), ("2026-03-23 12:00", 0)],
)
async def test_reminder_whose_time_has_passed_is_not_sent(hub: MemoryHub, published: str, left: int) -> None:
    tax = due("2026-03-24", at=local(published))
    hub.clock.advance(local(published) - EARLY)
    await hub.take_in(tax)

    assert len(reminders(hub, tax)) == left
    assert {message.state for message in hub.of(tax) if message.occasion == "initial"} == {State.QUEUED}


async def test_nothing_is_sent_after_the_last_day(hub: MemoryHub) -> None:
    tax, over = due("2026-03-24", at=local("2026-03-24 09:00")), due("2026-03-23", at=MONDAY, id="over")
    hub.clock.advance(local("2026-03-24 09:00") - EARLY)
    await hub.take_in(tax, over)

    # The day counts to its end; the 48 hours of a service message would end a day later.
    assert {message.expires_at for message in hub.of(tax)} == {local("2026-03-25 00:00")}
    assert {message.state for message in hub.of(over)} == {State.EXPIRED}


TAX: Final = due("2026-03-24", at=EARLY)
FILED: Final = event("accounting.tax_obligation.filed", at=EARLY + HOUR, without=("accounting_client",))


@pytest.mark.parametrize(
    "batches", [[[TAX], [FILED]], [[FILED], [TAX]], [[FILED, TAX]]], ids=["in order", "late", "together"]
)
async def test_filed_tax_is_not_reminded_of(hub: MemoryHub, batches: Sequence[Sequence[Event]]) -> None:
    other = event(NAME, {"obligation_id": "dian-2026-otra"}, id="other", at=EARLY)
    hub.clock.advance(2 * HOUR)
    await hub.take_in(other)
    for batch in batches:
        await hub.take_in(*batch)

    assert {message.state for message in hub.of(TAX) if message.occasion != "initial"} == {State.CANCELLED}
    assert len(reminders(hub, other)) == 3
    # The client, whom only the first event names, reads that it is filed.
    assert {message.person for message in hub.of(FILED)} == {message.person for message in hub.of(TAX)}


async def test_moved_deadline_replaces_the_reminders(hub: MemoryHub) -> None:
    moved = due("2026-04-14", at=EARLY + MINUTE, id="moved")
    hub.clock.advance(HOUR)
    await hub.take_in(TAX, moved)

    assert reminders(hub, TAX) == []
    assert len(reminders(hub, moved)) == 3
