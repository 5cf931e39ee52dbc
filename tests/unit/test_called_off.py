"""A changed, cancelled or finished event sends no reminders, by the real catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pytest

from hub.model import Event, Json, State
from tests.unit.factories import HOUR, MONDAY, email, event, home, member, mobile, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub

THEN: Final = (MONDAY + 100 * HOUR).isoformat()
DATA: Final[dict[str, Json]] = {
    "assembly_id": "a-1",
    "work_id": "w-1",
    "engagement_id": "e-1",
    "starts_at": THEN,
    "needed_by": THEN,
    "override": {"by": "account:ana", "reason": "convened in time, in another room now"},
    "accounting_client": {"ref": "p-maria"},
    "copropiedad_id": "ph-altos-del-rosal",
}
ASKED: Final = "accounting.documents.requested"
CONVENED: Final = "admin.assembly.convened"
ANNOUNCED: Final = "maintenance.scheduled.announced"
CHANGED: Final = "maintenance.scheduled.changed"
CANCELLED: Final = "maintenance.scheduled.cancelled"
COMPLETED: Final = "maintenance.scheduled.completed"
ENDED: Final = (State.CANCELLED, "ended")
WAITING: Final = (State.HELD, "scheduled")


def occurrence(name: str, *, at: datetime = MONDAY, again: str = "", **data: Json) -> Event:
    return event(name, {**DATA, **data}, at=at, without=("zones",), id=f"{name}{again}")


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(
        home("u-1"),
        somebody("p-maria", email(), mobile()),
        member("p-maria", "unit:u-1", "owner"),
        member("p-maria", "unit:u-1", "resident"),
    )
    made.clock.advance(2 * HOUR)
    return made


def reminders(hub: MemoryHub, of: Event) -> set[tuple[State, str | None]]:
    return {
        (message.state, message.reason)
        for message in hub.of(of)
        if message.occasion != "initial" and message.state is not State.SUPPRESSED
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "late"])
@pytest.mark.parametrize(
    ("name", "ending"),
    [
        (CONVENED, "admin.assembly.cancelled"),
        (CONVENED, CONVENED),
        (ANNOUNCED, ANNOUNCED),
        (ANNOUNCED, CHANGED),
        (ANNOUNCED, CANCELLED),
        (CHANGED, CHANGED),
        (CHANGED, CANCELLED),
        (ANNOUNCED, COMPLETED),
        (CHANGED, COMPLETED),
        (ASKED, "accounting.documents.received"),
        (ASKED, "accounting.report.delivered"),
    ],
)
async def test_cancelled_or_replaced_announcement_sends_no_reminder(
    hub: MemoryHub, name: str, ending: str, order: Sequence[int]
) -> None:
    announced, end = occurrence(name), occurrence(ending, at=MONDAY + HOUR, again="-then")
    for turn in order:
        await hub.take_in((announced, end)[turn])

    assert {ENDED} == reminders(hub, announced)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "late"])
@pytest.mark.parametrize("name", [ANNOUNCED, CHANGED])
async def test_current_announcement_sends_its_reminders(
    hub: MemoryHub, name: str, order: Sequence[int]
) -> None:
    announced, end = occurrence(ANNOUNCED), occurrence(name, at=MONDAY + HOUR, again="-then")
    for turn in order:
        await hub.take_in((announced, end)[turn])

    assert {WAITING} == reminders(hub, end)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "late"])
async def test_what_has_not_left_of_finished_works_does_not_leave(
    hub: MemoryHub, order: Sequence[int]
) -> None:
    announced, end = occurrence(ANNOUNCED), occurrence(COMPLETED, at=MONDAY + HOUR)
    for turn in order:
        await hub.take_in((announced, end)[turn])

    unsent = {message.state for message in hub.of(announced)} - {State.SUPPRESSED}
    assert {State.CANCELLED} == unsent
    assert State.QUEUED in {message.state for message in hub.of(end)}


async def test_cancelled_works_leave_their_announcement_alone(hub: MemoryHub) -> None:
    announced = occurrence(ANNOUNCED)
    await hub.take_in(announced, occurrence(CANCELLED, at=MONDAY + HOUR))

    first = {message.state for message in hub.of(announced) if message.occasion == "initial"}
    assert State.CANCELLED not in first


async def test_other_works_still_send_their_reminders(hub: MemoryHub) -> None:
    announced = occurrence(ANNOUNCED)
    await hub.take_in(announced, occurrence(CANCELLED, at=MONDAY + HOUR, work_id="w-2"))

    assert {WAITING} == reminders(hub, announced)


async def test_request_after_the_first_documents_sends_its_reminder(hub: MemoryHub) -> None:
    more = occurrence(ASKED, at=MONDAY + HOUR, again="-more")
    await hub.take_in(occurrence(ASKED), occurrence("accounting.documents.received"), more)

    assert {WAITING} == reminders(hub, more)
