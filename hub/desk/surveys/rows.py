"""Surveys as rows: the start and its counts, each survey of a period, and the calls to be made."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.pages import Cursor, PageQuery
from hub.model.surveys import LeftOut


class SurveyState(StrEnum):
    """The progress of a survey. `sent` is only a filter of a list: it means all states but the last."""

    SENT = "sent"

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    NOT_SENT = "not_sent"
    """No message of it left."""


class SurveyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The people to ask."""

    copropiedad_id: (
        Annotated[Word, Meta(description="Only the people of this one; all clients without it.")] | None
    ) = None
    dry_run: Annotated[bool, Meta(description="Only count.")] = False
    after: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description="Most people to look at.")] = 500


class SurveyStarted(Struct, kw_only=True):
    """The number of people asked, and of others by reason. With `more`, ask again with `after` = `next`."""

    half_year: Annotated[str, Meta(description="`2026-2` from 1 July 2026 on. Each person is asked once.")]
    asked: Annotated[int, Meta(description="Of a dry run: how many would be asked.")]
    left_out: Annotated[
        dict[LeftOut, int],
        Meta(
            description="`asked`: in this half-year already; `asked_lately`: another survey came lately; "
            "`not_consented`: has not agreed to surveys; `no_contact`: nothing electronic reaches the person."
        ),
    ]
    dry_run: bool
    more: bool
    next: str | None

    @property
    def looked_at(self) -> int:
        return self.asked + sum(self.left_out.values())


class SurveysQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without dates: the last ninety days, including today."""

    since: Annotated[date, Meta(description="The first day, in Colombia.")] | None = msgspec.field(
        name="from", default=None
    )
    until: Annotated[date, Meta(description="The last day.")] | None = msgspec.field(name="to", default=None)
    copropiedad: Word | None = None
    area: Annotated[Word, Meta(description="The `service_area` of the case.")] | None = None
    kind: Annotated[Word, Meta(description="`semestral`, `post_servicio`, `asamblea`.")] | None = None
    state: SurveyState | None = None
    lowest: (
        Annotated[int, Meta(ge=0, le=10, description="Scores from this one on; needs `whole`.")] | None
    ) = None
    highest: Annotated[int, Meta(ge=0, le=10, description="Scores up to this one; needs `whole`.")] | None = (
        None
    )
    whole: Annotated[bool, Meta(description="With score and comment; needs the scope `privacy` there.")] = (
        False
    )


class SurveyRow(Struct, kw_only=True):
    """A survey; score and comment are there on request, for a caller with the scope `privacy` there."""

    id: UUID
    asked_at: Instant
    case: str | None
    kind: str
    service_area: str | None
    copropiedad_id: str | None
    copropiedad: str | None
    person: str | None
    message_id: UUID | None
    state: SurveyState
    closes_at: Instant
    answered_at: Instant | None
    score: Annotated[int | None, Meta(description="From 0 to 10: the last answer.")]
    comment: str | None


class SurveyListPage(Struct, kw_only=True):
    items: list[SurveyRow]
    next: str | None


class CallRow(Struct, kw_only=True):
    """A call to somebody who is dissatisfied, that is still to be made: a clock."""

    id: Annotated[
        UUID | None,
        Meta(description="The clock; without `operate` or `privacy` there neither it nor the case is said."),
    ]
    case: str | None
    state: str
    due_at: Instant
    copropiedad_id: str | None


class CallList(Struct, kw_only=True):
    items: list[CallRow]
    next: None
