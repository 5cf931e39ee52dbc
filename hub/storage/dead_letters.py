"""
Dead letters as rows.

They hold what nothing else would: so nothing in them may be refused. NUL and lone surrogates
become U+FFFD in what is text; the body stays as the bytes that came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from asyncpg import Record

from hub.cloudevents import header_as_json
from hub.model import DeadLetter, Json
from hub.storage.database import Runner, storable
from hub.storage.queries import load

_SQL = load("dead_letters")


async def add(run: Runner, letters: Sequence[DeadLetter]) -> None:
    """Insert; the same bytes again only count up, and open a replayed letter once more."""
    rows = [_row(letter) for _, letter in sorted({letter.id: letter for letter in letters}.items())]
    if rows:
        await run.rows(_SQL["add"], *zip(*rows, strict=True))


async def show(run: Runner, letter_id: UUID) -> DeadLetter | None:
    """Answer one dead letter whole."""
    rows = await run.rows(_SQL["show"], letter_id)
    return _letter(rows[0]) if rows else None


async def settle(run: Runner, letter_id: UUID, *, state: str, times: int | None = None) -> bool:
    """Settle an open letter that came no more than `times`; false when there is none."""
    return bool(await run.rows(_SQL["settle"], letter_id, state, times))


def _row(letter: DeadLetter) -> tuple[object, ...]:
    return (
        letter.id,
        letter.received_at,
        storable(letter.reason),
        storable(letter.field),
        storable(letter.event_type),
        storable(letter.event_id),
        storable(letter.source),
        storable(letter.routing_key),
        storable(letter.content_type),
        _as_json(letter.headers),
        letter.body,
    )


def _as_json(headers: Mapping[str, Json]) -> str:
    """Write for `json`, not `jsonb`: it keeps an escaped NUL or surrogate as it is written."""
    written = json.dumps(dict(headers), default=header_as_json)
    # AMQP has NaN and the infinities, JSON has not, although Python writes them.
    return json.dumps(json.loads(written, parse_constant=str))


def _letter(row: Record) -> DeadLetter:
    return DeadLetter(
        id=row["id"],
        received_at=row["received_at"],
        reason=row["reason"],
        field=row["field"],
        event_type=row["event_type"],
        event_id=row["event_id"],
        source=row["source"],
        routing_key=row["routing_key"],
        content_type=row["content_type"],
        headers=row["headers"],
        body=row["body"],
        times=row["times"],
    )
