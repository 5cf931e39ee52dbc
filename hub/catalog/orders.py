"""Orders of publishers about their own events, and the correction of what was taken back."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import CORRECTION, RECALL, EventType, Lane, Print, Purpose

_READERS: Final = ("copropiedad:owners", "copropiedad:residents")
_BY: Final = {Purpose.SERVICE: "email+push+sms+whatsapp+inbox", Purpose.LEGAL: "email+push+sms+inbox"}
"""
Of these, those by which the wrong message came: who read it in a text reads this in a text. What the law asks
for names each unit, for which an approved text of WhatsApp has no room: it never went over it.
"""

ORDERS: Final = (
    # Urgent: it races with the messages that it recalls.
    EventType(name=RECALL, lane=Lane.URGENT, case="id"),
    EventType(
        name=CORRECTION,
        case="correction_id",
        audiences=tuple(
            # The only legal audience that is chosen: who had the wrong message is the rule.
            to(
                _READERS,
                purpose,
                steps,
                print=Print.BOTH,
                when={"purpose": purpose},
                channel_by="channels",
                narrowable=True,
            )
            for purpose, steps in _BY.items()
        ),
        hub_emitted=True,
    ),
)
