"""Business time: when the company works, the business days of Colombia, and instants as text."""

from hub.business_time.work_calendar import (
    BusinessDays,
    ColombianHolidays,
    Interval,
    Mode,
    Term,
    WorkCalendar,
    as_utc,
)

__all__ = ["BusinessDays", "ColombianHolidays", "Interval", "Mode", "Term", "WorkCalendar", "as_utc"]
