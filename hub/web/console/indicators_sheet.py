"""The numbers behind the indicators as a sheet: one in each line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from hub.business_time.periods import Days
from hub.rendering.figures_es import FEW
from hub.rendering.titles_es import CLOCKS
from hub.sla.indicator_rows import Indicators, PromiseGroup, PromiseKept, SurveyFigures

COLUMNS: Final = ("Parte", "Grupo", "Desde", "Hasta", "Medida", "Valor")
PROMISES: Final = (("met", "A tiempo"), ("breached", "Tarde"), ("running", "Corren"))
Line: TypeAlias = tuple[object, ...]


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
