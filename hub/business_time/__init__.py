"""Business time: working hours, Colombian business days, and instants as text."""

from hub.business_time.holidays import ColombianHolidays
from hub.business_time.open_time import Interval
from hub.business_time.work_calendar import (
    BusinessDays,
    Mode,
    Term,
    WorkCalendar,
    as_utc,
)

__all__ = ["BusinessDays", "ColombianHolidays", "Interval", "Mode", "Term", "WorkCalendar", "as_utc"]
