"""Posters of notice boards: what is to be printed, hangs, and is to be taken down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.model.posters import PosterNotice, PosterPage, PosterSource, PosterState, PosterStep
from hub.ports.log import Page


class PosterStore(Protocol):
    """
    Posters and their states. With `places`, those of other copropiedades are as if there were none.

    The state of a poster follows at each call from its steps, the recalls and the later events of its case.
    """

    async def posters(
        self,
        *,
        state: PosterState | None,
        building: str | None,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        """List posters, newest first."""

    async def poster(self, poster_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Return a poster as the list has it."""

    async def source(self, poster_id: UUID, places: PropertyScope = None) -> PosterSource | None:
        """Return what the poster is made of, and its page if it was made before."""

    async def keep_page(self, poster_id: UUID, page: PosterPage) -> PosterPage:
        """Store the page, and return the stored one: the first stays."""

    async def record(
        self, poster_id: UUID, step: PosterStep, *, by: str, places: PropertyScope = None
    ) -> bool | None:
        """
        Record a step; false if there is nothing to record, None if there is no such poster.

        What hangs was printed. A poster that no longer holds is neither printed nor hung, and what never was
        is not taken down.
        """

    async def of_batch(self, batch_id: UUID) -> Sequence[UUID]:
        """Return the posters that a batch of letters begins with, urgent ones first."""

    async def notice(self, poster_id: UUID) -> PosterNotice | None:
        """Return what the page behind a poster's code says; None if it was never made."""

    async def of_event(self, event_key: UUID, places: PropertyScope = None) -> list[Mapping[str, Json]]:
        """Return the posters of an event, by copropiedad."""
