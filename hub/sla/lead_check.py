"""Lead checks: was an announcement sent the required time ahead? Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from msgspec import structs

from hub.model import NOBODY, THREAD, Clock, DispatchStatus, Event, Step, StepKind, own_event
from hub.sla.events import CHECKED


def left_in_time(clock: Clock, dispatch: DispatchStatus) -> datetime | None:
    """Return when the last message left; None while any is pending, or when the last one left too late."""
    last_at = max(clock.started_at, dispatch.last_at or clock.started_at)
    return last_at if not dispatch.pending and last_at <= clock.due_at else None


def without_warning(clock: Clock) -> Clock:
    """Mark the clock's next step as notifying nobody, because nothing is wrong."""
    step = clock.steps[clock.fired]
    steps = (structs.replace(planned, told=NOBODY) if planned == step else planned for planned in clock.steps)
    return replace(clock, steps=tuple(steps))


def checked_event(clock: Clock, at: datetime) -> Event:
    """Make the event that ends the check `at` the instant when all had left, or the announced date came."""
    place = clock.context.get("copropiedad_id")
    data = {"clock_id": str(clock.id), THREAD: clock.case, "clock": clock.name}
    data |= {} if place is None else {"copropiedad_id": place}
    return own_event(CHECKED, f"{clock.id}:checked", data, time=at)


def with_pending(event: Event, dispatch: DispatchStatus) -> Event:
    """Add to the event's data how many messages have not left."""
    return structs.replace(event, data={**event.data, "pending": dispatch.pending})


def happens(step: Step) -> bool:
    """Return whether this step is the instant of the announced event, which ends the check."""
    return step.kind is StepKind.CHECK
