"""Indicadores, a page and a sheet: promises kept, scores of surveys, people within reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias
from urllib.parse import urlencode

from aiohttp import web
from msgspec import structs

from hub.business_time import periods
from hub.business_time.periods import Days
from hub.desk.indicators import acts
from hub.desk.indicators.acts import IndicatorsQuery
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.rendering.figures_es import FEW, SURVEYS, hours, percent, tenths
from hub.rendering.filters import dia_corto
from hub.rendering.labels_es import AREAS
from hub.rendering.page_links import CASES, building_path
from hub.rendering.plots import Plot, columns, lines
from hub.rendering.titles_es import CLOCKS
from hub.sla.indicator_rows import Indicators, IndicatorStep, PromiseGroup, PromiseKept, SurveyFigures
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, spreadsheet, with_query
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

COLUMNS: Final = ("Parte", "Grupo", "Desde", "Hasta", "Medida", "Valor")
PROMISES: Final = (("met", "A tiempo"), ("breached", "Tarde"), ("running", "Corren"))
Line: TypeAlias = tuple[object, ...]


PATH: Final = "/indicators"
PERIODS: Final[Mapping[periods.Named, str]] = {
    "30d": "Últimos 30 días",
    "month": "Este mes",
    "last": "El mes pasado",
    "90d": "Últimos 90 días",
    "year": "Este año",
}
_SURVEYS: Final = (("index", "Satisfacción, de 0 a 100"), ("response_rate", "Contestadas, en %"))
_VIEWS: Final[Mapping[str, Mapping[str, str]]] = {
    "met": {"view": "all", "state": "closed"},
    "breached": {"view": "overdue"},
}
"""How promises ended → the view of their cases."""


class IndicatorsPageQuery(IndicatorsQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days win over a period's name: they are the more exact wish."""

    period: periods.Named | None = None
    format: Sheet | None = None


async def show(request: web.Request, query: IndicatorsPageQuery) -> web.StreamResponse:
    """Show the indicators of a period."""
    deps = services(request)
    asked = _dated(query, deps.policy.calendar.day_of(deps.now()))
    found = await acts.show(operator_of(request, READ), asked)
    if query.format is not None:
        return spreadsheet("indicadores", COLUMNS, sheet_lines(found))
    buildings = await buildings_of(request)
    return console_page(
        "console/indicators.html",
        request,
        here=PATH,
        query=query,
        found=found,
        periods=PERIODS,
        areas=_areas(found),
        buildings=buildings,
        sheet=with_query(request, format="csv"),
        clocks=CLOCKS,
        kinds=SURVEYS,
        few=FEW,
        percent=percent,
        hours=hours,
        tenths=tenths,
        day=dia_corto,
        list_of=_Lists(found),
        total=_total(found),
        promise_plot=_promise_plot(found.steps),
        promise_series=PROMISES,
        kept_plot=_share_plot(found.steps),
        kept_series=(("met", "Cumplidas a tiempo, en %"),),
        survey_plot=_survey_plot(found.steps),
        survey_series=_SURVEYS,
    )


def _total(found: Indicators) -> PromiseGroup:
    """Add up all promises: each stands in one area."""
    met, breached, running = (
        sum(getattr(group, name) for group in found.promises_by_area) for name, _ in PROMISES
    )
    share = met / (met + breached) if met + breached else None
    return PromiseGroup(name="", met=met, breached=breached, running=running, share_met=share)


def _dated(query: IndicatorsPageQuery, today: date) -> IndicatorsPageQuery:
    if query.since or query.until or query.period is None:
        return query
    since, until = periods.named(query.period, today)
    return structs.replace(query, since=since, until=until)


def _areas(found: Indicators) -> Mapping[str, str]:
    """Return the areas to choose from: those that the hub knows, and others that events have named."""
    named = {group.name for group in found.promises_by_area} | {of.name for of in found.surveys.by_area}
    others = (named | {found.area or ""}) - AREAS.keys() - {""}
    return {**AREAS, **{name: name for name in sorted(others)}}


