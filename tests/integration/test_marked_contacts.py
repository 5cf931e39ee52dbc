"""A mark is honoured also where the mail would go to the person's former address."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.model import MarkEntry, MarkReason, State
from hub.people.contact_changes import notices
from hub.storage import Database, PostgresIntake, PostgresPreferences, PostgresTimers
from tests.contract.values import event, message, stored
from tests.integration.test_evidence import Office
from tests.unit.factories import MONDAY, email, somebody


@pytest.mark.parametrize("reason", list(MarkReason))
async def test_former_contact_of_who_is_marked_hears_nothing(opened: Database, reason: MarkReason) -> None:
    office = Office(opened)
    await office.take_in(
        somebody("p-1", email("vieja@example.com")), somebody("p-2", email("de@example.com"))
    )
    await PostgresPreferences(opened).mark(
        MarkEntry(id=uuid4(), person="p-1", reason=reason, since=MONDAY, by="luis", note="")
    )
    await office.take_in(
        somebody("p-1", email("segura@example.com"), version=2),
        somebody("p-2", email("a@example.com"), version=2),
    )
    changes = await PostgresTimers(opened).contact_changes(10)

    assert {("p-1", True), ("p-2", False)} == {(change.person, change.marked) for change in changes}
    assert ["p-2"] == [event.data["person_id"] for change in changes for event in notices(change)]


async def test_what_a_mark_has_stopped_is_said_of_the_callers_buildings(opened: Database) -> None:
    async with PostgresIntake(opened).transaction() as transaction:
        for place in ("ph-1", "ph-2"):
            of = stored(event(id=f"of-{place}"), copropiedad_id=place)
            await transaction.add_events([of])
            stopped = message(of, person="p-1", state=State.SUPPRESSED, reason="do_not_contact")
            await transaction.add_messages([stopped])
    wishes = PostgresPreferences(opened)
    seen = [
        sum(row.events for row in await wishes.stopped("p-1", limit=9, places=places))
        for places in (None, frozenset({"ph-1"}), frozenset[str]())
    ]

    assert [2, 1, 0] == seen
