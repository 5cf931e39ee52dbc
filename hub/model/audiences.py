"""Whom an event meant when it was planned, and who of them was not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.model.json import Json

ON_LEAVE: Final = "on_leave"
"""Left out because somebody stands in meanwhile."""
NOT_OPTED_IN: Final = "not_opted_in"
"""Left out because the audience asks for a consent, and none stands."""
TOLD_BY_ANOTHER: Final = "told_by_another_audience"
"""Left out because another audience of the same event says it by the same way."""


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
