"""What a template can name: the event's data, and who, where, when and from whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.model import Claimed, Json, Purpose
from hub.rendering.filters import nombre
from hub.rendering.lines import one_line
from hub.rendering.naming import naming

INITIAL: Final = "initial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    The variables of one message. `event_time` is aware UTC; `data` is the event's, at top level.

    `unit` is the event's; `units` are the person's that it is about where the event is about no one unit.
    `take_on` is the link by which the reader takes a matter on.
    """

    data: Mapping[str, Json]
    event_id: str
    event_time: datetime
    event_name: str
    person: str = ""
    building: str | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    occasion: str = INITIAL
    purpose: Purpose | None = None
    take_on: str | None = None

    @classmethod
    def of(cls, claimed: Claimed, *, take_on: str | None = None) -> Context:
        message = claimed.message
        return cls(
            data=claimed.data or {},
            event_id=message.event_id,
            event_time=claimed.event_time,
            event_name=message.event,
            person=message.name,
            building=claimed.building,
            unit=claimed.unit,
            units=message.units,
            occasion=message.occasion,
            purpose=message.purpose,
            # A link that does something is for those who work here.
            take_on=take_on if message.purpose is Purpose.INTERNAL else None,
        )

    def names(self) -> dict[str, Json]:
        name = nombre(self.person)
        units = [one_line(unit) for unit in ((self.unit,) if self.unit else self.units)]
        return {
            "person": {"name": name, "first_name": name.partition(" ")[0]},
            "event": {"id": self.event_id, "time": self.event_time, "name": self.event_name},
            "building": self.building,
            "unit": self.unit,
            "units": units,
            **naming(units, legal=self.purpose is Purpose.LEGAL),
            "occasion": self.occasion,
            "take_on": self.take_on,
        }
