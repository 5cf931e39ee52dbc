"""Events of the hub's clocks: at risk, breached, acknowledged, checked, resolved, summary."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Lane, Move, Purpose

PROMISES: Final = (
    EventType(
        name="sla.at_risk",
        lane=Lane.URGENT,
        case="clock_id",
        audiences=(to("clock_holder", Purpose.INTERNAL, "inbox+email"),),
        hub_emitted=True,
    ),
    EventType(
        name="sla.breached",
        lane=Lane.URGENT,
        case="clock_id",
        audiences=(
            to("clock_holder", Purpose.INTERNAL, "inbox+email"),
            # The package is at the front desk, which can act; the holder of the level is elsewhere.
            to(
                "staff:front_desk",
                Purpose.INTERNAL,
                "inbox+email",
                template="desk",
                when={"kind": "custody"},
            ),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.acknowledged",
        lane=Lane.URGENT,
        # The thread id is the key of the clock's case, whatever field that case has.
        case="thread_id",
        clocks=(
            ClockMove("first_reply", Move.ACKNOWLEDGE),
            ClockMove("legal_term", Move.ACKNOWLEDGE),
            # In an emergency the only promise is that somebody acknowledges it.
            ClockMove("emergency_ack", Move.STOP),
            ClockMove("emergency_reply", Move.STOP),
            ClockMove("emergency_unreached", Move.STOP),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.take_on.answered",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            # To the number that wrote, at any hour: an answer to its own text is not work.
            to("sender", Purpose.TRANSACTIONAL, "sms", when={"acknowledge": "True"}),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.checked",
        case="thread_id",
        clocks=(ClockMove("convocation_lead", Move.STOP), ClockMove("notice_lead", Move.STOP)),
        hub_emitted=True,
    ),
    EventType(
        name="sla.resolved",
        case="clock_id",
        audiences=(to("called", Purpose.INTERNAL, "inbox+email"),),
        hub_emitted=True,
    ),
    EventType(
        name="sla.summary",
        lane=Lane.URGENT,
        case="summary_id",
        audiences=(to("level:level", Purpose.INTERNAL, "inbox+email+sms"),),
        hub_emitted=True,
    ),
    EventType(
        name="sla.digest",
        case="digest_id",
        # One mail a day: the inbox has the single warnings.
        audiences=(to("holder", Purpose.INTERNAL, "email", "inbox"),),
        hub_emitted=True,
    ),
)
