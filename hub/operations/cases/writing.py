"""
Words of staff to one person: by which channel they may go, and what their event says. Pure.

WhatsApp takes words that it has not approved only within 24 hours after the person's own last message
(Meta, WhatsApp Business Messaging Policy, "customer service window"). Later the person is written to by
another channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from hub.errors import ChannelClosed
from hub.model import THREAD, Event, Instant, Json, own_event
from hub.model.casework import WINDOW, WRITTEN, LastWord, case_of_thread
from hub.model.ids import thread_id

OPEN_FOR: Final = timedelta(hours=24)
MAIL: Final = "email"
WHATSAPP: Final = "whatsapp"
SMS: Final = "sms"
CHANNELS: Final = (MAIL, WHATSAPP, SMS)
"""The channels by which staff writes, the one that costs nothing and keeps most first."""
FIELDS: Final[Mapping[str, str]] = {MAIL: "email", SMS: "phone", WHATSAPP: "phone"}
"""Channel → the field of a recipient with its address."""
LONGEST_SMS: Final = 450
"""Characters of an SMS of staff, with its sender: three parts."""
NOTHING_MORE: Final[Mapping[str, Json]] = MappingProxyType({})
_NAMELESS: Final = "Remitente"
_REFERENCE: Final = "<"
_AGAIN: Final = "Re: "


class Way(Struct, frozen=True, kw_only=True):
    """A channel by which the person may be written to, or why not."""

    channel: str
    open: Annotated[bool, Meta(description="Whether it may be used now.")]
    until: Annotated[Instant | None, Meta(description="When WhatsApp closes.")] = None
    why: Annotated[str, Meta(description="Why it may not be used, as a machine word.")] = ""


class Conversation(Struct, frozen=True, kw_only=True):
    """Whom staff writes to, in which thread, by which channels. `last` are the person's last words."""

    thread: str
    person: str | None = None
    recipient: Json = None
    """The recipient where nobody has written by the chosen channel."""
    subject: str = ""
    copropiedad: str | None = None
    unit: str | None = None
    last: Sequence[LastWord] = ()
    ways: Sequence[Way] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    """Further fields of its events, as the service area."""

    @property
    def case(self) -> str:
        return case_of_thread(self.thread)

    @property
    def name(self) -> str:
        """The name of the person; empty where nobody knows it."""
        named = next((word.name for word in self.last if word.name), None)
        party = self.recipient if isinstance(self.recipient, dict) else {}
        name = named or str(party.get("name") or "")
        return "" if name == _NAMELESS else name

    def by(self, channel: str) -> LastWord | None:
        """Return the last word by this channel."""
        return next((word for word in self.last if word.channel == channel), None)


def window_of(at: datetime | None, now: datetime) -> datetime | None:
    """Return when WhatsApp closes; None where it is closed."""
    return at + OPEN_FOR if at is not None and now < at + OPEN_FOR else None


def preferred(ways: Sequence[Way], last: Sequence[LastWord]) -> str | None:
    """Return the channel to offer first: that of the person's last word, else the first that is open."""
    usable = [way.channel for way in ways if way.open]
    newest = max(last, key=lambda word: word.at, default=None)
    if newest is not None and newest.channel in usable:
        return newest.channel
    return usable[0] if usable else None


def chosen(ways: Sequence[Way], channel: str, words: str) -> Way:
    """Return the way by this channel. Raises ChannelClosed where it may not be used for these words."""
    way = next((way for way in ways if way.channel == channel), None)
    if way is None or not way.open:
        raise ChannelClosed(_WHY.get("" if way is None else way.why, _CLOSED))
    if channel == SMS and len(words) > LONGEST_SMS:
        raise ChannelClosed(
            f"An SMS has at most {LONGEST_SMS} characters. Write less, or use another channel."
        )
    return way


_CLOSED: Final = "The person cannot be written to by this channel. Choose another one."
_WHY: Final[Mapping[str, str]] = {
    "window": (
        "WhatsApp is closed: more than 24 hours have passed since the person's last message. "
        "Choose another channel."
    ),
}


def signed(talk: Conversation, *, name: str, way: Way | None = None) -> Mapping[str, Json]:
    """
    Return the fields of an answer: who signs, the mail that it answers, and the way that it goes.

    A final answer goes by each channel, and has no way of its own.
    """
    mail = talk.by(MAIL) if way is None or way.channel == MAIL else None
    known: dict[str, Json] = {
        "channel": way.channel if way is not None else None,
        "agent_name": name or None,
        "mail_reference": mail.reference if mail and mail.reference.startswith(_REFERENCE) else None,
        WINDOW: way.until.isoformat() if way is not None and way.until else None,
    }
    return {field: value for field, value in known.items() if value is not None}


def written(
    talk: Conversation,
    way: Way,
    words: str,
    *,
    who: str,
    name: str,
    form: str,
    now: datetime,
    given: Mapping[str, Json] = NOTHING_MORE,
) -> Event:
    """
    Make the event that writes to the person; `given` names its document.

    The same form and words make the same event.
    """
    mail = talk.by(MAIL) if way.channel == MAIL else None
    newest = talk.by(way.channel) or max(talk.last, key=lambda word: word.at, default=None)
    known: dict[str, Json] = {
        **talk.facts,
        THREAD: talk.thread,
        "agent_id": who,
        "recipient": _recipient(talk, way.channel),
        "person": talk.person,
        "words": words,
        "subject": answering(mail.subject) if mail is not None else talk.subject or None,
        "reply_id": str(newest.id) if newest is not None else None,
        "copropiedad_id": talk.copropiedad,
        "unit_id": talk.unit,
        **signed(talk, name=name, way=way),
        **given,
    }
    data = {field: value for field, value in known.items() if value is not None}
    return own_event(WRITTEN, f"written:{form_digest(form, talk.thread, words)}", data, time=now)


def answering(subject: str) -> str | None:
    """`Llave` → `Re: Llave`; a mail without a subject gets none of its own."""
    if not subject.strip():
        return None
    return subject if subject.lower().startswith(_AGAIN.lower()) else f"{_AGAIN}{subject}"[:500]


def form_digest(*parts: str) -> str:
    """Return what makes the id of an event of a form: pressed twice it is one event."""
    return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:32]


def new_thread(person: str, copropiedad: str | None) -> str:
    """Return the conversation that staff begins with a person: the same one each time."""
    return thread_id(copropiedad or "", person)


def _recipient(talk: Conversation, channel: str) -> Json:
    """Return the address that wrote, also where the directory has another one; else whom the case names."""
    field = FIELDS[channel]
    word = talk.by(channel) or next((one for one in talk.last if FIELDS.get(one.channel) == field), None)
    if word is not None:
        return {"name": word.name or _NAMELESS, field: word.address}
    return {"ref": talk.person} if talk.person else talk.recipient
