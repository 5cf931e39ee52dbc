"""What people write over WhatsApp."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from hub.channels.whatsapp.verdicts import PROVIDER
from hub.channels.whatsapp.wire import Button, Interactive, Message, Text, shaped
from hub.model import Reply

_WITHOUT_WORDS: Final[Mapping[str, str]] = {
    "image": "imagen",
    "audio": "audio",
    "video": "video",
    "document": "documento",
    "sticker": "sticker",
    "location": "ubicación",
    "contacts": "contacto",
}
"""Kinds of message that have no text of their own: somebody answered, and that must not be lost."""

WORDY: Final = frozenset({"text", "button", "interactive", *_WITHOUT_WORDS})
"""Kinds of message that answer something; the others (a reaction, a notice of the system) do not."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{6,14}")
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def read_reply(said: Message) -> Reply | None:
    """None for what is no answer in words (a reaction, a notice of the system) and for what is broken."""
    # PostgreSQL takes no NUL, and nobody means one.
    words = _words(said).replace("\x00", "").strip()
    reference, at = shaped(said.id), _instant(said.timestamp)
    if not words or reference is None or at is None or not _NUMBER.fullmatch(said.sender):
        return None
    return Reply(
        channel="whatsapp",
        provider=PROVIDER,
        reference=reference,
        address=f"+{said.sender}",
        text=words,
        at=at,
        in_reply_to=shaped(said.context.id or "") if said.context else None,
    )


def _words(said: Message) -> str:
    match said:
        case Message(type="text", text=Text(body=words)):
            return words
        case Message(type="button", button=Button(text=words)):
            return words
        case Message(type="interactive", interactive=Interactive() as interactive):
            choice = interactive.button_reply or interactive.list_reply
            return choice.title if choice else ""
    word = _WITHOUT_WORDS.get(said.type)
    return f"[{word}] {' '.join(_captions(said))}" if word else ""


def _captions(said: Message) -> Iterator[str]:
    for media in (said.image, said.video, said.document):
        if media is not None and media.caption:
            yield media.caption


def _instant(seconds: str) -> datetime | None:
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > 12 or int(seconds) > _LATEST:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
