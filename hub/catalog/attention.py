"""Petitions, complaints and claims (PQRS), their answers, and the clocks that they start."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, DocumentUse, EventType, Lane, Move, Print, Purpose

# Legally required notices about a petition, on paper if nothing else arrives.
_BY_LAW: Final = to("petitioner", Purpose.LEGAL, "email+sms", print=Print.LETTER)

# The progress of a petition.
_HOW_IT_GOES: Final = to("petitioner", Purpose.TRANSACTIONAL, "email", "sms")

ATTENTION: Final = (
    EventType(
        name="pqrs.received",
        case="pqrs_id",
        audiences=(
            to("petitioner", Purpose.TRANSACTIONAL, "email+sms", "whatsapp", print=Print.LETTER),
            to("staff:service", Purpose.INTERNAL, "inbox", "email", template="staff"),
        ),
        clocks=(ClockMove("first_reply", Move.START), ClockMove("legal_term", Move.START)),
    ),
    EventType(
        name="pqrs.assigned",
        case="pqrs_id",
        audiences=(
            to("assignee", Purpose.INTERNAL, "inbox+email", template="assignee"),
            to("petitioner", Purpose.TRANSACTIONAL, "push", "email"),
        ),
        # An assignment is not an answer: no clock moves.
    ),
    EventType(
        name="pqrs.replied",
        case="pqrs_id",
        audiences=(to("petitioner", Purpose.TRANSACTIONAL, "email", "whatsapp", "sms"),),
        clocks=(ClockMove("first_reply", Move.STOP),),
    ),
    EventType(
        name="pqrs.info_requested",
        case="pqrs_id",
        audiences=(_BY_LAW,),
        # Ley 1755 de 2015, art. 17: the term is paused until the missing information arrives.
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.PAUSE)),
    ),
    EventType(
        name="pqrs.info_received",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESUME),),
    ),
    EventType(
        name="pqrs.term_extended",
        case="pqrs_id",
        audiences=(_BY_LAW,),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.EXTEND)),
    ),
    EventType(
        name="pqrs.transferred",
        case="pqrs_id",
        audiences=(_BY_LAW,),
        # Ley 1755 de 2015, art. 21: from now on the term is the competent authority's.
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.CANCEL)),
    ),
    EventType(
        name="pqrs.responded",
        case="pqrs_id",
        audiences=(_BY_LAW,),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.STOP)),
        # The answer itself must reach the petitioner, not the news that there is one.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="pqrs.reopened",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESTART),),
    ),
    EventType(
        name="pqrs.withdrawn",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("first_reply", Move.CANCEL), ClockMove("legal_term", Move.CANCEL)),
    ),
    EventType(
        name="pqrs.closed",
        case="pqrs_id",
        audiences=(to("petitioner", Purpose.TRANSACTIONAL, "email", "push"),),
        # In law, closing is not an answer: the legal term runs on until `pqrs.responded`.
        clocks=(ClockMove("first_reply", Move.STOP),),
    ),
    EventType(
        name="pqrs.escalated",
        lane=Lane.URGENT,
        case="pqrs_id",
        audiences=(
            to("level:to_level", Purpose.INTERNAL, "inbox+email+sms"),
            # Not for the last step, a reminder to level 4: nothing has changed for the petitioner.
            to(
                "petitioner",
                Purpose.TRANSACTIONAL,
                "email",
                template="petitioner",
                when={"cause": "unanswered"},
            ),
        ),
        hub_emitted=True,
    ),
    EventType(
        name="inbound.message.received",
        case="thread_id",
        audiences=(
            # The hub itself processes a reply of only SALIR: nobody needs to read or answer it.
            to("staff:service", Purpose.INTERNAL, "inbox", "email", template="staff", when={"kind": "reply"}),
            # Not every reply is acknowledged: people send three texts in a row.
            to(
                "sender",
                Purpose.TRANSACTIONAL,
                "email",
                "sms",
                "whatsapp",
                when={"acknowledge": "True"},
                channel_by="channel",
            ),
        ),
        clocks=(ClockMove("first_reply", Move.START, when={"kind": "reply"}),),
        hub_emitted=True,
    ),
    EventType(
        name="support.replied",
        case="thread_id",
        clocks=(
            ClockMove("first_reply", Move.STOP),
            ClockMove("emergency_callback", Move.STOP),
            ClockMove("emergency_reply", Move.STOP),
        ),
    ),
    EventType(
        name="notification.undelivered",
        case="thread_id",
        audiences=(to("staff:service", Purpose.INTERNAL, "inbox+email"),),
        # An answer that did not arrive does not count: the term runs on until its letter is handed over.
        clocks=(ClockMove("legal_term", Move.REOPEN, when={"about": "pqrs.responded"}),),
        hub_emitted=True,
    ),
    EventType(
        name="notification.bounce_reported",
        case="thread_id",
        # A report alone proves nothing: the term stays as it is until a person has answered, or not in time.
        audiences=(to("staff:service", Purpose.INTERNAL, "inbox+email"),),
        hub_emitted=True,
    ),
    EventType(
        name="notification.handed_over",
        case="thread_id",
        clocks=(ClockMove("legal_term", Move.STOP, when={"about": "pqrs.responded"}),),
        hub_emitted=True,
    ),
)
