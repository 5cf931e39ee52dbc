"""
Deterministic ids: the same event, message or clock always has the same id, on every machine.

RFC 9562 UUIDv8: 48 bits of milliseconds since the epoch, so that rows of the same time are stored
together, then a SHA-256 of the parts. Therefore a redelivery creates no duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from hub.model import Event, Message

DUPLICATE_WITHIN: Final = timedelta(days=31)
"""Within this time of an event, the same id and source with another time is a duplicate of it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_MILLISECONDS_MASK = (1 << 48) - 1


def uuid8(at: datetime, *parts: str) -> UUID:
    """Make the UUIDv8 of `parts` at the instant `at` (aware)."""
    milliseconds = ((at - _EPOCH) // timedelta(milliseconds=1)) & _MILLISECONDS_MASK
    # The length goes before each part, so that ("ab", "c") and ("a", "bc") differ.
    text = ""
    for part in parts:
        text += f"{len(part)}:{part}"
    digest = int.from_bytes(sha256(text.encode()).digest()[:10], "big")
    value = (milliseconds << 80) | digest
    value = (value & ~(0xF << 76)) | (8 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def uuid_in(text: str) -> UUID | None:
    """Return the id that is written there; None if it is none, or written with blanks or braces."""
    return UUID(text) if _ID.fullmatch(text) else None


def earliest(at: datetime) -> UUID:
    """Return a UUID less than every id of this millisecond or a later one."""
    milliseconds = ((at - _EPOCH) // timedelta(milliseconds=1)) & _MILLISECONDS_MASK
    return UUID(int=milliseconds << 80)


def span(ids: Iterable[UUID], around: timedelta = timedelta(0)) -> tuple[UUID, UUID]:
    """
    Return the least and the greatest id of the milliseconds of these ids, and of `around` before and after.

    An event's messages are in the span of its key. Without ids it is the span of the id 0.
    """
    instants = {number.int >> 80 for number in ids} or {0}
    more = around // timedelta(milliseconds=1)
    first, last = max(min(instants) - more, 0), min(max(instants) + more, _MILLISECONDS_MASK)
    return UUID(int=first << 80), UUID(int=((last + 1) << 80) - 1)


def event_key(event: Event) -> UUID:
    return uuid8(event.time, event.source, event.id)


def message_id(event_key: UUID, *, person: str, channel: str, occasion: str, contact_id: str) -> UUID:
    """Make the identity of a message: event × person × channel × occasion × contact point."""
    at = _EPOCH + timedelta(milliseconds=event_key.int >> 80)
    return uuid8(at, event_key.hex, person, channel, occasion, contact_id)


def poster_id(event_key: UUID, audience: int, place: str) -> UUID:
    """Make the identity of a poster: event × audience × copropiedad."""
    at = _EPOCH + timedelta(milliseconds=event_key.int >> 80)
    return uuid8(at, event_key.hex, "poster", str(audience), place)


def step_id(message: Message) -> UUID:
    """Make the id of a cascade's step; each of its messages gives the same id."""
    at = _EPOCH + timedelta(milliseconds=message.event_key.int >> 80)
    step = f"{message.audience}/{message.step}"
    return uuid8(at, message.event_key.hex, message.person, message.occasion, step)


def clock_id(case: str, name: str, started_by: Event) -> UUID:
    """Make the id of the clock `name` of a case; a reopened case starts a new one."""
    return uuid8(started_by.time, case, name, started_by.source, started_by.id)


def body_id(body: bytes, routing_key: str, attributes: str = "") -> UUID:
    """
    Make the id of a dead letter from its raw bytes, because nothing else in it can be trusted.

    In binary mode two events may have the same body, so the raw `attributes` are part of the id.
    """
    digest = sha256(routing_key.encode() + b"\0" + body).hexdigest()
    return uuid8(_EPOCH, digest, attributes) if attributes else uuid8(_EPOCH, digest)


def stranger_ref(email: str | None, phone: str | None, name: str = "") -> str:
    """
    Make the reference of an inline contact: a hash, so that logs may contain it.

    The name counts only for whoever has left nothing else: the same address is the same person.
    """
    known = f"{(email or '').casefold()}|{phone or ''}"
    only_name = f"|{' '.join(name.casefold().split())}" if known == "|" and name else ""
    digest = sha256(f"{known}{only_name}".encode()).hexdigest()
    return f"inline:{digest[:24]}"


def reply_id(provider: str, reference: str) -> UUID:
    """Make the id of a reply from the provider's own reference, not from the time of arrival."""
    return uuid8(_EPOCH, "reply", provider, reference)


def consent_id(stated_by: UUID, purpose: str) -> UUID:
    """Make the id of a consent or refusal from the key of its event or reply, and its purpose."""
    at = _EPOCH + timedelta(milliseconds=stated_by.int >> 80)
    return uuid8(at, stated_by.hex, "consent", purpose)


def thread_id(case: str, address: str) -> str:
    """Make the thread id of one writer's messages about one case: a hash, so that logs may contain it."""
    return f"de-{sha256(f'{case}|{address}'.encode()).hexdigest()[:24]}"


def sheet_id(*parts: str) -> str:
    """Make the id of a spreadsheet's entry; a corrected version of the file gives the same ids."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return f"{SHEET}{sha256(text.encode()).hexdigest()[:32]}"


SHEET: Final = "sheet:"
"""The prefix of directory ids from a spreadsheet; ids without it belong to other systems."""
