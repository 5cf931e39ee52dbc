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
from hub.storage.database import Store, load, storable
from hub.storage.evidence import PostgresEvidence

_SQL = load("constancias")


class PostgresConstancias(Store):
    """The ConstanciaStore."""

    versions = PostgresEvidence.versions
    document = PostgresEvidence.document
    last_before = evidence.last_before
    seals = PostgresEvidence.seals
    stamps = PostgresEvidence.stamps

    async def said(self, ids: Collection[UUID]) -> Sequence[tuple[SaidMessage, Sequence[SealedRow]]]:
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
        return await consents.ledger(self, people)

    async def opted_out(self, people: Collection[str]) -> Sequence[OptedOut]:
        return await consents.opted_out(self, people)

    async def name_of(self, person: str) -> str | None:
        rows = await self.rows(_SQL["name"], storable(person))
        return rows[0]["name"] if rows else None

    async def brand_of(self, place: str) -> Brand | None:
        rows = await self.rows(_SQL["brand"], storable(place))
        branding = rows[0]["branding"] if rows else None
        packed = packed_brand(branding)
        return packed and Brand(digest=packed[0], data=branding)

    async def place_names(self, places: Collection[str]) -> Sequence[str]:
        return [row["name"] for row in await self.rows(_SQL["places"], sorted(places))]
