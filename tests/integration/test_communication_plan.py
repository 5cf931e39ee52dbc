"""Plan of many people: its rows are written in bulk, and the timers make the rest part by part."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hub.access.actor import Actor
from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationBody
from hub.intake.dry_run_schemas import DryRun
from hub.model import Event
from hub.operations.communications.work import PlanWork
from hub.parts.plans import planning_of
from tests.integration.test_communications import BODY, Desk, desk

__all__ = ["desk"]

MANY = """
WITH place AS (
    INSERT INTO copropiedad (id, version, name) SELECT 'big-' || n, 1, 'Edificio ' || n
    FROM generate_series(1, 40) AS n RETURNING id
), person AS (
    INSERT INTO person (id, version, removed, name, locale, digital_access, contact_points)
    SELECT 'q-' || n, 1, false, 'Persona ' || n, 'es', true, '[]' FROM generate_series(1, 20000) AS n
)
INSERT INTO membership (id, version, removed, person_id, role, scope_kind, scope_id)
SELECT 'q-' || n, 1, false, 'q-' || n, 'resident', 'copropiedad', 'big-' || (n % 40 + 1)
FROM generate_series(1, 20000) AS n
"""


async def test_20_000_people_are_planned_in_parts(desk: Desk) -> None:
    await desk.by.db.rows(MANY)
    to = tuple(f"residents@copropiedad:big-{n}" for n in range(1, 41))
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=to))
    began = time.monotonic()
    whole = await acts.plan_communication(desk.by, row.id)
    took = time.monotonic() - began
    batches: list[int] = []

    async def run_dry(
        by: Actor,  # noqa: ARG001 - as the real one is called
        events: Sequence[Event],
        *,
        everybody: bool,  # noqa: ARG001
        at: datetime,  # noqa: ARG001
        measured: int | None = None,  # noqa: ARG001
    ) -> DryRun:
        batches.append(len(events))
        return DryRun(events=[], clocks=[], posters=0, released=0, refused=[])

    planning = replace(planning_of(desk.by.stores), run_dry=run_dry)
    work = PlanWork(planning=planning, audit=desk.by.stores.audit)
    made = [await work.plan_next(), await work.plan_next()]
    ready = await acts.show_communication(desk.by, row.id)

    assert whole.is_making
    assert took < 10
    [counts] = await desk.by.db.rows(
        "SELECT count(*) AS people, count(DISTINCT part) AS parts FROM communication_person"
    )
    assert (20_000, 40) == tuple(counts)
    # No dry run is of more people than one holds locks for.
    assert [1] * 40 == batches
    assert [True, False] == made
    assert ready.is_planned
    assert ready.plan is not None
    assert ready.plan.shown is not None
    assert 20_000 == ready.plan.shown.people
