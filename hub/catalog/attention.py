"""Petitions, complaints and claims (PQRS), their answers, and the clocks that they start."""

from __future__ import annotations

from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose

# Legally required notices about a petition, on paper if nothing else arrives.
_BY_LAW: Final = Audience(
    who=("petitioner",), purpose=Purpose.LEGAL, channels=(("email", "sms"),), print=Print.LETTER
)

# The progress of a petition.
_HOW_IT_GOES: Final = Audience(
    who=("petitioner",), purpose=Purpose.TRANSACTIONAL, channels=(("email",), ("sms",))
)

ATTENTION: Final = (
    EventType(
        name="pqrs.received",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(
                who=("petitioner",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email", "sms"), ("whatsapp",)),
                print=Print.LETTER,
            ),
            Audience(
                who=("staff:service",), purpose=Purpose.INTERNAL, channels=(("inbox",),), template="staff"
            ),
        ),
        clocks=(ClockMove("first_reply", Move.START), ClockMove("legal_term", Move.START)),
    ),
    EventType(
        name="pqrs.assigned",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(
                who=("assignee",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox", "email"),),
                template="assignee",
            ),
            Audience(who=("petitioner",), purpose=Purpose.TRANSACTIONAL, channels=(("push",), ("email",))),
        ),
        # An assignment is not an answer: no clock moves.
    ),
    EventType(
        name="pqrs.replied",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(
                who=("petitioner",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email",), ("whatsapp",), ("sms",)),
            ),
        ),
        clocks=(ClockMove("first_reply", Move.STOP),),
    ),
    EventType(
        name="pqrs.info_requested",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_BY_LAW,),
        # Ley 1755 de 2015, art. 17: the term is paused until the missing information arrives.
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.PAUSE)),
    ),
    EventType(
        name="pqrs.info_received",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESUME),),
    ),
    EventType(
        name="pqrs.term_extended",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_BY_LAW,),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.EXTEND)),
    ),
    EventType(
        name="pqrs.transferred",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_BY_LAW,),
        # Ley 1755 de 2015, art. 21: from now on the term is the competent authority's.
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.CANCEL)),
    ),
    EventType(
        name="pqrs.responded",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_BY_LAW,),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.STOP)),
    ),
    EventType(
        name="pqrs.reopened",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESTART),),
    ),
    EventType(
        name="pqrs.withdrawn",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("first_reply", Move.CANCEL), ClockMove("legal_term", Move.CANCEL)),
    ),
    EventType(
        name="pqrs.closed",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(who=("petitioner",), purpose=Purpose.TRANSACTIONAL, channels=(("email",), ("push",))),
        ),
        # In law, closing is not an answer: the legal term runs on until `pqrs.responded`.
        clocks=(ClockMove("first_reply", Move.STOP),),
    ),
    EventType(
        name="pqrs.escalated",
        lane=Lane.URGENT,
        case="pqrs_id",
        audiences=(
            Audience(
                who=("level:to_level",), purpose=Purpose.INTERNAL, channels=(("inbox", "email", "sms"),)
            ),
            Audience(
                who=("petitioner",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email",),),
                template="petitioner",
                # Not for the last step, a reminder to level 4: nothing has changed for the petitioner.
                when={"cause": "unanswered"},
            ),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="inbound.message.received",
        lane=Lane.NORMAL,
        case="thread_id",
        audiences=(
            # The hub itself processes a reply of only SALIR: nobody needs to read or answer it.
            Audience(
                who=("staff:service",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox",),),
                template="staff",
                when={"kind": "reply"},
            ),
            # Not every reply is acknowledged: people send three texts in a row.
            Audience(
                who=("sender",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email",), ("sms",), ("whatsapp",)),
                when={"acknowledge": "True"},
                channel_by="channel",
            ),
        ),
        clocks=(ClockMove("first_reply", Move.START, when={"kind": "reply"}),),
        hub_emitted=True,
    ),
    EventType(
        name="support.replied",
        lane=Lane.NORMAL,
        case="thread_id",
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("emergency_callback", Move.STOP)),
    ),
    EventType(
        name="notification.undelivered",
        lane=Lane.NORMAL,
        case="thread_id",
        audiences=(
            Audience(who=("staff:service",), purpose=Purpose.INTERNAL, channels=(("inbox", "email"),)),
        ),
        # An answer that did not arrive does not count: the term runs on until its letter is handed over.
        clocks=(ClockMove("legal_term", Move.REOPEN, when={"about": "pqrs.responded"}),),
        hub_emitted=True,
    ),
    EventType(
        name="notification.handed_over",
        lane=Lane.NORMAL,
        case="thread_id",
        clocks=(ClockMove("legal_term", Move.STOP, when={"about": "pqrs.responded"}),),
        hub_emitted=True,
    ),
)
