"""The result of each message in sentences: channel, time, address, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from hub.messages.planning.reach import LETTER
from hub.model import Message, State
from hub.operations.explain import sentences_es
from hub.ports import SentMessage
from hub.rendering import labels_es, outcomes_es

INITIAL: Final = "initial"
BY: Final[Mapping[str, str]] = {
    "email": "Por correo",
    "sms": "Por SMS",
    "push": "Por notificación al celular",
    "inbox": "En su bandeja",
    "print": "Por carta",
    "whatsapp": "Por WhatsApp",
    "voice": "Por llamada",
    "chat": "Por el chat del equipo",
}
_ENDED: Final[Mapping[State, str]] = {
    State.SUPPRESSED: "no se envió",
    State.FAILED: "falló",
    State.BOUNCED: "rebotó",
    State.EXPIRED: "se venció",
    State.CANCELLED: "se canceló",
}
OUT: Final = frozenset({State.SENT, State.DELIVERED, State.READ})
LOST: Final = frozenset(_ENDED)
_FILE: Final = "file"
"""The provider that writes into a folder: in capture mode, or if a channel's URL names it."""


def has_gone(sent: SentMessage) -> bool:
    """Return whether the message left for the person; a file or an undelivered letter did not."""
    return sent.message.state in OUT and not (is_filed(sent) or _is_undelivered_letter(sent.message))


def is_filed(sent: SentMessage) -> bool:
    """Return whether the message was only written into a file."""
    return any(attempt.outcome == "accepted" and attempt.provider == _FILE for attempt in sent.attempts)


def sent_at(sent: SentMessage) -> datetime | None:
    """Return when a provider accepted it."""
    return _first(sent, "accepted") or _first(sent, "sent")


def delivered_at(sent: SentMessage) -> datetime | None:
    """Return when it arrived, by the report, or was read; else when it was sent if it counts as delivered."""
    reported = _first(sent, "delivered") or read_at(sent)
    return reported or (sent_at(sent) if sent.message.state in (State.DELIVERED, State.READ) else None)


def read_at(sent: SentMessage) -> datetime | None:
    return _first(sent, "read")


def sentences(sent: SentMessage) -> Iterator[str]:
    """Describe the message's result, its attempts, and what to do."""
    message = sent.message
    yield sentences_es.sentence(f"{_route(message)}: {_fate(sent)}")
    plain = message.state in {*OUT, State.WAITING} and len(_calls(sent)) == 1
    if not plain:
        yield from (_attempt(number, sent) for number in range(len(sent.attempts)))
    if to_do := outcomes_es.to_do(message.state, message.reason).words:
        yield f"Qué hacer: {to_do}."


def commands(messages: Iterable[SentMessage]) -> list[str]:
    """Return the commands for what is to be done about these messages: the command line shows them."""
    return list(dict.fromkeys(command for sent in messages if (command := _command(sent))))


def _command(sent: SentMessage) -> str:
    message = sent.message
    if _is_undelivered_letter(message):
        return outcomes_es.LETTER_WAITS.command
    return outcomes_es.to_do(message.state, message.reason).command


def _route(message: Message) -> str:
    channel = BY.get(message.channel, f"Por {message.channel}")
    label = channel if message.occasion == INITIAL else f"Recordatorio {channel[:1].lower()}{channel[1:]}"
    return f"{label} a {message.address}" if message.address else label


def _fate(sent: SentMessage) -> str:
    message = sent.message
    if message.state in _ENDED:
        return f"{_ENDED[message.state]}. {sentences_es.reason(message.reason)}".strip()
    if message.state in (State.QUEUED, State.SENDING):
        return "está en cola para salir." if message.state is State.QUEUED else "se está enviando ahora."
    if message.state in (State.HELD, State.RETRYING):
        return _waiting(message)
    if is_filed(sent):
        return "quedó en un archivo del hub: nadie lo recibió."
    if message.state is State.WAITING:
        return _unread(sent)
    return _letter(sent) if _is_undelivered_letter(message) else _progress(sent)


def _is_undelivered_letter(message: Message) -> bool:
    return message.channel == LETTER and message.state is State.SENT


def _letter(sent: SentMessage) -> str:
    made = sent_at(sent)
    since = f" desde {sentences_es.at_time(made)}" if made is not None else ""
    return f"está hecha{since}: {outcomes_es.LETTER_WAITS.words}."


def _unread(sent: SentMessage) -> str:
    stored = sent_at(sent)
    since = f" desde {sentences_es.at_time(stored)}" if stored is not None else ""
    return f"está{since}; todavía no la ha leído."


def _waiting(message: Message) -> str:
    when = sentences_es.at_time(message.next_at) if message.next_at is not None else ""
    if message.state is State.RETRYING:
        return f"{sentences_es.sentence(f'se intenta de nuevo {when}')} {sentences_es.reason(message.reason)}"
    if message.reason == "scheduled":
        return f"saldrá {when}"
    waits = sentences_es.sentence(f"espera hasta {when}" if when else "está en espera")
    return f"{waits} {sentences_es.reason(message.reason)}"


def _progress(sent: SentMessage) -> str:
    arrived = _first(sent, "delivered") if read_at(sent) else delivered_at(sent)
    stages = (("enviado", sent_at(sent)), ("entregado", arrived), ("leído", read_at(sent)))
    steps = [(word, at) for word, at in stages if at is not None]
    if not steps:
        return f"{labels_es.MESSAGE_STATES[sent.message.state].lower()}."
    first, begun = steps[0]
    later = [f"{word} {sentences_es.at_hour(at, begun)}" for word, at in steps[1:]]
    return ", ".join([f"{first} {sentences_es.at_time(begun)}", *later])


def _attempt(number: int, sent: SentMessage) -> str:
    call = sent.attempts[number]
    outcome = labels_es.OUTCOMES.get(call.outcome, call.outcome)
    by = ", ".join(part for part in (call.provider, call.code) if part)
    return (
        f"Intento {number + 1}, {sentences_es.short_time(call.at)}: {outcome[:1].lower()}{outcome[1:]}"
        f"{f' ({by})' if by else ''}."
    )


def _calls(sent: SentMessage) -> list[str]:
    """Return the outcomes of calls, without later reports of the provider."""
    return [
        attempt.outcome for attempt in sent.attempts if attempt.outcome not in ("sent", "delivered", "read")
    ]


def _first(sent: SentMessage, outcome: str) -> datetime | None:
    return min((attempt.at for attempt in sent.attempts if attempt.outcome == outcome), default=None)
