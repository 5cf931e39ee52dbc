"""Indicators: each kind of row is read once, and all figures are counted from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, structs

from hub.business_time.opening_hours import DAY
from hub.business_time.periods import Days, steps
from hub.doors.operator import Operator
from hub.errors import InvalidPeriod
from hub.model import Period, PromiseRecord, PropertyScope, Word
from hub.model.contracts import ContractDecision
from hub.model.reach import PlaceReach
from hub.model.surveys import SurveyRecord
from hub.policy import Policy
from hub.sla.indicator_rows import MOST, Indicators, ReachOfPlace, ReachShare, SurveyFigures, Surveys, share
from hub.sla.indicators import figures, first_instance
from hub.sla.renewals import renewals, together
from hub.sla.satisfaction import by_group, satisfaction
from hub.sla.steps import by_step, promises_by
from hub.storage import PostgresSurveys

_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Rows from which the figures of a period are counted: each is read once, for all figures."""

    clocks: Sequence[PromiseRecord]
    surveys: Sequence[SurveyRecord]
    decisions: Sequence[ContractDecision]
    reached: Sequence[PlaceReach]


async def show(by: Operator, query: IndicatorsQuery) -> Indicators:
    """Report the promises that began in a period, the figures of surveys, and the people within reach."""
    stores, policy, area = by.stores, by.stores.policy, query.area
    zone = policy.calendar.zone
    last = query.until or by.now.astimezone(zone).date()
    first = query.since or last - (_DAYS - 1) * DAY
    if not timedelta(0) <= last - first < MOST * DAY:
        raise InvalidPeriod(f"From {first} to {last} is no period.")
    period = Period.of_days(first, last, zone)
    narrowed = _narrowed_places(query.copropiedad, by.places)
    rows = _Rows(
        clocks=await stores.log.kept_promises(period, area=area, places=narrowed),
        decisions=await stores.log.contract_decisions(period, area=area, places=narrowed),
        surveys=await stores.surveys.records(period, area=area, places=narrowed),
        reached=await stores.reach.by_place(narrowed),
    )
    # In a thread: a year of clocks takes seconds, and would block other requests.
    found = await asyncio.to_thread(_compute, rows, period, (first, last), policy)
    return structs.replace(found, area=area, copropiedad=query.copropiedad)


def reach_share(places: Sequence[PlaceReach]) -> ReachShare:
    """Sum the units of these copropiedades, and give each its share."""
    units, reachable = sum(place.units for place in places), sum(place.reachable for place in places)
    return ReachShare(
        units=units,
        reachable=reachable,
        share=share(reachable, units),
        by=[
            ReachOfPlace(
                copropiedad=place.copropiedad_id,
                name=place.name,
                units=place.units,
                reachable=place.reachable,
                share=share(place.reachable, place.units),
            )
            for place in places
        ],
    )


async def read_surveys(
    store: PostgresSurveys,
    policy: Policy,
    period: Period,
    *,
    area: str | None = None,
    copropiedad: str | None = None,
    places: PropertyScope = None,
) -> Surveys:
    """Return only the figures of surveys."""
    records = await store.records(period, area=area, places=_narrowed_places(copropiedad, places))
    return _surveys(records, policy.surveys.fewest)


def _surveys(records: Sequence[SurveyRecord], fewest: int) -> Surveys:
    def grouped(group: Callable[[SurveyRecord], str | None]) -> list[SurveyFigures]:
        return list(map(_rounded, by_group(records, group, fewest=fewest)))

    return Surveys(
        total=_rounded(satisfaction(records, fewest=fewest)),
        by_kind=grouped(lambda record: record.kind),
        by_area=grouped(lambda record: record.service_area),
        by_copropiedad=grouped(lambda record: record.copropiedad_id),
    )


def _rounded(found: SurveyFigures) -> SurveyFigures:
    """Return the figures as people read them; the metrics have all digits."""
    rate = found.response_rate
    return structs.replace(
        found,
        response_rate=None if rate is None else round(rate, 4),
        nps=_tenth(found.nps),
        index=_tenth(found.index),
    )


def _tenth(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)


def _compute(rows: _Rows, period: Period, days: Days, policy: Policy) -> Indicators:
    found = by_step(
        steps(*days),
        rows.clocks,
        period,
        rows.surveys,
        rows.decisions,
        zone=policy.calendar.zone,
        fewest=policy.surveys.fewest,
    )
    return Indicators(
        since=days[0],
        until=days[1],
        area=None,
        copropiedad=None,
        promises=figures(rows.clocks, period, policy.calendar),
        promises_by_area=promises_by(rows.clocks, period, lambda clock: clock.area),
        promises_by_copropiedad=promises_by(rows.clocks, period, lambda clock: clock.copropiedad),
        first_instance=first_instance(rows.clocks, period),
        renewals=together(renewals(rows.decisions)),
        surveys=_surveys(rows.surveys, policy.surveys.fewest),
        reach=reach_share(rows.reached),
        steps=[structs.replace(step, surveys=_rounded(step.surveys)) for step in found],
    )


def _narrowed_places(copropiedad: str | None, places: PropertyScope) -> PropertyScope:
    if copropiedad is None:
        return places
    return frozenset({copropiedad}) & (frozenset({copropiedad}) if places is None else places)


class IndicatorsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without dates: the last thirty days, including today."""

    since: Annotated[date, Meta(description="The first day, in Colombia.")] | None = msgspec.field(
        name="from", default=None
    )
    until: Annotated[date, Meta(description="The last day.")] | None = msgspec.field(name="to", default=None)
    area: Annotated[Word, Meta(description="The `service_area` of the case.")] | None = None
    copropiedad: Word | None = None
