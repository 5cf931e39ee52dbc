"""Surveys as operators look at them: one by one, and the calls that follow a bad score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from hub.model import Period, PropertyScope
from hub.ports.log import Page


class SurveyState(StrEnum):
    """How far a survey has come; `sent` only narrows a list: it is all but the last."""

    SENT = "sent"

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    NOT_SENT = "not_sent"
    """No message of it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFilter:
    """A filter of surveys; None does not filter. `lowest` and `highest` are bounds of the score."""

    period: Period
    state: SurveyState | None = None
    kind: str | None = None
    copropiedad: str | None = None
    area: str | None = None
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """A clock that waits for a call to somebody who is dissatisfied."""

    id: UUID
    case: str
    state: str
    due_at: datetime
    copropiedad_id: str | None


class SurveyListStore(Protocol):
    """With `places`, what belongs to none of these copropiedades is left out."""

    async def surveys(
        self, asked: SurveyFilter, *, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List surveys, the last asked first, each with its state, its last score and comment."""

    async def newest_answer(self) -> object:
        """Return what differs once somebody has answered; of all copropiedades."""

    async def calls(self, *, limit: int, places: PropertyScope = None) -> Sequence[OpenCall]:
        """Return the calls that are still to be made, soonest due first."""
