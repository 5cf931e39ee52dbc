"""The result of each message in sentences: channel, time, address, and next step. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from hub.messages.planning.reach import LETTER
from hub.model import IN_DIGEST, Attempt, Message, Purpose, State
from hub.model.letters import POSTED
from hub.model.reached import FILE, Reached, reached
from hub.model.recorded_states import fits
from hub.operations.explain import sentences_es
from hub.ports import SentMessage
from hub.rendering import attempts_es, labels_es, outcomes_es
from hub.rendering.titles_es import EVENTS

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
_OUT: Final = frozenset({State.SENT, State.DELIVERED, State.READ})


def reach_of(sent: SentMessage) -> Reached:
    """Return how far it has come, by its state and its attempts."""
    message = sent.message
    return reached(
        message.state,
        message.channel,
        message.reason,
        filed=is_filed(sent),
        proven=not is_unproven(sent),
    )


def went_in_digest(sent: SentMessage) -> bool:
    """Return whether a digest has left that stands for the message."""
    return (sent.message.state, sent.message.reason) == (State.CANCELLED, IN_DIGEST)


def is_unproven(sent: SentMessage) -> bool:
    """Return whether the state claims what no attempt says. Endings without an attempt are not known here."""
    message = sent.message
    rows = {(attempt.outcome, attempt.code) for attempt in sent.attempts}
    return message.state in {*_OUT, State.WAITING} and not fits(message.state, message.reason, rows)


def is_filed(sent: SentMessage) -> bool:
    """Return whether the message was only written into a file."""
    return any(attempt.outcome == "accepted" and attempt.provider == FILE for attempt in sent.attempts)


def sent_at(sent: SentMessage) -> datetime | None:
    """Return when a provider accepted it."""
    return _first(sent, "accepted") or _first(sent, "sent")


def delivered_at(sent: SentMessage) -> datetime | None:
    """Return when it arrived, by the report, or was read."""
    return _first(sent, "delivered") or read_at(sent)


def read_at(sent: SentMessage) -> datetime | None:
    return _first(sent, "read")


def by_channel(message: Message) -> str:
    """`Por correo`: how a message goes."""
    return BY.get(message.channel, f"Por {message.channel}")


def sentences(sent: SentMessage) -> Iterator[str]:
    """Describe the message's result, its attempts, and the next step."""
    message = sent.message
    fate = _collected(sent) if message.reason == IN_DIGEST else _fate(sent)
    yield sentences_es.sentence(f"{_route(message)}: {fate}")
    plain = message.state in {*_OUT, State.WAITING} and len(_calls(sent)) == 1
    if not plain:
        yield from _attempts(sent)
    if (posting := posting_of(sent)) is not None:
        yield attempts_es.posted_sentence(posting.at, posting.reference)
    if sent.reported_at is not None:
        said = f"Alguien dijo {sentences_es.at_time(sent.reported_at)} que no lo reconoce"
        yield sentences_es.sentence(f"{said}: compruebe que el contacto sea de la persona")
    yield from _advice(sent)


def posting_of(sent: SentMessage) -> Attempt | None:
    """Return the last record that the letter was given to the post: another guide corrects the first."""
    posted = [attempt for attempt in sent.attempts if attempt.code == POSTED]
    return max(posted, key=lambda attempt: attempt.at, default=None)


def has_lapsed(sent: SentMessage) -> bool:
    """Return whether an acknowledgement has expired: a later message counts then."""
    message = sent.message
    return message.state is State.EXPIRED and message.purpose is Purpose.TRANSACTIONAL


def is_untold(sent: SentMessage) -> bool:
    """Return whether an acknowledgement of an open case has expired, and nothing was said since."""
    return has_lapsed(sent) and sent.case_open and sent.later is None


def _advice(sent: SentMessage) -> Iterator[str]:
    message = sent.message
    if has_lapsed(sent) and sent.later is not None:
        later = sent.later
        about = EVENTS.get(later.message.event, later.message.event)
        how = by_channel(later.message)
        what = f"«{about}», {how[:1].lower()}{how[1:]}, {_fate(later)}"
        yield sentences_es.sentence(f"Se le escribió después sobre el mismo caso: {what}")
    elif is_untold(sent):
        yield "El caso sigue abierto, y no consta que se le haya escrito después."
        yield "Qué hacer: comuníquese con la persona y responda el caso; un aviso nuevo abriría otro."
    elif to_do := outcomes_es.to_do(message.state, message.reason).words:
        yield f"Qué hacer: {to_do}."


def commands(messages: Iterable[SentMessage]) -> list[str]:
    """Return the commands for the next steps of these messages: the command line shows them."""
    return list(dict.fromkeys(command for sent in messages if (command := _command(sent))))


