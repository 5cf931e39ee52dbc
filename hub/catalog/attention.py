"""Petitions, complaints and claims (PQRS), their answers, and the clocks that they start."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hub.catalog.audiences import to
from hub.catalog.quality import SURVEY
from hub.model import ClockMove, DocumentUse, EventType, FollowUp, Lane, Move, Print, Purpose, Reminder

# Legally required notices about a petition, on paper if nothing else arrives; on the board for whoever has
# not said who they are (Ley 1755 de 2015, art. 16; Ley 1437 de 2011, art. 69).
_BY_LAW: Final = to("petitioner", Purpose.LEGAL, "email+sms", print=Print.BOTH)

# A message that the law requires is sent once. Silence is taken as withdrawal: a courtesy comes before it.
_BEFORE_SILENCE: Final = replace(
    to("petitioner", Purpose.TRANSACTIONAL, "email+sms", template="reminder", optional=True),
    reminders_only=True,
)

# The progress of a petition.
_HOW_IT_GOES: Final = to("petitioner", Purpose.TRANSACTIONAL, "email", "sms")

# What words of staff to the person end.
_ANSWERED: Final = tuple(
    ClockMove(clock, Move.STOP)
    for clock in ("first_reply", "emergency_callback", "emergency_reply", "emergency_unreached")
)

ATTENTION: Final = (
    EventType(
        name="pqrs.received",
        # Somebody of the staff may make one of what a person has written.
        shared=True,
        case="pqrs_id",
        audiences=(
            to("petitioner", Purpose.TRANSACTIONAL, "email+sms", "whatsapp", print=Print.BOTH),
            to("staff:service", Purpose.INTERNAL, "inbox", "email", template="staff"),
        ),
        clocks=(ClockMove("first_reply", Move.START), ClockMove("legal_term", Move.START)),
        takes_over="thread_id",
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
        # Somebody of the staff may do it at the console.
        shared=True,
        case="pqrs_id",
        # Somebody of the staff may choose the channel.
        audiences=(
            to("petitioner", Purpose.TRANSACTIONAL, "email", "whatsapp", "sms", channel_by="channel"),
        ),
        clocks=(ClockMove("first_reply", Move.STOP),),
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="pqrs.info_requested",
        case="pqrs_id",
        audiences=(
            _BY_LAW,
            _BEFORE_SILENCE,
        ),
        # Ley 1755 de 2015, art. 17: the term is paused until the missing information arrives.
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.PAUSE)),
        reminders=(Reminder("answer_by", business_days=3), Reminder("answer_by", business_days=1)),
        # A new request names another day, or other things.
        ends_reminders=True,
        answered_by=(
            *("pqrs.info_received", "pqrs.transferred", "pqrs.responded"),
            *("pqrs.withdrawn", "pqrs.closed"),
        ),
    ),
    EventType(
        name="pqrs.info_received",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESUME),),
        ends_reminders=True,
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
        ends_reminders=True,
    ),
    EventType(
        name="pqrs.responded",
        # Somebody of the staff may do it at the console.
        shared=True,
        case="pqrs_id",
        audiences=(_BY_LAW,),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.STOP)),
        ends_reminders=True,
        # The answer itself must reach the petitioner, not the news that there is one.
        document=DocumentUse.ATTACH,
    ),
    EventType(
        name="pqrs.reopened",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("legal_term", Move.RESTART),),
        ends_follow_ups=True,
    ),
    EventType(
        name="pqrs.withdrawn",
        case="pqrs_id",
        audiences=(_HOW_IT_GOES,),
        clocks=(ClockMove("first_reply", Move.CANCEL), ClockMove("legal_term", Move.CANCEL)),
        ends_reminders=True,
        ends_follow_ups=True,
    ),
    EventType(
        name="pqrs.closed",
        # Somebody of the staff may do it at the console.
        shared=True,
        case="pqrs_id",
        audiences=(to("petitioner", Purpose.TRANSACTIONAL, "email", "push"),),
        # In law, closing is not an answer: the legal term runs on until `pqrs.responded`.
        clocks=(ClockMove("first_reply", Move.STOP),),
        ends_reminders=True,
        follow_ups=(
            FollowUp(SURVEY, "survey_after_pqrs", to=("petitioner",), data={"kind": "post_servicio"}),
        ),
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
        name="pqrs.report.published",
        lane=Lane.BULK,
        case="report_id",
        # Financial reports have ids of the same name.
        realm="pqrs.",
        audiences=(
            to("staff:management", Purpose.INTERNAL, "inbox+email"),
            to("copropiedad:council", Purpose.SERVICE, "email", template="council"),
        ),
        # It tells of neighbours' complaints: a mail that is forwarded would take it along.
        document=DocumentUse.LINK,
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
        name="inbound.message.filed",
        case="thread_id",
        # What somebody wrote is a PQRS from now on, with the receipt, the clock and the answer of that one.
        clocks=(ClockMove("first_reply", Move.CANCEL),),
        ends_reminders=True,
        ends_messages=True,
        hub_emitted=True,
    ),
    EventType(
        name="support.replied",
        # Somebody of the staff may do it at the console.
        shared=True,
        case="thread_id",
        clocks=_ANSWERED,
    ),
    EventType(
        name="support.written",
        case="thread_id",
        # One person of the staff to one person: by the channel that was chosen, and by no other.
        audiences=(to("recipient", Purpose.TRANSACTIONAL, "email", "sms", "whatsapp", channel_by="channel"),),
        clocks=_ANSWERED,
        document=DocumentUse.ATTACH,
        hub_emitted=True,
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
        name="notification.unrecognised",
        case="thread_id",
        # Its case shows it. A pressed button proves nothing about its presser: no clock moves.
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
