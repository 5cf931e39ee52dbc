"""Contacts by email, form, counter, chat or telephone, before they become a PQRS."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import ClockMove, EventType, Lane, Move, Print, Purpose

_BY_A_PERSON: Final = {"auto_submitted": "False"}
"""RFC 3834, 2: a machine may answer our answer, and nobody waits for a reply to it."""
_FIRST_REPLY: Final = (ClockMove("first_reply", Move.START),)
_ONE_OF: Final = ("email", "whatsapp", "sms")
_MAIN: Final = {"line": "main"}
_EMERGENCY: Final = {"line": "emergency"}

SUPPORT: Final = (
    EventType(
        name="support.email.received",
        case="thread_id",
        audiences=(to("sender", Purpose.TRANSACTIONAL, "email", when=_BY_A_PERSON),),
        clocks=(ClockMove("first_reply", Move.START, when=_BY_A_PERSON),),
    ),
    EventType(
        name="support.form.received",
        case="thread_id",
        audiences=(to("sender", Purpose.TRANSACTIONAL, "email", "sms"),),
        clocks=_FIRST_REPLY,
    ),
    EventType(
        name="support.counter.received",
        shared=True,
        case="thread_id",
        audiences=(to("visitor", Purpose.TRANSACTIONAL, *_ONE_OF, print=Print.LETTER),),
        clocks=_FIRST_REPLY,
    ),
    EventType(
        name="support.chat.missed",
        case="thread_id",
        audiences=(to("visitor", Purpose.TRANSACTIONAL, *_ONE_OF),),
        clocks=_FIRST_REPLY,
    ),
    EventType(
        name="support.call.missed",
        lane=Lane.URGENT,
        case="thread_id",
        audiences=(
            to("caller", Purpose.TRANSACTIONAL, "sms", "whatsapp"),
            # A call on the main line wakes nobody: its first-reply clock waits for the next opening.
            to(
                "staff:on_call",
                Purpose.INTERNAL,
                "voice+sms+push",
                template="staff",
                when=_EMERGENCY,
                # The promise is a matter of minutes; the stand-in of the person on call may be at home.
                any_hour=True,
            ),
        ),
        clocks=(
            ClockMove("first_reply", Move.START, when=_MAIN),
            ClockMove("emergency_callback", Move.START, when=_EMERGENCY),
        ),
    ),
)
