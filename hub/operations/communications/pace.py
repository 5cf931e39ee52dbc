"""Pace of a communication: how long its messages take at the rates of the channels, and missed leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hub.intake.dry_run_schemas import DryRunClock
from hub.policy.clocks import ClockPolicy
from hub.resilience.rate_limit import Rate


def minutes_of(channels: Mapping[str, int], rates: Mapping[str, Sequence[Rate]]) -> dict[str, int]:
    """Return channel → minutes at the rate of its first provider, of those that take one or more. Pure."""
    found = {
        channel: n * rates[channel][0].per.total_seconds() / rates[channel][0].count / 60
        for channel, n in channels.items()
        if rates.get(channel)
    }
    return {channel: round(minutes) for channel, minutes in found.items() if minutes >= 1}


def missed_leads(
    clocks: Iterable[DryRunClock], policy: Mapping[str, ClockPolicy], *, at: datetime
) -> dict[str, datetime]:
    """Return the promises of lead time that what leaves now would break → when it had to leave. Pure."""
    return {
        clock.name: clock.due_at
        for clock in clocks
        if clock.change == "starts" and clock.due_at < at and policy[clock.name].lead is not None
    }
