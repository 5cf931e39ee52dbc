"""Indicators: how promises were kept in a period, how satisfied people are, and who can be reached today."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.business_time.opening_hours import DAY
from hub.errors import InvalidPeriod
from hub.model import Period, PromiseRecord, PropertyScope
from hub.model.contracts import ContractDecision
from hub.model.reach import PlaceReach
from hub.model.surveys import SurveyRecord
from hub.policy import Policy
from hub.ports import LogStore, ReachStore, SurveyStore
from hub.sla.indicators import PromiseFigures, figures, first_instance
from hub.sla.renewals import renewals, together
from hub.sla.satisfaction import Satisfaction, by_group, satisfaction

MOST: Final = 400
"""Greatest number of days of a period: a little more than a year."""
_DAYS: Final = 30
_HOUR: Final = timedelta(hours=1)

Share = Annotated[float | None, Meta(description="From 0 to 1; null of nothing.")]
Hours = Annotated[float | None, Meta(description="Business hours, of `any_hour` those of the wall.")]


class PromiseKept(Struct, kw_only=True):
    """How one promise was kept, over the clocks that began in the period."""

    name: str
    any_hour: bool
    running: int
    met: int
    breached: Annotated[int, Meta(description="Answered late, or not at all so far.")]
    share_met: Share
    mean_hours: Hours
    p90_hours: Hours
    breached_by_level: Annotated[dict[str, int], Meta(description="The breached ones by the level reached.")]


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


class Indicators(Struct, kw_only=True):
    since: date = msgspec.field(name="from")
    until: date = msgspec.field(name="to")
    area: str | None
    copropiedad: str | None
    promises: list[PromiseKept]
    first_instance: FirstInstanceShare
    renewals: RenewalRate
    surveys: Surveys
    reach: ReachShare


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorStores:
    """Where promises, surveys and the directory are read."""

    log: LogStore
    surveys: SurveyStore
    reach: ReachStore


async def read(
    stores: IndicatorStores,
    policy: Policy,
    *,
    since: date | None = None,
    until: date | None = None,
    area: str | None = None,
    copropiedad: str | None = None,
    now: datetime,
    places: PropertyScope = None,
) -> Indicators:
    """Return the indicators, by default of the last 30 days. Raises InvalidPeriod."""
    zone = policy.calendar.zone
    last = until or now.astimezone(zone).date()
    first = since or last - (_DAYS - 1) * DAY
    if not timedelta(0) <= last - first < MOST * DAY:
        raise InvalidPeriod(f"From {first} to {last} is no period.")
    period = Period.of_days(first, last, zone)
    narrowed = _narrowed_places(copropiedad, places)
    clocks = await stores.log.kept_promises(period, area=area, places=narrowed)
    decisions = await stores.log.contract_decisions(period, area=area, places=narrowed)
    surveys = await read_surveys(stores.surveys, policy, period, area=area, places=narrowed)
    reached = await stores.reach.by_place(narrowed)
    # In a thread: a year of clocks takes seconds, and would block other requests.
    kept, at_once = await asyncio.to_thread(_compute, clocks, period, policy)
    return Indicators(
        since=first,
        until=last,
        area=area,
        copropiedad=copropiedad,
        promises=kept,
        first_instance=at_once,
        renewals=_renewal_rate(decisions),
        surveys=surveys,
        reach=reach_share(reached),
    )


def reach_share(places: Sequence[PlaceReach]) -> ReachShare:
    """Sum the units of these copropiedades, and give each its share."""
    units, reachable = sum(place.units for place in places), sum(place.reachable for place in places)
    return ReachShare(
        units=units,
        reachable=reachable,
        share=_ratio(reachable, units),
        by=[
            ReachOfPlace(
                copropiedad=place.copropiedad_id,
                name=place.name,
                units=place.units,
                reachable=place.reachable,
                share=_ratio(place.reachable, place.units),
            )
            for place in places
        ],
    )


async def read_surveys(
    store: SurveyStore,
    policy: Policy,
    period: Period,
    *,
    area: str | None = None,
    copropiedad: str | None = None,
    places: PropertyScope = None,
) -> Surveys:
    """Return only what surveys say."""
    records = await store.records(period, area=area, places=_narrowed_places(copropiedad, places))
    return _surveys(records, policy.surveys.fewest)


def _surveys(records: Sequence[SurveyRecord], fewest: int) -> Surveys:
    def grouped(group: Callable[[SurveyRecord], str | None]) -> list[SurveyFigures]:
        return list(map(_figures_of, by_group(records, group, fewest=fewest)))

    return Surveys(
        total=_figures_of(satisfaction(records, fewest=fewest)),
        by_kind=grouped(lambda record: record.kind),
        by_area=grouped(lambda record: record.service_area),
        by_copropiedad=grouped(lambda record: record.copropiedad_id),
    )


def _figures_of(found: Satisfaction) -> SurveyFigures:
    return SurveyFigures(
        name=found.name,
        asked=found.asked,
        answers=found.answers,
        response_rate=_round(found.response_rate),
        nps=_tenth(found.nps),
        index=_tenth(found.index),
        few=found.few,
    )


def _tenth(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)


def _compute(
    clocks: Sequence[PromiseRecord], period: Period, policy: Policy
) -> tuple[list[PromiseKept], FirstInstanceShare]:
    at_once = first_instance(clocks, period)
    shown = [_shown(figure) for figure in figures(clocks, period, policy.calendar)]
    share = FirstInstanceShare(closed=at_once.closed, resolved=at_once.resolved, share=_round(at_once.share))
    return shown, share


def _shown(kept: PromiseFigures) -> PromiseKept:
    return PromiseKept(
        **{name: getattr(kept, name) for name in ("name", "any_hour", "running", "met", "breached")},
        share_met=_round(kept.share_met),
        mean_hours=_hours(kept.mean),
        p90_hours=_hours(kept.p90),
        breached_by_level={str(level): number for level, number in kept.breached_by_level.items()},
    )


def _renewal_rate(decisions: Sequence[ContractDecision]) -> RenewalRate:
    groups = renewals(decisions)
    total = together(groups)
    return RenewalRate(
        renewed=total.renewed,
        ended=total.ended,
        share=_round(total.share),
        by=[
            RenewalShare(
                area=group.area,
                copropiedad=group.copropiedad,
                renewed=group.renewed,
                ended=group.ended,
                share=_round(group.share),
            )
            for group in groups
        ],
    )


def _narrowed_places(copropiedad: str | None, places: PropertyScope) -> PropertyScope:
    if copropiedad is None:
        return places
    return frozenset({copropiedad}) & (frozenset({copropiedad}) if places is None else places)


def _hours(took: timedelta | None) -> float | None:
    return None if took is None else round(took / _HOUR, 2)


def _ratio(part: int, whole: int) -> float | None:
    return _round(part / whole) if whole else None


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
