"""What the hub says of itself."""

from __future__ import annotations

from typing import Final

from hub.health.incidents import BEGAN, ENDED
from hub.model import Audience, EventType, Lane, Purpose

THE_HUB: Final = tuple(
    EventType(
        name=name,
        lane=Lane.URGENT,
        case="trouble_id",
        audiences=(
            Audience(
                who=("staff:ops", "address:notify"),
                purpose=Purpose.INTERNAL,
                # All at once, but never by a channel that the event says is broken (`avoid`).
                channels=(("email", "sms", "push", "whatsapp", "inbox"),),
                # While the hub is broken nobody hears of an emergency either (Ley 2191 de 2022, art. 6, c).
                any_hour=True,
            ),
        ),
        hub_emitted=True,
    )
    for name in (BEGAN, ENDED)
)
