"""Whether what had to be announced so far ahead has left in time. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hub.model import NOBODY, THREAD, Clock, DispatchStatus, Event, Step, StepKind, own_event
from hub.sla.events import CHECKED


def left_in_time(clock: Clock, dispatch: DispatchStatus) -> datetime | None:
    """Answer when the last of it left; None while something has not, or where that was too late."""
    last_at = max(clock.started_at, dispatch.last_at or clock.started_at)
    return last_at if not dispatch.pending and last_at <= clock.due_at else None


def without_warning(clock: Clock) -> Clock:
    """Note in the clock's next step that nobody is told of it, for nothing is wrong."""
    step = clock.steps[clock.fired]
    return replace(
        clock, steps=tuple(replace(one, told=NOBODY) if one == step else one for one in clock.steps)
    )


def checked_event(clock: Clock, at: datetime) -> Event:
    """Make the event that ends the check: all had left then, or what was announced has happened."""
    place = clock.context.get("copropiedad_id")
    data = {"clock_id": str(clock.id), THREAD: clock.case, "clock": clock.name}
    data |= {} if place is None else {"copropiedad_id": place}
    return own_event(CHECKED, f"{clock.id}:checked", data, time=at)


def with_pending(event: Event, dispatch: DispatchStatus) -> Event:
    """Say how many messages have not left."""
    return replace(event, data={**event.data, "pending": dispatch.pending})


def happens(step: Step) -> bool:
    """Tell whether at this step what was announced happens."""
    return step.kind is StepKind.CHECK
