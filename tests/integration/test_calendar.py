"""The calendar: what is scheduled and falls due, within the operator's places; and its link."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from hub.business_time.dates import as_day
from hub.desk.calendar import acts
from hub.desk.calendar.acts import CalendarEntry, CalendarQuery
from hub.desk.communications import acts as communications
from hub.desk.communications.rows import SendBody
from hub.doors.operator import Operator
from hub.errors import NotOffered
from hub.web.console.calendar_page import days_of
from tests.contract.stores import open_stores
from tests.contract.values import clock
from tests.integration.test_communications import BOTH, Desk, desk

__all__ = ["desk"]
MARCH: Final = date(2026, 3, 9)


def test_month_is_whole_weeks_and_a_week_seven_days() -> None:
    month = days_of("month", MARCH)

    assert (date(2026, 2, 23), date(2026, 4, 5), 42) == (month[0], month[-1], len(month))
    assert [date(2026, 3, 9), date(2026, 3, 15)] == [days_of("week", date(2026, 3, 12))[at] for at in (0, -1)]
    assert 28 == len(days_of("month", date(2027, 2, 3)))


async def entries(by: Operator) -> list[CalendarEntry]:
    today = as_day(by.now)
    query = CalendarQuery(since=today, until=today + timedelta(days=20))
    return (await acts.list_calendar(by, query)).items


async def test_what_leaves_and_what_falls_due_is_of_its_day_and_place(desk: Desk, database: str) -> None:
    """A promise that falls due at midnight is of the day that ends then."""
    now = desk.office.clock()
    later = now + timedelta(days=2)
    whole = await desk.made(*BOTH, starts_at=later)
    assert whole.plan is not None
    await communications.send_communication(
        desk.by, whole.row.id, SendBody(digest=whole.plan.digest or "", typed="")
    )
    midnight = datetime.combine(as_day(now) + timedelta(days=4), datetime.min.time(), UTC) + timedelta(
        hours=5
    )
    async with open_stores(database) as stores, stores.intake.transaction() as transaction:
        place = {"copropiedad_id": "ph-b"}
        await transaction.save_clocks(
            [dataclasses.replace(clock("pqrs_id:1", context=place), due_at=midnight)]
        )
    found = await entries(desk.by)
    there = dataclasses.replace(desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-a"})))

    [circular] = [one for one in found if one.kind == "communication"]
    [promise] = [one for one in found if one.kind == "promise"]
    assert (whole.row.title, "ph-a", as_day(later)) == (circular.title, circular.copropiedad, circular.day)
    assert f"/communications/{whole.row.id}" == circular.path
    assert ("ph-b", as_day(now) + timedelta(days=3)) == (promise.copropiedad, promise.day)
    assert ["communication"] == [one.kind for one in await entries(there)]
    assert "task" in {one.kind for one in await _year(desk.by)}


async def test_who_has_no_account_has_no_link(desk: Desk) -> None:
    for who in ("key:portal", "cli:root", "account:nobody"):
        with pytest.raises(NotOffered):
            await acts.make_calendar_link(dataclasses.replace(desk.by, who=who))


async def _year(by: Operator) -> list[CalendarEntry]:
    today = as_day(by.now)
    months = range(0, 366, 60)
    return [
        one
        for days in months
        for one in await acts.entries_of(by, today + timedelta(days=days), today + timedelta(days=days + 60))
    ]
