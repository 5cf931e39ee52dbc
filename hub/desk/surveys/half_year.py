"""
Surveys of a half-year (policy 8.1) begin: one `survey.requested` for each client of the company.

A person has one case in a half-year, named after both. So a second start, at once or weeks later, asks only
people who have not been asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub.business_time import WorkCalendar
from hub.model import Event, Json, own_event
from hub.model.surveys import LeftOut, Respondent, SurveyRound
from hub.sla.follow_ups import PERSON_REF, RESPONDENT, SURVEY

KIND: Final = "semestral"
WHY_ES: Final[Mapping[LeftOut, str]] = {
    LeftOut.ASKED: "ya tienen su encuesta de este semestre",
    LeftOut.DECLINED: "no han autorizado encuestas",
    LeftOut.ASKED_LATELY: "tienen otra encuesta reciente; puede preguntarles después",
    LeftOut.NO_CONTACT: "sin correo, celular ni aplicación",
}
"""The reason why somebody is not asked, for operators."""
_JULY: Final = 7


def round_at(now: datetime, calendar: WorkCalendar) -> SurveyRound:
    """Return the half-year of an instant: `2026-2` from 1 July on."""
    today = calendar.day_of(now)
    second = today.month >= _JULY
    since = datetime(today.year, _JULY if second else 1, 1, tzinfo=calendar.zone)
    return SurveyRound(name=f"{today.year}-{1 + second}", since=since)


def survey_of(person: Respondent, of: SurveyRound, *, until: str, now: datetime) -> Event:
    """Return the event that asks a person."""
    survey = of.survey_of(person.person)
    data: dict[str, Json] = {
        "survey_id": survey,
        "kind": KIND,
        RESPONDENT: {PERSON_REF: person.person},
        "expires_at": until,
        **({"copropiedad_id": person.copropiedad_id} if person.copropiedad_id else {}),
    }
    return own_event(SURVEY, survey, data, time=now)
