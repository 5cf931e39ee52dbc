"""Events of the hub's clocks: at risk, breached, acknowledged, checked, resolved, summary."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Purpose

PROMISES: Final = (
    EventType(
        name="sla.at_risk",
        lane=Lane.URGENT,
        case="clock_id",
        audiences=(Audience(who=("clock_holder",), purpose=Purpose.INTERNAL, channels=(("inbox",),)),),
        hub_emitted=True,
    ),
    EventType(
        name="sla.breached",
        lane=Lane.URGENT,
        case="clock_id",
        audiences=(
            Audience(who=("clock_holder",), purpose=Purpose.INTERNAL, channels=(("inbox",),)),
            # The package is at the front desk, which can act; the holder of the level is elsewhere.
            Audience(
                who=("staff:front_desk",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox",),),
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
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.take_on.answered",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            # To the number that wrote, at any hour: an answer to its own text is not work.
            Audience(
                who=("sender",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("sms",),),
                when={"acknowledge": "True"},
            ),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.checked",
        lane=Lane.NORMAL,
        case="thread_id",
        clocks=(
            ClockMove("convocation_lead", Move.STOP),
            ClockMove("notice_lead", Move.STOP),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.resolved",
        lane=Lane.NORMAL,
        case="clock_id",
        audiences=(Audience(who=("called",), purpose=Purpose.INTERNAL, channels=(("inbox", "email"),)),),
        hub_emitted=True,
    ),
    EventType(
        name="sla.summary",
        lane=Lane.URGENT,
        case="summary_id",
        audiences=(
            Audience(who=("level:level",), purpose=Purpose.INTERNAL, channels=(("inbox", "email", "sms"),)),
        ),
        hub_emitted=True,
    ),
)
