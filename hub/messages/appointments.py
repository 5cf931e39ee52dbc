"""Appointments in Redis for scheduled messages and the next steps of clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog

from hub.errors import AppointmentsUnavailable
from hub.model import Clock, Message
from hub.ports import Appointments, Later

log = structlog.get_logger()


async def make_appointments(
    appointments: Appointments, later: Sequence[Later] = (), clocks: Sequence[Clock] = ()
) -> None:
    """Arm messages and clocks. Redis being away is not a fault: the timers find the rows in SQL."""
    try:
        if later:
            await appointments.arm_messages(later)
        if clocks:
            await appointments.track_clocks(clocks)
    except AppointmentsUnavailable as exc:
        log.warning("appointments.unavailable", error=str(exc))


def waiting(messages: Iterable[Message]) -> list[Later]:
    """Return the messages that wait, and until when."""
    return [
        (message.id, message.lane, message.next_at) for message in messages if message.next_at is not None
    ]
