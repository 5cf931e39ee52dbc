"""
Dead letters as rows.

They hold what nothing else would: so nothing in them may be refused. NUL and lone surrogates
become U+FFFD in what is text; the body stays as the bytes that came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hub.cloudevents import header_as_json
from hub.model import DeadLetter, Json
from hub.storage.database import Runner, load, storable, write

_SQL = load("dead_letters")


async def add(run: Runner, letters: Sequence[DeadLetter]) -> None:
    """Insert; the same bytes again only count up, and open a replayed letter once more."""
    rows = [_row(letter) for _, letter in sorted({letter.id: letter for letter in letters}.items())]
    await write(run, _SQL["add"], rows)


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
