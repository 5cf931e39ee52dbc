"""Figures of the indicators, in the shapes that the API, `hub indicators` and the page have. Pure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

MOST: Final = 400
"""Greatest number of days of a period: a little more than a year."""
Share = Annotated[float | None, Meta(description="From 0 to 1; null of nothing.")]
Hours = Annotated[float | None, Meta(description="Business hours, of `any_hour` those of the wall.")]


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


class PromiseKept(Struct, kw_only=True):
    """The figures of one promise, over the clocks that began in the period."""

    name: str
    any_hour: bool
    running: int
    met: int
    breached: Annotated[int, Meta(description="Answered late, or not at all so far.")]
    share_met: Share
    mean_hours: Hours
    p90_hours: Hours
    breached_by_level: Annotated[dict[str, int], Meta(description="The breached ones by the level reached.")]


class PromiseGroup(Struct, kw_only=True):
    """The figures of all promises of one area or copropiedad."""

    name: Annotated[str, Meta(description="Empty of those without one.")]
    running: int
    met: int
    breached: int
    share_met: Share


class FirstInstanceShare(Struct, kw_only=True):
    """Closed PQRS that began in the period: how many neither escalated nor were reopened."""

    closed: int
    resolved: int
    share: Share


class RenewalShare(Struct, kw_only=True):
    """The contracts of one area and copropiedad that were renewed or ended in the period."""

    area: Annotated[str | None, Meta(description="Null of contracts whose event names none.")]
    copropiedad: Annotated[str | None, Meta(description="Null of contracts whose event names none.")]
    renewed: int
    ended: int
    share: Share


class RenewalRate(Struct, kw_only=True):
    """Contracts with clients that were renewed or ended in the period, each once, by its last event."""

    renewed: int
    ended: int
    share: Share
    by: list[RenewalShare]


class SurveyFigures(Struct, kw_only=True):
    """Surveys of a group; of too few answers only how many were asked."""

    name: Annotated[str, Meta(description="The kind, area or copropiedad; empty of those without one.")]
    asked: Annotated[int, Meta(description="Accepted by a provider, of those asked in the period.")]
    answers: Annotated[int | None, Meta(description="Given in the period, to surveys of whatever day.")]
    response_rate: Annotated[Share, Meta(description="Of those asked in the period, answered by now.")]
    nps: Annotated[
        float | None, Meta(description="From -100 to 100, of surveys that ask for a recommendation.")
    ]
    index: Annotated[float | None, Meta(description="The mean score, from 0 to 100.")]
    few: Annotated[bool, Meta(description="Too few answers to show: somebody could tell who has given them.")]


class Surveys(Struct, kw_only=True):
    total: SurveyFigures
    by_kind: list[SurveyFigures]
    by_area: list[SurveyFigures]
    by_copropiedad: list[SurveyFigures]


class ReachOfPlace(Struct, kw_only=True):
    copropiedad: str
    name: str
    units: int
    reachable: int
    share: Share


class ReachShare(Struct, kw_only=True):
    """Units of which somebody has a verified contact that is not suppressed, as of now."""

    units: int
    reachable: int
    share: Share
    by: Annotated[list[ReachOfPlace], Meta(description="Those with the most unreachable units first.")]


class IndicatorStep(Struct, kw_only=True):
    """The counts of one week or month: begun, asked, answered, decided; the period may cut its ends."""

    since: date = msgspec.field(name="from")
    until: date = msgspec.field(name="to")
    promises: PromiseGroup
    surveys: SurveyFigures
    renewed: int
    ended: int


class Indicators(Struct, kw_only=True):
    since: date = msgspec.field(name="from")
    until: date = msgspec.field(name="to")
    area: str | None
    copropiedad: str | None
    promises: list[PromiseKept]
    promises_by_area: list[PromiseGroup]
    promises_by_copropiedad: list[PromiseGroup]
    first_instance: FirstInstanceShare
    renewals: RenewalRate
    surveys: Surveys
    reach: ReachShare
    steps: Annotated[
        list[IndicatorStep],
        Meta(description="The period by weeks, or if it is long by months. Names are first days."),
    ]
