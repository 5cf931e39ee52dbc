"""
Tasks that the company's policy promises and a person starts: who is reminded, and what shows one done.

`[tasks]` of the policy's file says by when. A sentence of sections 4 to 13 that a person starts by the
calendar stands in one of them: a test holds this table to `docs/policy-coverage.md`.
"""

from __future__ import annotations

from typing import Final

from hub.model.standing_tasks import Cadence, StandingTask

OPERATIONS: Final = "operations"
"""Policy 11.2: supervises that the policy is kept, and makes better how people are served."""
DIRECTION: Final = "direction"
"""Policy 11.1: looks at the results of satisfaction."""
COORDINATOR: Final = "coordinator"
PRIVACY_OFFICER: Final = "privacy_officer"
"""Policy 9.2: who answers for requests about personal data."""
OWNERS: Final = (OPERATIONS, DIRECTION, COORDINATOR, PRIVACY_OFFICER)

_ADMINISTRATION: Final = "administracion"

STANDING_TASKS: Final = (
    StandingTask(
        name="half_year_survey",
        policy=("8.1.1",),
        owner=OPERATIONS,
        every=Cadence.HALF_YEAR,
        done_by=("survey.requested",),
        where={"kind": "semestral"},
    ),
    StandingTask(
        name="pqrs_analysis",
        policy=("7.3.1",),
        owner=OPERATIONS,
        every=Cadence.MONTH,
        done_by=("pqrs.report.published",),
        per_place=True,
    ),
    StandingTask(
        name="satisfaction_review",
        policy=("4.4.2", "11.1.3", "11.2.3"),
        owner=DIRECTION,
        every=Cadence.HALF_YEAR,
    ),
    StandingTask(
        name="service_audit",
        policy=("8.3.1", "8.3.2"),
        owner=OPERATIONS,
        every=Cadence.HALF_YEAR,
        done_by=("quality.audit.finding",),
    ),
    StandingTask(
        name="training",
        policy=("10.1.1", "10.1.2", "10.1.3"),
        owner=OPERATIONS,
        every=Cadence.HALF_YEAR,
        done_by=("staff.training.scheduled",),
    ),
    StandingTask(
        name="staff_evaluation",
        policy=("10.2.1", "10.2.2", "10.2.3"),
        owner=OPERATIONS,
        every=Cadence.YEAR,
    ),
    StandingTask(name="policy_in_team", policy=("11.3.1",), owner=COORDINATOR, every=Cadence.YEAR),
    StandingTask(
        name="policy_review",
        policy=("12.1", "13.1", "13.2", "13.3", "13.4", "13.5"),
        owner=DIRECTION,
        every=Cadence.YEAR,
        done_by=("policy.updated",),
    ),
    StandingTask(
        name="financial_report",
        policy=("4.2.4", "5.1.2"),
        owner=COORDINATOR,
        area=_ADMINISTRATION,
        every=Cadence.MONTH,
        done_by=("admin.financial_report.published",),
        per_place=True,
    ),
    StandingTask(
        # Ley 675 de 2001, art. 39: within three months of the end of the year's budget.
        name="ordinary_assembly",
        policy=("5.1.3",),
        owner=COORDINATOR,
        area=_ADMINISTRATION,
        every=Cadence.YEAR,
        done_by=("admin.assembly.convened",),
        where={"kind": "ordinaria"},
        per_place=True,
    ),
    StandingTask(
        name="place_visit",
        policy=("6.3.2",),
        owner=COORDINATOR,
        area=_ADMINISTRATION,
        every=Cadence.HALF_YEAR,
        done_by=("admin.visit.scheduled",),
        per_place=True,
    ),
    StandingTask(
        # Ley 1581 de 2012, art. 9. The hub knows of no end of a consent but a later no: its form says more.
        name="consents",
        policy=("9.1.1",),
        owner=PRIVACY_OFFICER,
        every=Cadence.MONTH,
        done_by=("privacy.consent.requested",),
    ),
)
