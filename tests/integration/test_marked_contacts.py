"""A mark is honoured also where the mail would go to the person's former address."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.model import MarkEntry, MarkReason
from hub.people.contact_changes import notices
from hub.storage import Database, PostgresPreferences, PostgresTimers
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
