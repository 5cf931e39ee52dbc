"""The audience of an event as it was planned, and the people left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model.json import Instant, Json

ON_LEAVE: Final = "on_leave"
"""Left out because a stand-in is notified meanwhile."""
NOT_OPTED_IN: Final = "not_opted_in"
"""Left out because the audience requires a consent, and there is none in force."""
TOLD_BY_ANOTHER: Final = "told_by_another_audience"
"""Left out because another audience of the same event has the same message for this person."""
UNKNOWN_PERSON: Final = "unknown_person"
"""The reason to suppress a message to a reference that the directory does not have."""


class UnreachedReason(StrEnum):
    """Why an event does not reach all its recipients."""

    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_COPROPIEDAD = "unknown_copropiedad"
    UNKNOWN_PERSON = UNKNOWN_PERSON
    EMPTY_AUDIENCE = "empty_audience"
    NO_CHANNEL = "no_channel"
    """An emergency is for somebody whom no channel reaches; an inbox reaches nobody until it is read."""
    BAD_CONTACT = "bad_contact"
    """It names an address or a number that is none: whoever has another one is reached by that."""
    STALE = "stale"
    """It came when the whole ladder of a promise had passed: its clock is history, and nobody is called."""
    LATE = "late"
    """It tells of a receipt days ago: the term has run since then."""
    NO_DOCUMENT = "no_document"
    """Its document was not fetched: it reaches people as the publisher's link, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """
    An event that does not reach all its recipients. Ids only: the publisher is notified of it.

    The reasons are sorted, so that a repeat of the notice has the same id. `document` says why its document
    was not fetched, `fields` where the data name a contact that is none.
    """

    event_key: UUID
    event_id: str
    source: str
    type: str
    reasons: tuple[UnreachedReason, ...]
    document: str = ""
    fields: tuple[str, ...] = ()


class UnreachedRow(Struct, frozen=True, kw_only=True):
    """An event that does not reach all its recipients."""

    id: UUID
    event_id: str
    source: str
    type: str
    copropiedad_id: str | None
    unit_id: str | None
    reasons: list[UnreachedReason]
    found_at: Instant


class LeftOut(Struct, frozen=True, kw_only=True):
    """A person of an audience who is not notified, with the reason; `detail` is the stand-in."""

    person: str
    reason: str
    detail: str | None = None


class AudienceRecord(Struct, frozen=True, kw_only=True):
    """
    The stored record of one audience of an event.

    `groups` are those that were looked up. `people` is their number, including those left out (in a broad
    audience, a person in two of its groups counts twice). `why` explains why nobody, or not everybody, is
    notified: `quiet`, `condition` (its `when` is not met), `waiting` (for a party of the case), `expanding`
    (page by page, not finished), `nobody`.
    """

    event_key: UUID
    audience: int
    planned_at: datetime
    groups: Sequence[Mapping[str, Json]]
    people: int = 0
    why: str | None = None
    left_out: Sequence[LeftOut] = ()
