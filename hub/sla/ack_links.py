"""
The link with which a level acknowledges a clock, signed for one clock and one level. Pure.

The recipient has no session at hand: the signature is the proof. It allows nothing but this
acknowledgement, and only until the clock escalates to the next level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hub.access.keyring import KeyRing, Purpose
from hub.model import Json
from hub.policy.clocks import ESCALATES

PATH: Final = "/take-on/{id}"
_ESCALATIONS: Final = frozenset(ESCALATES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Signs and verifies acknowledgement links."""

    public_url: str
    ring: KeyRing

    def of_event(self, name: str, data: Mapping[str, Json]) -> str | None:
        """
        Make the link that a level receives with this event.

        None for other events, without a signing key, and where the hub is reached over plain http: anybody
        on the network path could read such a link and use it.
        """
        clock_id, level = data.get("clock_id"), data.get("to_level")
        usable = bool(self.ring) and self.public_url.startswith("https://")
        if name not in _ESCALATIONS or clock_id is None or not usable:
            return None
        query = {"level": level, "sig": self.ring.sign(Purpose.ACKNOWLEDGE, str(clock_id), str(level))}
        return f"{self.public_url}{PATH.format(id=clock_id)}?{urlencode(query)}"

    def signs(self, given: str, clock_id: str, level: str) -> bool:
        return self.ring.verify(Purpose.ACKNOWLEDGE, given, clock_id, level) is not None