class _Lists:
    """Where the rows behind a number are."""

    def __init__(self, found: Indicators) -> None:
        here = {"area": found.area, "copropiedad": found.copropiedad}
        self._here = {name: value for name, value in here.items() if value}
        self._dates = {"from": str(found.since), "to": str(found.until)}

    def clocks(self, what: str, **narrowed: str) -> str:
        """Return the list of their cases; it knows no period: the page says so."""
        asked = {"promise": narrowed.pop("name", ""), **narrowed, **_VIEWS.get(what, {}), **self._here}
        return _list(CASES, asked)

    def surveys(self, **narrowed: str) -> str:
        return _list("/surveys", {**narrowed, **self._here, **self._dates})

    def unreached(self, copropiedad: str) -> str:
        return f"{building_path(copropiedad)}#puertas"


def _list(path: str, asked: Mapping[str, str]) -> str:
    query = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def _names(steps: Sequence[IndicatorStep]) -> list[str]:
    return [dia_corto(step.since) for step in steps]


def _promise_plot(steps: Sequence[IndicatorStep]) -> Plot:
    series = [(name, [getattr(step.promises, name) for step in steps]) for name, _ in PROMISES]
    return columns(_names(steps), series)


def _share_plot(steps: Sequence[IndicatorStep]) -> Plot:
    shares = [_hundredths(step.promises.share_met) for step in steps]
    return lines(_names(steps), [("met", shares)], top=100, unit=" %")


def _survey_plot(steps: Sequence[IndicatorStep]) -> Plot:
    index = [step.surveys.index for step in steps]
    rates = [_hundredths(step.surveys.response_rate) for step in steps]
    return lines(_names(steps), [("index", index), ("response_rate", rates)], top=100)


def _hundredths(share: float | None) -> float | None:
    return None if share is None else 100 * share


def sheet_lines(found: Indicators) -> Iterator[Line]:
    """Return all numbers, one in a line: so a sheet can count them by any column."""
    days = found.since, found.until
    for kept in found.promises:
        name = CLOCKS.get(kept.name, kept.name)
        took = {"Horas, en promedio": kept.mean_hours, "Horas, nueve de diez": kept.p90_hours}
        yield from _measured("Promesas", name, days, {**_counts(kept), **took})
    parts = (("área", found.promises_by_area), ("copropiedad", found.promises_by_copropiedad))
    for part, groups in parts:
        for one in groups:
            yield from _measured(f"Promesas por {part}", one.name, days, _counts(one))
    yield from _survey_lines(found)
    for rate in found.renewals.by:
        where = " · ".join(filter(None, (rate.area, rate.copropiedad)))
        yield from _measured("Contratos", where, days, {"Renovados": rate.renewed, "Terminados": rate.ended})
    for place in found.reach.by:
        reached = {"Unidades": place.units, "Con contacto verificado": place.reachable}
        yield from _measured("Unidades", place.name, days, reached)
    for step in found.steps:
        of_step = step.since, step.until
        yield from _measured("Promesas por paso", "", of_step, _counts(step.promises))
        yield from _measured("Encuestas por paso", "", of_step, _figures(step.surveys))


def _survey_lines(found: Indicators) -> Iterator[Line]:
    days, surveys = (found.since, found.until), found.surveys
    yield from _measured("Encuestas", "Todas", days, _figures(surveys.total))
    parts = (("tipo", surveys.by_kind), ("área", surveys.by_area), ("copropiedad", surveys.by_copropiedad))
    for part, groups in parts:
        for group in groups:
            yield from _measured(f"Encuestas por {part}", group.name, days, _figures(group))


def _measured(part: str, group: str, days: Days, of: Mapping[str, object]) -> Iterator[Line]:
    since, until = days
    for name, value in of.items():
        yield part, group, since.isoformat(), until.isoformat(), name, "" if value is None else value


def _counts(kept: PromiseKept | PromiseGroup) -> Mapping[str, object]:
    counted: dict[str, object] = {label: getattr(kept, name) for name, label in PROMISES}
    return {**counted, "Cumplimiento": kept.share_met}


def _figures(of: SurveyFigures) -> Mapping[str, object]:
    if of.few:
        return {"Preguntadas": of.asked, "Respuestas": FEW}
    return {
        "Preguntadas": of.asked,
        "Respuestas": of.answers,
        "Contestadas": of.response_rate,
        "Satisfacción": of.index,
        "NPS": of.nps,
    }
