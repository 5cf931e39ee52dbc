"""Surveys: one person's questions and answers, and the figures that the indicators need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer:
    """A score from 0 to 10, and the comment beside it."""

    score: int
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """
    A survey that a message has brought, as it stands now.

    `answers` has the first answer and its changes, in the order of their time. `expires_at` is as the
    publisher has named it. `building` is the name of the copropiedad.
    """

    message_id: UUID
    survey_id: str
    person: str
    kind: str
    asked_at: datetime
    expires_at: datetime | None = None
    service_area: str | None = None
    copropiedad_id: str | None = None
    unit_id: str | None = None
    radicado: str | None = None
    building: str | None = None
    answers: tuple[SurveyAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRecord:
    """
    One survey as the indicators count it.

    `asked` is true if it was asked in the period (`at`) and a message of it was accepted, `answered` whether
    that one has an answer by now. `score` is the last answer of the period, of `answered_at`; None if the
    period has none.
    """

    kind: str
    service_area: str | None
    copropiedad_id: str | None
    asked: bool = False
    answered: bool = False
    score: int | None = None
    at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRound:
    """A half-year, in which each person gets its survey once; `since` is its first instant."""

    name: str
    since: datetime

    def survey_of(self, person: str) -> str:
        """Return the `survey_id` of a person: of them only a hash, as it is in logs and on pages."""
        return f"enc-{self.name}-{sha256(f'{self.name}:{person}'.encode()).hexdigest()[:24]}"


class LeftOut(StrEnum):
    """Why a person is not asked now."""

    ASKED = "asked"
    """In this half-year already."""
    DECLINED = "not_consented"
    """Has not agreed to surveys, or no longer."""
    ASKED_LATELY = "asked_lately"
    """Another survey came lately; once its time is over, this one may be asked."""
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Somebody whom a survey may be for; of several copropiedades the first one counts the answer."""

    person: str
    copropiedad_id: str | None = None
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondentPage:
    people: Sequence[Respondent]
    next: str | None
