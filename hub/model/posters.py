"""Posters, which an event puts up on the notice boards of a copropiedad."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from hub.model.json import Json
from hub.model.messages import Brand


class PosterState(StrEnum):
    """
    Where a poster is in its life. It follows from what staff have recorded and from whether it still holds.

    A printed poster counts as one that may hang: if it no longer holds, it is looked for and taken down. One
    that was never printed and no longer holds is `obsolete`.
    """

    TO_PRINT = "to_print"
    PRINTED = "printed"
    HUNG = "hung"
    TO_TAKE_DOWN = "to_take_down"
    TAKEN_DOWN = "taken_down"
    OBSOLETE = "obsolete"


class PosterEnd(StrEnum):
    """Why a poster no longer holds, or will not."""

    RECALLED = "recalled"
    """Its publisher has taken the event back."""
    REPLACED = "replaced"
    """A later event of its case says something newer."""
    OVER = "over"
    """Its time has passed."""


class PosterStep(StrEnum):
    """The record that staff makes of a poster."""

    PRINTED = "printed"
    HUNG = "hung"
    TAKEN_DOWN = "taken_down"


class PosterRequest(Struct, frozen=True, kw_only=True):
    """
    A poster of one audience of an event.

    Without `copropiedad_id` it is for each copropiedad that the directory has. Without `zones` it is for all
    of its towers. It hangs until `hangs_until` at the latest; an event of the types `ended_by` of the same
    case ends it earlier.
    """

    event_key: UUID
    event: str
    audience: int
    copropiedad_id: str | None
    zones: tuple[str, ...] = ()
    urgent: bool = False
    hangs_until: datetime
    ended_by: tuple[str, ...] = ()


class PosterPage(Struct, frozen=True, kw_only=True):
    """A poster's page as it was first made, which never changes."""

    title: str
    html: str
    sha256: bytes


class PosterSource(Struct, frozen=True, kw_only=True):
    """The parts of a poster: its event, and the place where it hangs. Nothing of a person."""

    id: UUID
    audience: int
    event: str
    event_id: str
    time: datetime
    data: Mapping[str, Json]
    building: str | None
    brand: Brand | None = None
    page: PosterPage | None = None


class HungPoster(Struct, frozen=True, kw_only=True):
    """A poster of an event, as its explanation says it."""

    id: UUID
    copropiedad_id: str
    state: PosterState
    hung_at: datetime | None
    taken_down_at: datetime | None


class PosterNotice(Struct, frozen=True, kw_only=True):
    """
    The page behind a poster's code: the poster, and whether it holds.

    It holds until `holds_until`, or has until then; `ended_by` is None while it does.
    """

    page: PosterPage
    holds_until: datetime
    ended_by: PosterEnd | None
