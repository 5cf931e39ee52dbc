"""The pages of surveys: the figures of a period, each survey, who is to be called; start the half-year's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Meta

from hub.desk.indicators.acts import read_surveys
from hub.desk.surveys import acts
from hub.desk.surveys.half_year import WHY_ES
from hub.desk.surveys.rows import SurveyBody, SurveyRow, SurveysQuery
from hub.doors.act import OPERATE, READ
from hub.doors.api import operator_of
from hub.model import Scope
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.figures_es import SURVEYS, percent, tenths
from hub.sla.indicator_rows import SurveyFigures, Surveys
from hub.web.auth.caller import may_there, places_with
from hub.web.console.list_filter import buildings_of
from hub.web.console.named import people_of
from hub.web.console.shell import console_page, done, paged, sheet_of, sheet_of_rows, with_query
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

PATH: Final = "/surveys"
START: Final = "/surveys/start"
AT_ONCE: Final = 5000
"""People whom one press of the button looks at."""
STATES: Final = {
    "sent": "Que salieron",
    "open": "Sin contestar",
    "answered": "Contestada",
    "expired": "Vencida sin contestar",
    "not_sent": "No salió",
}
_SHEET: Final[Mapping[str, Callable[[SurveyRow], object]]] = {
    "Preguntada": lambda row: short_time(row.asked_at),
    "Tipo": lambda row: SURVEYS.get(row.kind, row.kind),
    "Área": lambda row: row.service_area and labels_es.AREAS.get(row.service_area, row.service_area),
    "Copropiedad": lambda row: row.copropiedad or row.copropiedad_id,
    "Persona": lambda row: row.person,
    "Estado": lambda row: STATES.get(row.state, row.state),
    "Contestada": lambda row: row.answered_at and short_time(row.answered_at),
    "Nota": lambda row: row.score,
    "Comentario": lambda row: row.comment,
}
"""Title of a column of the sheet → what makes its cell of a survey."""


class Group(NamedTuple):
    """A table of figures: its title, and each group with its name and the filter that shows its surveys."""

    title: str
    field: str
    rows: Sequence[tuple[str, SurveyFigures]]


class SurveyListQuery(SurveysQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class StartQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[str, Meta(max_length=200)] | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None


async def show(request: web.Request, query: SurveyListQuery) -> web.StreamResponse:
    """Show the figures of surveys in a period, each survey, and the calls that are still to be made."""
    by = operator_of(request, READ)
    page = await acts.list_surveys(by, query)
    if query.format is not None:
        return sheet_of_rows("encuestas", _SHEET, page.items)
    deps = services(request)
    figures = await read_surveys(
        deps.surveys,
        deps.policy,
        acts.period_of(by, query),
        area=query.area,
        copropiedad=query.copropiedad,
        places=by.places,
    )
    buildings = await buildings_of(request)
    return console_page(
        "desk/surveys/page.html",
        request,
        here=PATH,
        # With people's answers on it, making the page is audited as a look.
        live="" if query.whole else None,
        rows=page.items,
        people=await people_of(
            request, [(row.person, row.copropiedad_id) for row in page.items if row.person]
        ),
        query=query,
        total=figures.total,
        groups=_groups(figures, buildings),
        fewest=deps.policy.surveys.fewest,
        detractor=deps.policy.surveys.detractor_at_most,
        calls=(await acts.list_calls(by)).items,
        buildings=buildings,
        survey_kinds=SURVEYS,
        percent=percent,
        tenths=tenths,
        states=STATES,
        may_unmask=may_there(request, Scope.PRIVACY),
        may_start=places_with(request, Scope.OPERATE) is None,
        link=lambda **changes: with_query(request, **{"after": None, **changes}),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def show_start(request: web.Request, query: StartQuery) -> web.StreamResponse:
    """Count the people whom the survey of the half-year would ask, and those left out by reason."""
    body = SurveyBody(copropiedad_id=query.copropiedad, dry_run=True, after=query.after, limit=AT_ONCE)
    return console_page(
        "desk/surveys/start.html",
        request,
        here=PATH,
        query=query,
        counted=await acts.start(operator_of(request, OPERATE), body),
        why=WHY_ES,
        at_once=AT_ONCE,
        buildings=await buildings_of(request),
        more=lambda after: with_query(request, after=after),
    )


async def start(request: web.Request, form: StartQuery) -> web.StreamResponse:
    """Start the survey of the half-year, for some thousand people at a time."""
    body = SurveyBody(copropiedad_id=form.copropiedad, after=form.after, limit=AT_ONCE)
    begun = await acts.start(operator_of(request, OPERATE), body)
    if begun.next is None:
        return done(PATH, "surveys_started")
    return done(next_part(form.copropiedad, begun.next), "surveys_started")


def next_part(copropiedad: str | None, after: str) -> str:
    """Return the page that asks the next people."""
    place = {"copropiedad": copropiedad} if copropiedad else {}
    return f"{START}?{urlencode({**place, 'after': after})}"


def _groups(figures: Surveys, buildings: Mapping[str, str]) -> list[Group]:
    return [
        Group("Por tipo", "kind", _named(figures.by_kind, SURVEYS)),
        Group("Por área", "area", _named(figures.by_area, labels_es.AREAS)),
        Group("Por copropiedad", "copropiedad", _named(figures.by_copropiedad, buildings)),
    ]


def _named(found: Sequence[SurveyFigures], names: Mapping[str, str]) -> list[tuple[str, SurveyFigures]]:
    return [(names.get(group.name, group.name) or "Sin decir", group) for group in found]
