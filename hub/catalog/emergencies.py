"""
Emergencies: declared, updated, escalated, acknowledged; the replies of people, and the people whom nothing
reaches.
"""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Lane, Move, Print, Purpose

_NOT_THERE: Final = to(
    "copropiedad:absentees", Purpose.SERVICE, "email+inbox", template="absent", optional=True
)
"""Owners and proxies who live elsewhere: nobody wakes them, and nobody looks for them in the building."""

OTHER_TOWERS: Final = "other_towers"
"""The text of who lives in a tower that the emergency does not name: what happens, and to stay."""

EMERGENCIES: Final = (
    EventType(
        name="emergency.declared",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            to(("staff:front_desk", "staff:on_call"), Purpose.EMERGENCY, "voice+sms+push", template="desk"),
            to(
                "copropiedad:residents",
                Purpose.EMERGENCY,
                "push+sms+whatsapp+voice+email",
                print=Print.BOARD,
                other_towers=OTHER_TOWERS,
            ),
            _NOT_THERE,
        ),
        clocks=(ClockMove("emergency_ack", Move.START),),
    ),
    EventType(
        name="emergency.updated",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            to(
                "copropiedad:residents",
                Purpose.EMERGENCY,
                "push+sms+whatsapp",
                print=Print.BOARD,
                other_towers=OTHER_TOWERS,
            ),
            _NOT_THERE,
        ),
        clocks=(
            ClockMove("emergency_ack", Move.STOP, when={"status": "cleared"}),
            # The danger has passed: nobody needs to be called about it any more.
            ClockMove("emergency_unreached", Move.CANCEL, when={"status": "cleared"}),
        ),
    ),
    EventType(
        name="emergency.escalated",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(to("level:to_level", Purpose.EMERGENCY, "voice+sms+push+email+inbox"),),
        hub_emitted=True,
    ),
    EventType(
        name="emergency.reply.received",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            to(
                ("staff:front_desk", "staff:on_call"),
                Purpose.EMERGENCY,
                "voice+sms+push+email",
                template="desk",
            ),
            to(
                "sender",
                Purpose.EMERGENCY,
                "email",
                "sms",
                "whatsapp",
                when={"acknowledge": "True"},
                channel_by="channel",
            ),
        ),
        # Staff on duty who answer need no help: colleagues hear it, and nobody is called after them.
        clocks=(ClockMove("emergency_reply", Move.START, when={"from_staff": "False"}),),
        hub_emitted=True,
    ),
    EventType(
        name="emergency.unreached",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            to(
                ("staff:front_desk", "staff:on_call"),
                Purpose.EMERGENCY,
                "voice+sms+push+email",
                template="desk",
            ),
        ),
        # The case is the emergency's: one clock, however many alerts follow while it runs.
        clocks=(ClockMove("emergency_unreached", Move.START),),
        hub_emitted=True,
    ),
    EventType(
        name="emergency.acknowledged",
        lane=Lane.URGENT,
        case="emergency_id",
        clocks=(ClockMove("emergency_ack", Move.STOP),),
    ),
)
