"""
The sender of a replay: a replay comes from the hub's own user, but the dead letter came from somebody else.

RabbitMQ lets the hub name only its own user, so the first sender travels in a header. It is believed of
the hub alone; whoever else sets it is judged as who they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from hub.model import SENDER_HEADER, DeadLetter, Json, RawMessage


def headers_of(letter: DeadLetter) -> dict[str, Json]:
    """Return the headers of the letter's replay; an empty sender means that it named nobody."""
    return {**letter.headers, SENDER_HEADER: letter.sender or ""}


def as_sent(incoming: RawMessage, own: str | None) -> RawMessage:
    """Return a replay as its first sender sent it, and anything else unchanged; `own` is the hub's user."""
    if own is None or incoming.user != own or SENDER_HEADER not in incoming.headers:
        return incoming
    return replace(incoming, user=_sender(incoming.headers), headers=_without(incoming.headers))


def _sender(headers: Mapping[str, Json]) -> str | None:
    return str(headers[SENDER_HEADER]) or None


def _without(headers: Mapping[str, Json]) -> Mapping[str, Json]:
    return {name: value for name, value in headers.items() if name != SENDER_HEADER}
