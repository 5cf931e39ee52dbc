"""Breaches of personal data: staff who must act, the report to the authority, the people affected."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Lane, Move, Print, Purpose

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
            # A data leak on a Saturday cannot wait for Monday (Ley 2191 de 2022, art. 6, c).
            to("staff:privacy_officer", Purpose.INTERNAL, "voice+sms+email", any_hour=True),
            to("staff:management", Purpose.INTERNAL, "email+inbox", template="management"),
        ),
        clocks=(ClockMove("incident_report", Move.START),),
    ),
    EventType(
        name="privacy.incident.reported",
        case="incident_id",
        realm=_REALM,
        audiences=(to("staff:management", Purpose.INTERNAL, "inbox"),),
        clocks=(ClockMove("incident_report", Move.STOP),),
    ),
    EventType(
        name="privacy.incident.subjects_informed",
        case="incident_id",
        realm=_REALM,
        audiences=(to("affected", Purpose.LEGAL, "email", "sms", print=Print.LETTER),),
    ),
)
