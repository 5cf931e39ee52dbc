"""Emergencies: declared, updated, escalated, acknowledged."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose

EMERGENCIES: Final = (
    EventType(
        name="emergency.declared",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            Audience(
                who=("staff:front_desk", "staff:on_call"),
                purpose=Purpose.EMERGENCY,
                channels=(("voice", "sms", "push"),),
                template="desk",
            ),
            Audience(
                who=("copropiedad:residents",),
                purpose=Purpose.EMERGENCY,
                channels=(("push", "sms", "whatsapp", "voice", "email"),),
                print=Print.BOARD,
            ),
        ),
        clocks=(ClockMove("emergency_ack", Move.START),),
    ),
    EventType(
        name="emergency.updated",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            Audience(
                who=("copropiedad:residents",),
                purpose=Purpose.EMERGENCY,
                channels=(("push", "sms", "whatsapp"),),
                print=Print.BOARD,
            ),
        ),
        clocks=(ClockMove("emergency_ack", Move.STOP, when={"status": "cleared"}),),
    ),
    EventType(
        name="emergency.escalated",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            Audience(
                who=("level:to_level",),
                purpose=Purpose.EMERGENCY,
                channels=(("voice", "sms", "push", "email", "inbox"),),
            ),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="emergency.acknowledged",
        lane=Lane.URGENT,
        case="emergency_id",
        clocks=(ClockMove("emergency_ack", Move.STOP),),
    ),
)
