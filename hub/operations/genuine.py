"""Genuine messages: the answer of a code to anybody, and reports of unrecognised messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec import Struct

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import Purpose
from hub.catalog.areas import area_of
from hub.messages.planning.undelivered import unrecognised
from hub.model import Instant
from hub.model.genuine import GenuineMessage
from hub.ports import Publisher
from hub.storage import PostgresGenuine

LONGEST: Final = 500
"""Characters of a comment."""


class GenuineAnswer(Struct, frozen=True, kw_only=True):
    """
    All that the code of a message tells its holder: nothing of a person, a unit or the words.

    `building` is None of a message that is about no copropiedad.
    """

    channel: str
    sent_at: Instant
    building: str | None
    area: str
    recalled_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenuineDeps:
    """The stores and keys that the check of a code needs."""

    codes: GenuineCodes
    store: PostgresGenuine
    publisher: Publisher


async def check_code(code: str, *, deps: GenuineDeps, now: datetime) -> Sequence[GenuineAnswer]:
    """
    Return the messages of a code: none, one, or by a rare chance two.

    Raises StorageUnavailable.
    """
    return [_answer(found) for found in await find(code, deps.codes, deps.store, now)]


async def report_code(
    code: str, comment: str, *, deps: GenuineDeps, now: datetime
) -> Sequence[GenuineAnswer]:
    """
    Tell staff, once for each message, that somebody does not recognise it; safe to repeat.

    Raises StorageUnavailable or BrokerUnavailable: the person then presses again, which repeats the same
    event.
    """
    found = await find(code, deps.codes, deps.store, now)
    for one in found:
        first = await deps.store.report(one.message.id, now)
        event = unrecognised(
            one.message, one.event, sent_at=one.sent_at, comment=tidy_comment(comment), at=first
        )
        await deps.publisher.event(event)
    return [_answer(one) for one in found]


def tidy_comment(comment: str) -> str:
    """Drop control characters and lines, and cut a text that is too long."""
    kept = "".join(letter if letter.isprintable() else " " for letter in comment)
    return " ".join(kept.split())[:LONGEST]


async def find(
    code: str, codes: GenuineCodes, store: PostgresGenuine, now: datetime
) -> Sequence[GenuineMessage]:
    """Return the messages of a code; the caller decides which fields to hide."""
    sought = codes.read(code, now)
    found = await store.find(sought) if sought else ()
    for key_id in sorted({one.key_id for one in found}):
        codes.ring.note_use(Purpose.GENUINE, key_id)
    return found


def _answer(found: GenuineMessage) -> GenuineAnswer:
    data = found.event.event.data
    named = data.get("service_area") if isinstance(data, dict) else None
    return GenuineAnswer(
        channel=found.message.channel,
        sent_at=found.sent_at,
        building=found.building,
        area=area_of(found.message.event) or str(named or ""),
        recalled_at=found.recalled_at,
    )
