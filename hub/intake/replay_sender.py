"""
Senders of replayed events, which come from the hub's own user, but were somebody else's.

RabbitMQ lets the hub name only its own user, so the first sender travels in headers. They are believed of the
hub alone; anybody else who sets them is judged as the sender.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from hub.model import (
    CALLER_HEADER,
    LANE_HEADER,
    MENDED_BY,
    MENDED_HEADER,
    SENDER_HEADER,
    DeadLetter,
    Event,
    Json,
    Lane,
    RawMessage,
)

_OWN: Final = frozenset({SENDER_HEADER, CALLER_HEADER, LANE_HEADER, MENDED_HEADER})


def headers_of(letter: DeadLetter) -> dict[str, Json]:
    """
    Return the headers of the letter's replay; an empty sender means that it named nobody.

    The hub's own headers are removed from the first sender's: they would be believed in the hub's name.
    """
    mended = {MENDED_HEADER: letter.mended_by} if letter.mended_by else {}
    return {**_foreign(letter.headers), SENDER_HEADER: letter.sender or "", **mended}


def headers_of_moved(raw: RawMessage, to: Lane | None) -> dict[str, Json]:
    """Return the headers of an event that goes to another queue; `to` is the lane where it has to stay."""
    known = {CALLER_HEADER: raw.caller, LANE_HEADER: to, MENDED_HEADER: raw.mended_by}
    return {SENDER_HEADER: raw.user or "", **{name: str(value) for name, value in known.items() if value}}


def headers_of_caller(caller: str | None) -> dict[str, Json]:
    """Return the headers of an event that this caller has published over HTTP."""
    return {CALLER_HEADER: caller} if caller else {}


def as_sent(incoming: RawMessage, own: str | None) -> RawMessage:
    """
    Return an event that the hub has published again as its first sender sent it; any other unchanged.

    `own` is the hub's user.
    """
    headers = incoming.headers
    if own is None or incoming.user != own or _OWN.isdisjoint(headers):
        return incoming
    return replace(
        incoming,
        user=str(headers[SENDER_HEADER]) or None if SENDER_HEADER in headers else own,
        caller=str(headers[CALLER_HEADER]) if CALLER_HEADER in headers else None,
        lane=_lane(headers),
        mended_by=str(headers[MENDED_HEADER]) if MENDED_HEADER in headers else None,
        headers=_foreign(headers),
    )


def as_mended(event: Event, by: str | None) -> Event:
    """Return the event with the name of who has mended it; only the hub may set that name."""
    others = {name: value for name, value in event.extensions.items() if name != MENDED_BY}
    return replace(event, extensions=others if by is None else {**others, MENDED_BY: by})


def _foreign(headers: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in headers.items() if name not in _OWN}


def _lane(headers: Mapping[str, Json]) -> Lane | None:
    named = headers.get(LANE_HEADER)
    return Lane(named) if named in tuple(Lane) else None
