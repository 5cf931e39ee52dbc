"""Whom an event meant when it was planned, and who of them was not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.model.json import Json

ON_LEAVE: Final = "on_leave"
"""Left out because somebody stands in meanwhile."""
NOT_OPTED_IN: Final = "not_opted_in"
"""Left out because the audience asks for a consent, and none stands."""
TOLD_BY_ANOTHER: Final = "told_by_another_audience"
"""Left out because another audience of the same event says it by the same way."""
UNKNOWN_PERSON: Final = "unknown_person"
"""Why a message to a reference that the directory does not have is suppressed."""


class UnreachedReason(StrEnum):
    """Why an event does not reach all whom it is for."""

    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_COPROPIEDAD = "unknown_copropiedad"
    UNKNOWN_PERSON = UNKNOWN_PERSON
    EMPTY_AUDIENCE = "empty_audience"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """
    An event that does not reach all whom it is for. Ids only: the publisher is told of it.

    The reasons are sorted: found again, it is told under the same id.
    """

    event_key: UUID
    event_id: str
    source: str
    type: str
    reasons: tuple[UnreachedReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Somebody of an audience who is not told, and why; `detail` is who stands in."""

    person: str
    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceRecord:
    """
    What is kept of one audience of an event.

    `groups` is what was looked up, `people` how many that were, with those who are left out (of a broad
    audience whoever is in two of its groups counts twice). `why` says why nobody or not everybody is told:
    `quiet`, `condition` (its `when` is not met), `waiting` (for a party of the case), `expanding` (page by
    page, not over yet), `nobody`.
    """

    event_key: UUID
    audience: int
    planned_at: datetime
    groups: Sequence[Mapping[str, Json]]
    people: int = 0
    why: str | None = None
    left_out: Sequence[LeftOut] = ()
