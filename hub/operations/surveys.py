"""Answers to surveys on the hub's own page: the state for the person, and the event of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from hub.model import Event, Json, own_event
from hub.model.surveys import Survey
from hub.policy.surveys import HIGHEST, SurveyPolicy

ANSWERED: Final = "survey.answered"
LONGEST: Final = 1000
"""Characters of a comment on the page."""
MOST: Final = 20
"""Answers of one survey, with all changes: nobody changes an opinion more often."""
GENERAL: Final = "general"
"""The area of an answer to a survey that names none: the event must have one."""


class SurveyStage(StrEnum):
    """The state of a survey for its person."""

    OPEN = "open"
    CHANGEABLE = "changeable"
    """It is answered, and the answer may still be changed."""
    CLOSED = "closed"
    """It is answered, and the answer stays."""
    EXPIRED = "expired"
    """It was not answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyForm:
    """The form as a person has filled it in: a score and, if they like, a comment."""

    score: int
    comment: str = ""


def stage_of(survey: Survey, rules: SurveyPolicy, now: datetime) -> SurveyStage:
    if not survey.answers:
        closes = rules.closes_at(survey.asked_at, survey.expires_at)
        return SurveyStage.OPEN if now < closes else SurveyStage.EXPIRED
    changes_end = survey.answers[0].at + rules.change_within
    may_change = now < changes_end and len(survey.answers) < MOST
    return SurveyStage.CHANGEABLE if may_change else SurveyStage.CLOSED


def read_answer(score: str | None, comment: str | None) -> SurveyForm | None:
    """Return the answer of a form; None without a score from 0 to 10."""
    if score is None or score not in {str(number) for number in range(HIGHEST + 1)}:
        return None
    return SurveyForm(score=int(score), comment=_tidy(comment or ""))


def is_same(survey: Survey, form: SurveyForm) -> bool:
    """Return whether it is the answer that the survey has already: a page that was loaded again."""
    last = survey.answers[-1] if survey.answers else None
    return last is not None and (last.score, last.comment or "") == (form.score, form.comment)


def answer_event(survey: Survey, form: SurveyForm, now: datetime) -> Event:
    """
    Make the event of an answer.

    Its id is made of the number of answers before it and of the answer itself: the button pressed twice is
    one answer, and a return to an earlier answer is a new one.
    """
    said = sha256(f"{form.score}:{form.comment}".encode()).hexdigest()[:16]
    event_id = f"{survey.survey_id}:answered:{len(survey.answers)}:{said}"
    about: dict[str, Json] = {
        "comment": form.comment or None,
        "person_id": survey.person,
        "copropiedad_id": survey.copropiedad_id,
        "unit_id": survey.unit_id,
    }
    data = {
        "survey_id": survey.survey_id,
        "kind": survey.kind,
        "score": form.score,
        "service_area": survey.service_area or GENERAL,
        **{key: value for key, value in about.items() if value},
    }
    return own_event(ANSWERED, event_id, data, time=now)


def _tidy(comment: str) -> str:
    """Drop control characters, which no person types, and cut a long text. Emoji keep their joiner."""
    kept = "".join(letter for letter in comment if letter.isprintable() or letter in "\r\n\t\u200d")
    return "\n".join(kept.splitlines()).strip()[:LONGEST]
