"""Surveys and their detractors, audit findings, and the actions that follow."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, FollowUp, Lane, Move, Purpose, Reminder

SURVEY: Final = "survey.requested"
"""What is scheduled after a service: `FollowUp(SURVEY, …)`."""

_COORDINATION: Final = to("staff:coordinator", Purpose.INTERNAL, "inbox+email")

QUALITY: Final = (
    EventType(
        name=SURVEY,
        lane=Lane.BULK,
        # One case per person: an answer ends the reminder of its respondent.
        case="survey_id",
        audiences=(to("respondent", Purpose.SURVEY, "email", "whatsapp", "push"),),
        reminders=(Reminder(follow_up="survey_reminder", until="expires_at"),),
        # A person reached later could no longer answer.
        useful_until="expires_at",
        shared=True,
    ),
    EventType(
        name="survey.answered",
        case="survey_id",
        ends_reminders=True,
        follow_ups=(
            FollowUp(
                "satisfaction.detractor.detected",
                "detractor",
                fields=("score", "comment", "person_id"),
                at_most="score",
                once=True,
            ),
        ),
        shared=True,
    ),
    EventType(
        name="satisfaction.detractor.detected",
        case="survey_id",
        audiences=(_COORDINATION,),
        clocks=(ClockMove("callback", Move.START),),
        shared=True,
    ),
    EventType(
        name="satisfaction.detractor.contacted",
        shared=True,
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
        shared=True,
        case="finding_id",
        clocks=(ClockMove("corrective_action", Move.STOP),),
    ),
)
