"""
Meta's webhook reports: statuses of messages, and replies.

A tolerant reader: it ignores unknown fields, and counts an unreadable item without losing the
others. Source: Meta, Cloud API, "Webhooks", field `messages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec
from msgspec import Raw, Struct

from hub.channels.urls import endpoints_of, parse_whatsapp
from hub.channels.whatsapp.media import address_of
from hub.channels.whatsapp.verdicts import PROVIDER, reason_of
from hub.model import Receipt, Reply, State
from hub.model.given_files import LONGEST_NAME, GivenFile
from hub.model.ids import uuid_in
from hub.settings import Settings

T = TypeVar("T", bound=Struct)

_REFERENCE: Final = re.compile(r"wamid\.[\w+/=-]{1,200}")
_WITHOUT_WORDS: Final[Mapping[str, str]] = {
    "image": "imagen",
    "audio": "audio",
    "video": "video",
    "document": "documento",
    "sticker": "sticker",
    "location": "ubicación",
    "contacts": "contacto",
}
"""Message types without a text: they are replies all the same, and must not be lost."""

WORDY: Final = frozenset({"text", "button", "interactive", *_WITHOUT_WORDS})
"""Message types that count as replies; others (a reaction, a system notice) do not."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{6,14}")
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


# The parts of Meta's reports that the hub reads; all else is ignored.
class Change(Struct):
    field: str = ""
    value: Raw = Raw(b"{}")


class Entry(Struct):
    changes: Sequence[Change] = ()


class Envelope(Struct):
    entry: Sequence[Entry]


class Recipient(Struct):
    phone_number_id: str = ""


class Value(Struct):
    metadata: Raw = Raw(b"{}")
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
    id: str = ""
    filename: str = ""


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


def read_reply(message: Message, phone: str = "") -> Reply | None:
    """Read a reply; None for other types (a reaction, a system notice) and for invalid messages."""
    # PostgreSQL refuses NUL, which carries no meaning.
    words = _words(message).replace("\x00", "").strip()
    reference, at = shaped(message.id), _instant(message.timestamp)
    if not words or reference is None or at is None or not _NUMBER.fullmatch(message.sender):
        return None
    return Reply(
        channel="whatsapp",
        provider=PROVIDER,
        reference=reference,
        address=f"+{message.sender}",
        text=words,
        at=at,
        in_reply_to=shaped(message.context.id or "") if message.context else None,
        files=tuple(_files(message, phone)),
    )


def _words(message: Message) -> str:
    match message:
        case Message(type="text", text=Text(body=words)):
            return words
        case Message(type="button", button=Button(text=words)):
            return words
        case Message(type="interactive", interactive=Interactive() as interactive):
            choice = interactive.button_reply or interactive.list_reply
            return choice.title if choice else ""
    word = _WITHOUT_WORDS.get(message.type)
    return f"[{word}] {' '.join(_captions(message))}" if word else ""


def _captions(message: Message) -> Iterator[str]:
    for media in (message.image, message.video, message.document):
        if media is not None and media.caption:
            yield media.caption


def _files(message: Message, phone: str) -> Iterator[GivenFile]:
    """Yield the photo or document, which came to this phone number; the hub keeps no sounds and films."""
    for kind, media in (("image", message.image), ("document", message.document)):
        if media is not None and (address := address_of(media.id, phone)):
            name = media.filename or _WITHOUT_WORDS[kind]
            yield GivenFile(name=name.replace("\x00", "")[:LONGEST_NAME], media=address)


def _instant(seconds: str) -> datetime | None:
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > 12 or int(seconds) > _LATEST:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


HOOK: Final = "/hooks/whatsapp"
"""The webhook's path, below the public URL."""

STATES: Final[Mapping[str, State]] = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "failed": State.FAILED,
}
"""Meta's status → the new state of the message; others (`played`, `deleted`, `warning`) change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Authenticates Meta: the secrets that sign its reports, the words that verify the webhook's URL."""

    secrets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Notice:
    """
    The content of one webhook call; `unreadable` counts its invalid items.

    A status may lack both ids. Meta's id contains the reader's number (base64): keep it out of logs.
    """

    statuses: list[Receipt] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    unreadable: int = 0


def keys_of(settings: Settings) -> Keys:
    """Return the secrets and verify words of all accounts in the settings. Raises `ConfigurationError`."""
    endpoints = list(endpoints_of(settings, "whatsapp", "whatsapp+", parse_whatsapp))
    secrets = (secret for endpoint in endpoints for secret in (endpoint.secret, endpoint.also))
    words = (endpoint.verify for endpoint in endpoints)
    return Keys(secrets=tuple(filter(None, secrets)), words=tuple(filter(None, words)))


def read_notice(body: bytes) -> Notice:
    """Read a webhook body. Never raises: a foreign body is one unreadable item."""
    notice = Notice()
    envelope = decoded(body, Envelope)
    if envelope is None:
        notice.unreadable = 1
        return notice
    for change in (change for entry in envelope.entry for change in entry.changes):
        if change.field == "messages":
            _read_value(change.value, notice)
    return notice


def _read_value(raw: Raw, notice: Notice) -> None:
    value = decoded(raw, Value)
    if value is None:
        notice.unreadable += 1
        return
    for item in value.statuses:
        status = decoded(item, Status)
        if status is None:
            notice.unreadable += 1
        elif status.status in STATES:
            notice.statuses.append(_status(status))
    to = decoded(value.metadata, Recipient)
    for item in value.messages:
        _read_message(decoded(item, Message), notice, to.phone_number_id if to else "")


def _status(status: Status) -> Receipt:
    state = STATES[status.status]
    number = next((error.code for error in status.errors if error.code is not None), None)
    failed = state is State.FAILED
    return Receipt(
        provider=PROVIDER,
        message_id=uuid_in(status.biz_opaque_callback_data),
        reference=shaped(status.id),
        state=state,
        reason=reason_of(number) if failed else None,
        # Titles beside the code are dropped: free text could name a person.
        code=f"{status.status} {number}" if failed and number is not None else status.status,
    )


def _read_message(message: Message | None, notice: Notice, phone: str) -> None:
    reply = None if message is None else read_reply(message, phone)
    if reply is not None:
        notice.replies.append(reply)
    elif message is None or message.type in WORDY:
        notice.unreadable += 1


def decoded(raw: bytes | Raw, shape: type[T]) -> T | None:
    """Decode; None when the shape does not match."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, RecursionError):
        return None


def shaped(reference: str) -> str | None:
    """Return the reference if it has the form of Meta's ids, else None."""
    return reference if _REFERENCE.fullmatch(reference) else None
