"""Detractors of surveys, audit findings, and the actions that follow."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Purpose

_COORDINATION: Final = Audience(
    who=("staff:coordinator",), purpose=Purpose.INTERNAL, channels=(("inbox", "email"),)
)

QUALITY: Final = (
    EventType(
        name="satisfaction.detractor.detected",
        lane=Lane.NORMAL,
        case="survey_id",
        audiences=(_COORDINATION,),
        clocks=(ClockMove("callback", Move.START),),
    ),
    EventType(
        name="satisfaction.detractor.contacted",
        lane=Lane.NORMAL,
        case="survey_id",
        clocks=(ClockMove("callback", Move.STOP),),
    ),
    EventType(
        name="quality.audit.finding",
        lane=Lane.NORMAL,
        case="finding_id",
        audiences=(
            _COORDINATION,
            Audience(
                who=("staff:operations",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox",),),
                template="operations",
            ),
        ),
        clocks=(ClockMove("corrective_action", Move.START),),
    ),
    EventType(
        name="quality.action.closed",
        lane=Lane.NORMAL,
        case="finding_id",
        clocks=(ClockMove("corrective_action", Move.STOP),),
    ),
)
