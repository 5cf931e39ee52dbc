"""Surveys: what one person was asked and has answered, and what the indicators need of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer:
    """A score from 0 to 10, and what was written beside it."""

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

    `asked` is true if it was asked in the period and a message of it was accepted, `answered` whether that
    one has an answer by now. `score` is the last answer of the period; None if the period has none.
    """

    kind: str
    service_area: str | None
    copropiedad_id: str | None
    asked: bool = False
    answered: bool = False
    score: int | None = None
