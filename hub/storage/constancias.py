"""Constancias in PostgreSQL: messages with their calls and seals, consents, names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from hub.model import Brand, Consent, OptedOut
from hub.model.evidence import Call, SaidMessage, SealedRow
from hub.model.ids import span
from hub.people.brands import packed_brand
from hub.storage import consents, evidence
from hub.storage.database import load, storable
from hub.storage.evidence import PostgresVersions

_SQL = load("constancias")


class PostgresConstancias(PostgresVersions):
    """Reads only."""

    async def said(self, ids: Collection[UUID]) -> Sequence[tuple[SaidMessage, Sequence[SealedRow]]]:
        """
        Return these messages with event and calls, by id; and their attempts and endings as they are sealed.

        Both are of one moment.
        """
        asked = sorted(ids), *span(ids)
        calls: defaultdict[UUID, list[Call]] = defaultdict(list)
        sealed: defaultdict[UUID, list[SealedRow]] = defaultdict(list)
        async with self._database.snapshot() as run:
            rows = await run.rows(_SQL["said"], *asked)
            for row in await run.rows(_SQL["calls"], *asked):
                calls[row["message_id"]].append(evidence.call_of(row))
            for row in await run.rows(_SQL["sealed"], *asked):
                sealed[row["message_id"]].append(evidence.sealed_row(row))
        return [(evidence.said_of(row, calls[row["id"]]), sealed[row["id"]]) for row in rows]

    async def consents(self, people: Collection[str]) -> Sequence[Consent]:
        """Return the entries of these people in the ledger, by person, oldest first."""
        return await consents.ledger(self, people)

    async def opted_out(self, people: Collection[str]) -> Sequence[OptedOut]:
        """Return the opt-outs of these people that were not lifted."""
        return await consents.opted_out(self, people)

    async def name_of(self, person: str) -> str | None:
        """Return the name of a person of the directory; None if unknown or removed."""
        rows = await self.rows(_SQL["name"], storable(person))
        return rows[0]["name"] if rows else None

    async def brand_of(self, place: str) -> Brand | None:
        """Return the identity of a copropiedad; None for one that has none of its own."""
        rows = await self.rows(_SQL["brand"], storable(place))
        branding = rows[0]["branding"] if rows else None
        packed = packed_brand(branding)
        return packed and Brand(digest=packed[0], data=branding)

    async def place_names(self, places: Collection[str]) -> Sequence[str]:
        """Return the names of these copropiedades."""
        return [row["name"] for row in await self.rows(_SQL["places"], sorted(places))]
