"""
The link by which a level takes a matter on, signed for one clock and one level. Pure.

Whoever was written to has no session at hand. The signature is the proof; it opens this and nothing else,
and ends with the level: when the next one is told, the matter is that one's.
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
_TOLD: Final = frozenset(ESCALATES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes and knows them."""

    public_url: str
    ring: KeyRing

    def of_event(self, name: str, data: Mapping[str, Json]) -> str | None:
        """
        Make the link that a level is sent with this event.

        None for other events, where nothing can be signed, and where the hub is reached over plain http:
        such a link would be read, and used, by whoever is on the way.
        """
        clock_id, level = data.get("clock_id"), data.get("to_level")
        usable = bool(self.ring) and self.public_url.startswith("https://")
        if name not in _TOLD or clock_id is None or not usable:
            return None
        query = {"level": level, "sig": self.ring.sign(Purpose.TAKE_ON, str(clock_id), str(level))}
        return f"{self.public_url}{PATH.format(id=clock_id)}?{urlencode(query)}"

    def signs(self, given: str, clock_id: str, level: str) -> bool:
        return self.ring.verify(Purpose.TAKE_ON, given, clock_id, level) is not None
