"""Matters as rows for staff, and the views that select them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.casework import CaseKind
from hub.model.pages import Cursor, Limit
from hub.operations.cases.lookup import LONGEST

MOST: Final = 500
"""Counts of a view stop here: nobody reads a greater number."""


class MatterView(StrEnum):
    """The matters of a saved view, by their work; all but the last one are open."""

    OPEN = "open"
    MINE = "mine"
    UNOWNED = "unowned"
    TODAY = "today"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    ASLEEP = "asleep"
    """Snoozed: in no other view but `all`."""
    ALL = "all"
    """Also what has ended, the newest first."""


class MatterKind(StrEnum):
    """The kinds of matters, as people speak of them."""

    PROMISES = "promises"
    """Promises in no case of another kind: a report, a call, an agreement."""
    REPLIES = "replies"
    """Somebody has written and waits for an answer, in a case or in none."""
    PETITIONS = "petitions"
    REPAIRS = "repairs"
    RIGHTS = "rights"
    LODGE = "lodge"
    PAYMENTS = "payments"
    EMERGENCIES = "emergencies"


FIELDS: Final[Mapping[MatterKind, tuple[str, ...]]] = {
    MatterKind.PETITIONS: (CaseKind.PQRS,),
    MatterKind.REPAIRS: (CaseKind.REPAIR, CaseKind.WORKS, CaseKind.OUTAGE),
    MatterKind.RIGHTS: (CaseKind.PERSONAL_DATA, CaseKind.DATA_INCIDENT),
    MatterKind.LODGE: (CaseKind.INCIDENT, CaseKind.PACKAGE),
    MatterKind.PAYMENTS: ("unit_id",),
    MatterKind.EMERGENCIES: (CaseKind.EMERGENCY,),
}
"""Kind → how the keys of its cases begin."""
_KINDS: Final = frozenset({*MatterKind, *CaseKind})


class MattersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    view: MatterView = MatterView.OPEN
    kind: Annotated[Word, Meta(description="A kind of matter, or how the key of a case begins.")] | None = (
        None
    )
    copropiedad: Word | None = None
    owner: Annotated[Word, Meta(description="Who of the staff has it: a reference.")] | None = None
    promise: Annotated[Word, Meta(description="The promise that is due first.")] | None = None
    area: Word | None = None
    level: Annotated[int, Meta(ge=1, le=4)] | None = None
    state: Literal["open", "closed"] | None = None
    since: Annotated[date, Meta(description="Something happened on this day or later.")] | None = None
    until: date | None = None
    open: Annotated[str, Meta(max_length=LONGEST, description="The matter shown beside the list.")] = ""
    after: Cursor | None = None
    limit: Limit = 50

    def __post_init__(self) -> None:
        """Refuse a kind that is none: raises ValueError, which is a wrong query."""
        if self.kind is not None and self.kind not in _KINDS:
            raise ValueError(f"There is no kind {self.kind}.")

    @property
    def is_open(self) -> bool:
        return self.view is not MatterView.ALL and self.state != "closed"


class FoundMatter(Struct, frozen=True, kw_only=True):
    """A matter as its rows say it; of one that has ended there is no promise."""

    id: UUID
    case: str
    sort_at: Instant
    clock: UUID | None
    name: str | None
    state: str | None
    started_at: Instant | None
    due_at: Instant | None
    level: int | None
    context: dict[str, Any] | None
    course: dict[str, Any] | None
    copropiedad_id: str | None
    copropiedad: str | None
    tower: str | None
    label: str | None
    opened_at: Instant | None
    opened_type: str | None
    opened_data: dict[str, Any] | None
    answered_at: Instant | None
    answered_data: dict[str, Any] | None
    wrote_id: UUID | None
    wrote_at: Instant | None
    wrote_by: str | None
    channel: str | None
    words: str | None
    waits: Annotated[bool | None, Meta(description="Whether what was written last waits for an answer.")]
    emergency: Annotated[bool | None, Meta(description="Whether that answers a message of an emergency.")]
    assignee: str | None


class MatterCounts(Struct, frozen=True, kw_only=True):
    """The open matters of each view and kind, each up to one more than MOST."""

    open: int = 0
    mine: int = 0
    unowned: int = 0
    today: int = 0
    overdue: int = 0
    at_risk: int = 0
    promises: int = 0
    replies: int = 0
    petitions: int = 0
    repairs: int = 0
    rights: int = 0
    lodge: int = 0
    payments: int = 0
    emergencies: int = 0


class LastWord(Struct, frozen=True, kw_only=True):
    """What was said last, by them or by us."""

    text: str
    channel: str = ""
    ours: bool = False
    at: Instant | None = None


class Term(Struct, frozen=True, kw_only=True):
    """A promise of a matter that runs."""

    id: UUID
    name: str
    state: str
    started_at: Instant
    due_at: Instant


class MatterRow(Struct, frozen=True, kw_only=True):
    """A matter in the words of its list; without `may_see` nobody is named and nothing is quoted."""

    id: UUID
    case: str
    subject: str
    person: str
    unit: str
    building: str
    kind: str
    last: LastWord | None
    promise: str
    due_at: Instant | None
    left: str
    tone: str
    share: int
    holder: str | None
    waits: bool
    danger: bool
    may_see: bool
    clock: UUID | None = None
    opened_at: Instant | None = None
    person_ref: str | None = None
    level: int | None = None
