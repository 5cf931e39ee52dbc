"""Incidents of the hub itself, seals, whom nothing reaches, standing tasks, resets, calls."""

from __future__ import annotations

from typing import Final

from hub.access.account_notices import RESET
from hub.access.colleague_calls import CALLED
from hub.catalog.audiences import to
from hub.catalog.standing_tasks import OWNERS
from hub.health.incidents import BEGAN, ENDED
from hub.model import EventType, Lane, Purpose
from hub.model.communications import CALLED as CALLED_TO_COMMUNICATION
from hub.model.reach import NAME as REACH
from hub.model.standing_tasks import DONE as TASK_DONE
from hub.model.standing_tasks import DUE as TASK_DUE

_INCIDENTS: Final = tuple(
    EventType(
        name=name,
        lane=Lane.URGENT,
        case="trouble_id",
        audiences=(
            to(
                ("staff:ops", "address:monitor"),
                Purpose.INTERNAL,
                # All channels at once, except those that the event reports as broken (`avoid`).
                "email+sms+push+whatsapp+inbox",
                # A broken hub does not deliver emergencies either (Ley 2191 de 2022, art. 6, c).
                any_hour=True,
            ),
        ),
        hub_emitted=True,
    )
    for name in (BEGAN, ENDED)
)

_SEALED: Final = EventType(
    name="hub.evidence.sealed",
    lane=Lane.NORMAL,
    case="day",
    # The policy names an address outside: nobody of the company is disturbed.
    audiences=(to("address:evidence", Purpose.INTERNAL, "email", any_hour=True),),
    hub_emitted=True,
)

_REACH: Final = EventType(
    name=REACH,
    lane=Lane.BULK,
    case="report_id",
    audiences=(to(("staff:ops", "staff:direction"), Purpose.INTERNAL, "email", "inbox"),),
    hub_emitted=True,
)

_RESET: Final = EventType(
    name=RESET,
    lane=Lane.URGENT,
    case="reset_id",
    # At any hour: who resets a password to get in does so at night, and waits for no working hours.
    audiences=(to("holder", Purpose.INTERNAL, "email+inbox", any_hour=True),),
    hub_emitted=True,
)

_CALLED: Final = EventType(
    name=CALLED,
    case="call_id",
    audiences=(to("colleague", Purpose.INTERNAL, "inbox", "email"),),
    hub_emitted=True,
)

_COMMUNICATION: Final = EventType(
    name=CALLED_TO_COMMUNICATION,
    case="call_id",
    audiences=(to(("colleague", "staff:ops"), Purpose.INTERNAL, "inbox+email", who_by="reader"),),
    hub_emitted=True,
)

_TASKS: Final = (
    EventType(
        name=TASK_DUE,
        case="reminder_id",
        audiences=(
            to(tuple(f"staff:{owner}" for owner in OWNERS), Purpose.INTERNAL, "inbox+email", who_by="owner"),
        ),
        hub_emitted=True,
    ),
    EventType(name=TASK_DONE, case="task_id", hub_emitted=True),
)

_TRIED: Final = EventType(
    name="hub.communication.tried",
    case="try_id",
    audiences=(to("holder", Purpose.INTERNAL, "email+inbox", any_hour=True),),
    hub_emitted=True,
)

THE_HUB: Final = (*_INCIDENTS, _SEALED, _REACH, *_TASKS, _RESET, _CALLED, _COMMUNICATION, _TRIED)
