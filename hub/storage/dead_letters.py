"""
Dead letters as rows.

They are the last resort, so the database must never refuse one. In text, NUL and lone surrogates
become U+FFFD; the body keeps the bytes that came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from hub.cloudevents import encode as encode_event
from hub.cloudevents import header_as_json
from hub.intake.decode import may_be_reported, rejection
from hub.model import DeadLetter, Json
from hub.resilience.database_time import NOW
from hub.storage.database import Runner, load, read_first, row_of, write

_SQL = load("dead_letters")
_COLUMNS: Final = (
    *("id", "received_at", "reason", "field", "event_type", "event_id", "source", "routing_key"),
    *("content_type", "sender", "wrong_sender"),
)


async def add(run: Runner, letters: Sequence[DeadLetter]) -> None:
    """Insert; the same bytes again only raise the count, and reopen a replayed letter."""
    ordered = sorted({letter.id: letter for letter in letters}.items())
    await write(run, _SQL["add"], [_row(letter) for _, letter in ordered])


def _row(letter: DeadLetter) -> tuple[object, ...]:
    text = row_of(letter, _COLUMNS)
    return (
        *text,
        headers_as_json(letter.headers),
        letter.body,
        *_notice(letter, dict(zip(_COLUMNS, text, strict=True))),
    )


def _notice(letter: DeadLetter, text: Mapping[str, Any]) -> tuple[str | None, bytes | None]:
    """Return what the webhooks of its source hear; nothing that somebody else may have written."""
    if not (letter.proven and may_be_reported(letter)):
        return None, None
    told = rejection(replace(letter, **text), NOW())
    return told.id, encode_event(told)


async def find(run: Runner, letter_id: UUID) -> DeadLetter | None:
    return read_first(DeadLetter, await run.rows(_SQL["show"], letter_id))


async def settle(run: Runner, letter_id: UUID, state: str, *, times: int | None = None) -> bool:
    """
    Set `replayed` or `discarded`; return false if the letter was settled already or is unknown.

    Also false if its bytes have come more than `times` times: a replay that has failed again meanwhile stays
    open.
    """
    return bool(await run.rows(_SQL["settle"], letter_id, state, times))


def headers_as_json(headers: Mapping[str, Json]) -> str:
    """Encode for `json`, not `jsonb`: it keeps an escaped NUL or surrogate as written."""
    written = json.dumps(dict(headers), default=header_as_json)
    # AMQP allows NaN and the infinities. JSON does not, although Python writes them.
    return json.dumps(json.loads(written, parse_constant=str))