def _command(sent: SentMessage) -> str:
    message = sent.message
    if _is_undelivered_letter(message):
        return outcomes_es.LETTER_WAITS.command
    return outcomes_es.to_do(message.state, message.reason).command


def _route(message: Message) -> str:
    channel = by_channel(message)
    label = channel if message.occasion == INITIAL else f"Recordatorio {channel[:1].lower()}{channel[1:]}"
    return f"{label} a {message.address}" if message.address else label


def _fate(sent: SentMessage) -> str:
    message = sent.message
    if message.state in _ENDED:
        return f"{_ENDED[message.state]}. {sentences_es.reason(message.reason)}".strip()
    if message.state in (State.QUEUED, State.SENDING):
        return "está por salir." if message.state is State.QUEUED else "se está enviando ahora."
    if message.state in (State.HELD, State.RETRYING):
        return _refused(sent) if sent.refused else _waiting(message, sentences_es.why(sent))
    if is_unproven(sent) or is_filed(sent):
        return _nowhere(sent)
    if message.state is State.WAITING:
        return _unread(sent)
    return _letter(sent) if _is_undelivered_letter(message) else _progress(sent)


def _collected(sent: SentMessage) -> str:
    named = f" (aviso «{sent.digest}»)" if sent.digest else ""
    return f"va con todo su texto en el resumen que la persona pidió{named}."


def _nowhere(sent: SentMessage) -> str:
    if is_filed(sent):
        return "quedó en un archivo del centro: nadie lo recibió."
    label = labels_es.MESSAGE_STATES[sent.message.state]
    return (
        f"no cuadra. Lo guardado dice «{label}», y sus intentos no lo dicen: pida que comprueben lo guardado."
    )


def _is_undelivered_letter(message: Message) -> bool:
    return message.channel == LETTER and message.state is State.SENT


def _letter(sent: SentMessage) -> str:
    made = sent_at(sent)
    since = f" desde {sentences_es.at_time(made)}" if made is not None else ""
    waits = outcomes_es.LETTER_WAITS if posting_of(sent) is None else outcomes_es.LETTER_POSTED
    return f"está hecha{since}: {waits.words}."


def _unread(sent: SentMessage) -> str:
    stored = sent_at(sent)
    since = f" desde {sentences_es.at_time(stored)}" if stored is not None else ""
    return f"está{since}; todavía no la ha leído."


def _refused(sent: SentMessage) -> str:
    """Say that what waits will not leave: the person has decided otherwise since."""
    at = sent.message.next_at
    when = f" hasta {sentences_es.at_time(at)}" if at is not None else ""
    return f"espera{when}, y no saldrá mientras siga así. {sentences_es.reason(sent.refused)}"


def _waiting(message: Message, because: str = "") -> str:
    when = sentences_es.at_time(message.next_at) if message.next_at is not None else ""
    if message.state is State.RETRYING:
        return f"{sentences_es.sentence(f'se intenta de nuevo {when}')} {sentences_es.reason(message.reason)}"
    if message.reason == "scheduled":
        return f"saldrá {when}"
    waits = sentences_es.sentence(f"espera hasta {when}" if when else "está en espera")
    return f"{waits} {because or sentences_es.reason(message.reason)}"


def _progress(sent: SentMessage) -> str:
    arrived = _first(sent, "delivered") if read_at(sent) else delivered_at(sent)
    stages = (("enviado", sent_at(sent)), ("entregado", arrived), ("leído", read_at(sent)))
    steps = [(word, at) for word, at in stages if at is not None]
    if not steps:
        return f"{labels_es.MESSAGE_STATES[sent.message.state].lower()}."
    first, begun = steps[0]
    later = [f"{word} {sentences_es.at_hour(at, begun)}" for word, at in steps[1:]]
    return ", ".join([f"{first} {sentences_es.at_time(begun)}", *later])


def _attempts(sent: SentMessage) -> Iterator[str]:
    """Number the tries. That a letter was posted is no try: it has its own sentence."""
    tries = [call for call in sent.attempts if call.code != POSTED]
    for number, call in enumerate(tries, start=1):
        words = attempts_es.attempt_words(call)
        yield f"Intento {number}, {sentences_es.short_time(call.at)}: {words}."


def _calls(sent: SentMessage) -> list[str]:
    """Return the outcomes of calls, without later reports of the provider."""
    return [
        attempt.outcome for attempt in sent.attempts if attempt.outcome not in ("sent", "delivered", "read")
    ]


def _first(sent: SentMessage, outcome: str) -> datetime | None:
    return min((attempt.at for attempt in sent.attempts if attempt.outcome == outcome), default=None)
