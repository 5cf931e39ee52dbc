"""
Weekly notice of the units that no message reaches, for those who run the hub. Pure.

It is made as of one instant of the week, which the policy names: made again after a restart it has
the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hub.model import Event, own_event
from hub.model.ids import uuid8
from hub.model.reach import NAME, PlaceReach
from hub.policy import Policy

SHOWN: Final = 30
"""Copropiedades that one notice names, the worst first; it counts the others."""
_DAY: Final = timedelta(days=1)


def reported_at(policy: Policy, now: datetime) -> datetime | None:
    """
    Return the instant as of which this week's notice is made; None while it is not due.

    It is due on the policy's day, or on the first working day after it, while the company works.
    """
    hour, calendar = policy.reach.at, policy.calendar
    if hour is None or calendar.next_open(now) > now:
        return None
    today = now.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = (today.weekday() - policy.reach.weekday.number) % 7
    earlier = [calendar.next_open(today - days * _DAY) for days in range(1, since + 1)]
    if any(opens < today for opens in earlier):
        return None
    at = today + hour.since_midnight
    return at if at <= now else None


def report(places: Sequence[PlaceReach], *, at: datetime) -> Event | None:
    """Make the notice; None where every unit is reachable, or there is none."""
    lacking = [place for place in places if place.reachable < place.units]
    if not lacking:
        return None
    name = str(uuid8(at, NAME))
    return own_event(
        NAME,
        name,
        {
            "report_id": name,
            "day": at.date().isoformat(),
            "total": sum(place.units for place in places),
            "reachable": sum(place.reachable for place in places),
            "copropiedades": len(lacking),
            "places": [
                {
                    "copropiedad_id": place.copropiedad_id,
                    "building": place.name,
                    "total": place.units,
                    "unreachable": place.units - place.reachable,
                }
                for place in lacking[:SHOWN]
            ],
        },
        time=at,
    )
