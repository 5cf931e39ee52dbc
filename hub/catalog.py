"""
What the hub knows: one literal `EventType` per kind of event, told by area of the company.

An event is one entry here, one schema in `schemas/` and one template in `hub/templates/`; a
test fails until all three are there. `template` names the text of an audience that does not
read the event's main one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from hub.model import Audience, ClockMove, EventType, Lane, Move, Print, Purpose, Reminder
from hub.troubles import BEGAN, ENDED

_ATTENTION: Final = (
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
        name="pqrs.responded",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(
                who=("petitioner",),
                purpose=Purpose.LEGAL,
                channels=(("email", "sms"),),
                print=Print.LETTER,
            ),
        ),
        clocks=(ClockMove("first_reply", Move.STOP), ClockMove("legal_term", Move.STOP)),
    ),
    EventType(
        name="pqrs.closed",
        lane=Lane.NORMAL,
        case="pqrs_id",
        audiences=(
            Audience(who=("petitioner",), purpose=Purpose.TRANSACTIONAL, channels=(("email",), ("push",))),
        ),
        # Closing is no answer in law: the legal term runs on until `pqrs.responded`.
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
                # The last step reminds level 4 once more; nothing has changed for the petitioner.
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
            # SALIR alone is done by the hub: nobody needs to read it, nobody waits for an answer.
            Audience(
                who=("staff:service",),
                purpose=Purpose.INTERNAL,
                channels=(("inbox",),),
                template="staff",
                when={"kind": "reply"},
            ),
            # Not each time: people send three texts in a row.
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
        clocks=(ClockMove("first_reply", Move.STOP),),
    ),
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
        audiences=(Audience(who=("clock_holder",), purpose=Purpose.INTERNAL, channels=(("inbox",),)),),
        hub_emitted=True,
    ),
    EventType(
        name="notification.undelivered",
        lane=Lane.NORMAL,
        case="message_id",
        audiences=(
            Audience(who=("staff:service",), purpose=Purpose.INTERNAL, channels=(("inbox", "email"),)),
        ),
        hub_emitted=True,
    ),
)

_ADMINISTRATION: Final = (
    EventType(
        name="admin.payment.received",
        lane=Lane.NORMAL,
        case="unit_id",
        audiences=(
            Audience(
                who=("payer",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("email", "push"), ("sms",)),
            ),
            # The balance is the owner's alone, so that the owner reads another text.
            Audience(who=("owner",), purpose=Purpose.SERVICE, channels=(("inbox",),), template="owner"),
        ),
        # A payment also cancels `dunning`, whose start is `admin.account.overdue`: it comes with that event.
    ),
)

_MAINTENANCE: Final = (
    EventType(
        name="maintenance.request.received",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(
                who=("requester",),
                purpose=Purpose.TRANSACTIONAL,
                channels=(("push", "email"), ("sms",)),
            ),
            Audience(
                who=("staff:maintenance",), purpose=Purpose.INTERNAL, channels=(("inbox",),), template="staff"
            ),
        ),
        clocks=(
            ClockMove("maintenance_response", Move.START),
            ClockMove("maintenance_resolution", Move.START),
        ),
    ),
    EventType(
        name="maintenance.request.assigned",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(who=("requester",), purpose=Purpose.SERVICE, channels=(("push",), ("email",), ("sms",))),
            Audience(
                who=("technician",),
                purpose=Purpose.INTERNAL,
                channels=(("push", "sms"),),
                template="technician",
            ),
        ),
        clocks=(ClockMove("maintenance_response", Move.STOP),),
    ),
    EventType(
        name="maintenance.request.completed",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(Audience(who=("requester",), purpose=Purpose.SERVICE, channels=(("push", "email"),)),),
        clocks=(
            ClockMove("maintenance_response", Move.STOP),
            ClockMove("maintenance_resolution", Move.STOP),
        ),
    ),
    EventType(
        name="maintenance.request.cancelled",
        lane=Lane.NORMAL,
        case="request_id",
        audiences=(
            Audience(who=("requester",), purpose=Purpose.TRANSACTIONAL, channels=(("push",), ("email",))),
        ),
        clocks=(
            ClockMove("maintenance_response", Move.CANCEL),
            ClockMove("maintenance_resolution", Move.CANCEL),
        ),
    ),
    EventType(
        name="maintenance.scheduled.announced",
        lane=Lane.BULK,
        case="work_id",
        audiences=(
            Audience(
                who=("zone:residents",),
                purpose=Purpose.SERVICE,
                channels=(("email", "push", "inbox"),),
                print=Print.BOTH,
            ),
        ),
        reminders=(
            Reminder("starts_at", timedelta(hours=24)),
            Reminder("starts_at", timedelta(hours=2)),
        ),
        # `notice_lead` (72 h of warning) is a check of an instant in `data`, not a clock that an event
        # starts and another stops; it comes with the events that change and cancel works.
    ),
)

_EMERGENCIES: Final = (
    EventType(
        name="emergency.declared",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            Audience(
                who=("staff:front_desk", "staff:on_call"),
                purpose=Purpose.EMERGENCY,
                channels=(("voice", "sms", "push"),),
                template="desk",
            ),
            Audience(
                who=("copropiedad:residents",),
                purpose=Purpose.EMERGENCY,
                channels=(("push", "sms", "whatsapp", "voice", "email"),),
                print=Print.BOARD,
            ),
        ),
        clocks=(ClockMove("emergency_ack", Move.START),),
    ),
    EventType(
        name="emergency.updated",
        lane=Lane.URGENT,
        case="emergency_id",
        audiences=(
            Audience(
                who=("copropiedad:residents",),
                purpose=Purpose.EMERGENCY,
                channels=(("push", "sms", "whatsapp"),),
                print=Print.BOARD,
            ),
        ),
        clocks=(ClockMove("emergency_ack", Move.STOP, when={"status": "cleared"}),),
    ),
    EventType(
        name="emergency.acknowledged",
        lane=Lane.URGENT,
        case="emergency_id",
        clocks=(ClockMove("emergency_ack", Move.STOP),),
    ),
)

_DIRECTORY: Final = (
    EventType(name="directory.copropiedad.upserted", lane=Lane.NORMAL, case="copropiedad_id"),
    EventType(name="directory.unit.upserted", lane=Lane.NORMAL, case="unit_id"),
    EventType(name="directory.person.upserted", lane=Lane.NORMAL, case="person_id"),
    EventType(name="directory.person.removed", lane=Lane.NORMAL, case="person_id"),
    EventType(name="directory.membership.upserted", lane=Lane.NORMAL, case="membership_id"),
    EventType(name="directory.membership.removed", lane=Lane.NORMAL, case="membership_id"),
)

_THE_HUB: Final = tuple(
    EventType(
        name=name,
        lane=Lane.URGENT,
        case="trouble_id",
        audiences=(
            Audience(
                who=("staff:ops", "address:notify"),
                purpose=Purpose.INTERNAL,
                # All at once, but never by a channel that the event says is broken (`avoid`).
                channels=(("email", "sms", "push", "whatsapp", "inbox"),),
            ),
        ),
        hub_emitted=True,
    )
    for name in (BEGAN, ENDED)
)

CATALOG: Final[tuple[EventType, ...]] = (
    *_ATTENTION,
    *_ADMINISTRATION,
    *_MAINTENANCE,
    *_EMERGENCIES,
    *_DIRECTORY,
    *_THE_HUB,
)

BY_NAME: Final[Mapping[str, EventType]] = MappingProxyType({kind.name: kind for kind in CATALOG})
"""Routing key (`pqrs.received`) → its entry."""
