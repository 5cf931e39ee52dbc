"""Contacts of collection and advertising as `hub person contacts` counts them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from hub.business_time.dates import ZONE
from hub.desk.rights.acts import ContactLine, contact_lines
from hub.model import Purpose
from hub.storage.person_export import ContactRecord
from tests.unit.factories import POLICY

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=ZONE)
DAY = timedelta(days=1)


def contact(at: datetime, channel: str = "email") -> ContactRecord:
    return ContactRecord(
        message_id=uuid4(),
        at=at,
        event="admin.account.overdue",
        purpose=Purpose.COLLECTION,
        channel=channel,
        provider="smtp",
        outcome="accepted",
        register=None,
    )


def lines(*contacts: ContactRecord) -> list[ContactLine]:
    return contact_lines(contacts, POLICY)


def test_a_day_is_one_of_colombia() -> None:
    late, after = MONDAY.replace(hour=23, minute=59), MONDAY + DAY - timedelta(hours=8)
    found = lines(contact(MONDAY), contact(late), contact(after))

    assert [2, 2, 1] == [line.of_day for line in found]


def test_channels_are_counted_from_monday_to_sunday() -> None:
    later = contact(MONDAY + 6 * DAY, "push"), contact(MONDAY + 7 * DAY)
    found = lines(contact(MONDAY - DAY, "sms"), contact(MONDAY), *later)

    assert [1, 2, 2, 1] == [line.channels_of_week for line in found]
    assert ["2026-W10", "2026-W11", "2026-W11", "2026-W12"] == [line.week for line in found]


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (MONDAY.replace(hour=7), True),
        (MONDAY.replace(hour=6, minute=59), False),
        (MONDAY.replace(hour=18, minute=59), True),
        (MONDAY.replace(hour=19), False),
        (MONDAY + 5 * DAY, True),
        (MONDAY + 6 * DAY, False),
        (MONDAY + 14 * DAY, False),  # a Monday, and a holiday
    ],
)
def test_hours_are_those_of_the_law(at: datetime, inside: bool) -> None:
    [line] = lines(contact(at))

    assert inside is line.in_hours
