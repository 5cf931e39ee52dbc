"""What the hub says of its promises: in danger, broken, taken on, over."""

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
            # A package lies where the front desk can see to it; whoever holds the level is elsewhere.
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
        # Whatever the case is tied by: a thread that is named as a case is that case.
        case="thread_id",
        clocks=(
            ClockMove("first_reply", Move.ACKNOWLEDGE),
            ClockMove("legal_term", Move.ACKNOWLEDGE),
            # Of an emergency nothing else was promised than that somebody takes it in hand.
            ClockMove("emergency_ack", Move.STOP),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="sla.take_on.answered",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            # To the number that wrote, at the hour at which it wrote: an answer to its own words is no work.
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
