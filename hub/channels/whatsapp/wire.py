"""The parts of Meta's reports that the hub reads; all else is ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Raw, Struct

_REFERENCE: Final = re.compile(r"wamid\.[\w+/=-]{1,200}")


class Change(Struct):
    field: str = ""
    value: Raw = Raw(b"{}")


class Entry(Struct):
    changes: Sequence[Change] = ()


class Envelope(Struct):
    entry: Sequence[Entry]


class Value(Struct):
    statuses: Sequence[Raw] = ()
    messages: Sequence[Raw] = ()


class Fault(Struct):
    code: int | None = None


class Status(Struct):
    status: str
    id: str = ""
    biz_opaque_callback_data: str = ""
    errors: Sequence[Fault] = ()


class Text(Struct):
    body: str


class Button(Struct):
    text: str


class Choice(Struct):
    title: str


class Interactive(Struct):
    button_reply: Choice | None = None
    list_reply: Choice | None = None


class Media(Struct):
    caption: str = ""


class Context(Struct):
    id: str | None = None


class Message(Struct):
    id: str
    timestamp: str
    type: str
    sender: str = msgspec.field(name="from")
    context: Context | None = None
    text: Text | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    image: Media | None = None
    video: Media | None = None
    document: Media | None = None


T = TypeVar("T", bound=Struct)


def decoded(raw: bytes | Raw, shape: type[T]) -> T | None:
    """Decode; None when the shape does not match."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, RecursionError):
        return None


def shaped(reference: str) -> str | None:
    """Return the reference if it has the form of Meta's ids, else None."""
    return reference if _REFERENCE.fullmatch(reference) else None
