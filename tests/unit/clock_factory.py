"""Clocks scheduled by a rule of the policy, without events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hub import sla
from hub.model import Clock, ClockHistory, ClockState, Json, StepKind
from hub.policy import Policy
from hub.policy.clocks import ClockPolicy


def scheduled(
    rules: ClockPolicy,
    started_at: datetime,
    *,
    policy: Policy,
    course: ClockHistory | None = None,
    data: Mapping[str, Json] | None = None,
) -> Clock:
    """Schedule a clock that starts at this instant by the rule."""
    clock = Clock(
        id=UUID(int=1),
        case="pqrs_id:PQ-1",
        name="first_reply",
        state=ClockState.OPEN,
        started_at=started_at,
        due_at=started_at,
        level=1,
        promise=rules.promise_for(data or {}, policy.calendar_rules.mode),
        steps=(),
        course=course or ClockHistory(),
    )
    return sla.schedule(clock, policy.calendar, policy.calendar_version)


def instants(clock: Clock, *kinds: StepKind) -> list[datetime]:
    """Return the instants of the steps of these kinds."""
    return [step.at for step in clock.steps if step.kind in kinds]
