"""Detractors of surveys, audit findings, and the actions that follow."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Move, Purpose

_COORDINATION: Final = to("staff:coordinator", Purpose.INTERNAL, "inbox+email")

QUALITY: Final = (
    EventType(
        name="satisfaction.detractor.detected",
        case="survey_id",
        audiences=(_COORDINATION,),
        clocks=(ClockMove("callback", Move.START),),
    ),
    EventType(
        name="satisfaction.detractor.contacted",
        case="survey_id",
        clocks=(ClockMove("callback", Move.STOP),),
    ),
    EventType(
        name="quality.audit.finding",
        case="finding_id",
        audiences=(
            _COORDINATION,
            to("staff:operations", Purpose.INTERNAL, "inbox+email", template="operations"),
        ),
        clocks=(ClockMove("corrective_action", Move.START),),
    ),
    EventType(
        name="quality.action.closed",
        case="finding_id",
        clocks=(ClockMove("corrective_action", Move.STOP),),
    ),
)
