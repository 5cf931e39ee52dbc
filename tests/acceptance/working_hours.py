"""The working hours of these days, on any day of a test's run."""

from datetime import UTC, datetime, timedelta

from hub.business_time.dates import ZONE


def at_work() -> str:
    """Make a policy by which it is working time now."""
    return _hours('[["00:00", "24:00"]]')


def off_work() -> str:
    """Make a policy by which nobody works now."""
    return _hours("[]")


def _hours(frames: str) -> str:
    today = datetime.now(UTC).astimezone(ZONE).date()
    days = (today + timedelta(days=days) for days in (-1, 0, 1))
    table = ", ".join(f'"{day}" = {frames}' for day in days)
    return f"[calendar]\nspecial_days = {{ {table} }}\n"
