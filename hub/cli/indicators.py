"""`hub indicators`: promises kept in a period, and the satisfaction of people."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Final

import typer
from msgspec import structs

from hub.app.operators import open_operator
from hub.desk.indicators import acts
from hub.desk.indicators.acts import IndicatorsQuery
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, console, print_json, print_list
from hub.rendering.figures_es import FEW, SURVEYS, hours, percent, tenths
from hub.rendering.titles_es import CLOCKS
from hub.sla.indicator_rows import PromiseKept, ReachShare, RenewalRate, SurveyFigures, Surveys

_DAYS: Final = re.compile(r"([1-9]\d?|[1-3]\d\d)d")
_MONTH: Final = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")


def as_period(text: str, today: date) -> tuple[date, date]:
    """Read `30d` (ending today) or `2026-10`; return the first and the last day."""
    if days := _DAYS.fullmatch(text):
        return today - timedelta(days=int(days[1]) - 1), today
    if month := _MONTH.fullmatch(text):
        first = date(int(month[1]), int(month[2]), 1)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    raise typer.BadParameter(f"{text!r} no es un período como 30d o 2026-10")


async def indicators(
    period: Annotated[str, typer.Option(help="Los últimos días (30d) o un mes (2026-10).")] = "30d",
    area: Annotated[str | None, typer.Option(help="Solo los casos de esta área.")] = None,
    copropiedad: Annotated[str | None, typer.Option(help="Solo los de esta copropiedad.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Muestra cómo se cumplieron las promesas, en horas hábiles, qué dicen las encuestas y a quién se le puede
    escribir.

      hub indicators --period 2026-10 --area maintenance
    """
    async with open_operator(READ) as by:
        first_day, last = as_period(period, by.stores.policy.calendar.day_of(by.now))
        asked = IndicatorsQuery(since=first_day, until=last, area=area, copropiedad=copropiedad)
        answer = await acts.show(by, asked)
    if as_json:
        print_json(answer)
        return
    print_list(answer.promises, _COLUMNS, as_json=False)
    first = answer.first_instance
    words = f"\nResueltas en primera instancia: {percent(first.share)} ({first.resolved} de {first.closed})"
    console().print(words, markup=False)
    console().print(renewal_words(answer.renewals), markup=False)
    if answer.renewals.by:
        print_list(answer.renewals.by, _RENEWALS, as_json=False)
    console().print()
    print_list(_survey_rows(answer.surveys), SURVEY_COLUMNS, as_json=False)
    console().print(f"\n{reach_words(answer.reach)}", markup=False)
    if answer.reach.by:
        print_list(answer.reach.by, _REACH, as_json=False)


def _survey_rows(surveys: Surveys) -> list[SurveyFigures]:
    """Return the total, then each group under its kind."""
    return [
        _named(surveys.total, "Todas"),
        *(_named(kind, SURVEYS.get(kind.name, kind.name)) for kind in surveys.by_kind),
        *(_named(area, f"Área: {area.name or 'sin área'}") for area in surveys.by_area),
        *(_named(place, f"Copropiedad: {place.name or 'ninguna'}") for place in surveys.by_copropiedad),
    ]


def _named(figures: SurveyFigures, name: str) -> SurveyFigures:
    return structs.replace(figures, name=name)


def _figure(figures: SurveyFigures, value: float | None) -> str:
    return FEW if figures.few else tenths(value)


def _by_level(kept: PromiseKept) -> str:
    return ", ".join(f"nivel {level}: {number}" for level, number in kept.breached_by_level.items())


def renewal_words(rate: RenewalRate) -> str:
    """`Contratos renovados: 80,0 % (4 de 5)`."""
    return f"Contratos renovados: {percent(rate.share)} ({rate.renewed} de {rate.renewed + rate.ended})"


def reach_words(reach: ReachShare) -> str:
    """`Unidades con un contacto verificado: 90,0 % (371 de 412)`."""
    return f"Unidades con un contacto verificado: {percent(reach.share)} ({reach.reachable} de {reach.units})"


_RENEWALS: Final[Columns] = {
    "área": lambda row: row.area or "–",
    "copropiedad": lambda row: row.copropiedad or "–",
    "renovados": "renewed",
    "terminados": "ended",
    "tasa": lambda row: percent(row.share),
}
_REACH: Final[Columns] = {
    "copropiedad": "name",
    "unidades": "units",
    "con contacto": "reachable",
    "proporción": lambda row: percent(row.share),
}
SURVEY_COLUMNS: Final[Columns] = {
    "encuestas": "name",
    "enviadas": "asked",
    "respuestas": lambda figures: FEW if figures.few else str(figures.answers),
    "tasa de respuesta": lambda figures: FEW if figures.few else percent(figures.response_rate),
    "NPS": lambda row: _figure(row, row.nps),
    "satisfacción": lambda row: _figure(row, row.index),
}
_COLUMNS: Final[Columns] = {
    "promesa": lambda kept: CLOCKS.get(kept.name, kept.name),
    "a tiempo": lambda kept: percent(kept.share_met),
    "cumplidas": "met",
    "incumplidas": "breached",
    "en curso": "running",
    "promedio": lambda kept: hours(kept.mean_hours, any_hour=kept.any_hour),
    "p90": lambda kept: hours(kept.p90_hours, any_hour=kept.any_hour),
    "incumplidas por nivel": _by_level,
}
