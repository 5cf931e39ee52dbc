"""Breaches of personal data: staff who must act, the report to the authority, the people affected."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose

_REALM: Final = "privacy."
"""The front desk has incident numbers too: the realm keeps the two kinds of cases apart."""

DATA_INCIDENTS: Final = (
    EventType(
        name="privacy.incident.detected",
        lane=Lane.URGENT,
        case="incident_id",
        realm=_REALM,
        # Staff only: the people affected are notified later, once the officer has decided the text.
        audiences=(
            Audience(
                who=("staff:privacy_officer",),
                purpose=Purpose.INTERNAL,
                channels=(("voice", "sms", "email"),),
                # A data leak on a Saturday cannot wait for Monday (Ley 2191 de 2022, art. 6, c).
                any_hour=True,
            ),
            Audience(
                who=("staff:management",),
                purpose=Purpose.INTERNAL,
                channels=(("email", "inbox"),),
                template="management",
            ),
        ),
        clocks=(ClockMove("incident_report", Move.START),),
    ),
    EventType(
        name="privacy.incident.reported",
        lane=Lane.NORMAL,
        case="incident_id",
        realm=_REALM,
        audiences=(Audience(who=("staff:management",), purpose=Purpose.INTERNAL, channels=(("inbox",),)),),
        clocks=(ClockMove("incident_report", Move.STOP),),
    ),
    EventType(
        name="privacy.incident.subjects_informed",
        lane=Lane.NORMAL,
        case="incident_id",
        realm=_REALM,
        audiences=(
            Audience(
                who=("affected",),
                purpose=Purpose.LEGAL,
                channels=(("email",), ("sms",)),
                print=Print.LETTER,
            ),
        ),
    ),
)
