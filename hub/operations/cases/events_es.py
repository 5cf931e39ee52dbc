"""Each event of a case in sentences. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from hub.contact_rules.lawful_dates import override_of
from hub.errors import TemplateFailure
from hub.model import MENDED_BY, RECALL, Json, StoredEvent
from hub.model.casework import STAFF_WORDS
from hub.model.documents import DIGEST_FIELD, FIELD
from hub.operations.cases.schemas import ThreadKind
from hub.operations.cases.summary_es import level, name_of, promise
from hub.operations.explain import sentences_es
from hub.rendering import filters, labels_es
from hub.rendering.titles_es import EVENTS

Data = Mapping[str, Json]
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Telling:
    """The telling of an event: the kind of its entry, and its sentence from data and names."""

    kind: ThreadKind
    sentence: Callable[[Data, Names], str]


def title(name: str) -> str:
    """`PQRS recibida`."""
    return EVENTS.get(name, name)


def kind_of(stored: StoredEvent) -> ThreadKind:
    telling = _TELLINGS.get(stored.event.name)
    return ThreadKind.EVENT if telling is None else telling.kind


def sentence_of(stored: StoredEvent, names: Names) -> str:
    """Return the sentence of the event, without fields that could hold a person's own words."""
    event = stored.event
    data: Data = event.data if isinstance(event.data, dict) else {}
    telling = _TELLINGS.get(event.name)
    text = _plainly(event.name, data) if telling is None else telling.sentence(data, names)
    return sentences_es.sentence(text.replace(filters.NBSP, " "))


def _plainly(name: str, data: Data) -> str:
    facts = [words.format(_written(field, data[field])) for field, words in _FACTS.items() if data.get(field)]
    told = ", ".join(facts)
    return f"{title(name)} ({told})" if told else title(name)


_FACTS: Final[Mapping[str, str]] = {
    "radicado": "radicado {}",
    "new_due_on": "se pide hasta el {}",
    "receipt_no": "recibo {}",
}
"""Fields of the data that no person wrote, and their words."""


def _written(field: str, value: Json) -> str:
    return _day(value) if field.endswith("_on") else str(value)


def _day(value: Json) -> str:
    try:
        return filters.fecha(value)
    except TemplateFailure:
        return str(value)


def _due(value: Json) -> str:
    try:
        return filters.plazo(value)
    except TemplateFailure:
        return str(value)


_WHOLE: Final = 100


def _at_risk(data: Data, _: Names) -> str:
    percent = data.get("percent")
    # As after the whole time: an answer was found not to have arrived, however much of the time is left.
    early = isinstance(percent, int) and percent < _WHOLE
    gone = f" va en el {percent} % de su plazo" if early else " sigue corriendo, porque la respuesta no llegó"
    return f"«{promise(str(data.get('clock')))}»{gone}: se avisa al {level(data.get('level'))}{_vacant(data)}"


def _breached(data: Data, _: Names) -> str:
    due = f": venció el {_due(data['due_at'])}" if data.get("due_at") else ""
    told = f"; se avisa al {level(data.get('level'))}"
    return f"Se incumple «{promise(str(data.get('clock')))}»{due}{told}{_vacant(data)}"


def _escalated(data: Data, _: Names) -> str:
    to, of = level(data.get("to_level")), f"«{promise(str(data.get('clock')))}»"
    texts = {
        "reminder": f"Se le recuerda al {to}: {of} sigue sin respuesta",
        "term_at_risk": f"{of} está en riesgo: se avisa al {to}",
        "term_breached": f"{of} se incumplió: se avisa al {to}",
        "answer_lost": f"{of} sigue corriendo, porque la respuesta no llegó: se avisa al {to}",
    }
    climbs = f"{of} sigue sin respuesta: pasa del nivel {data.get('from_level')} al {to}"
    return texts.get(str(data.get("cause")), climbs) + _vacant(data)


def _vacant(data: Data) -> str:
    vacant = [str(number) for number in data.get("vacant_levels") or ()]
    if not vacant:
        return ""
    several = f"nadie ocupa los niveles {filters.lista(vacant)}"
    return f"; {several if len(vacant) > 1 else f'nadie ocupa el nivel {vacant[0]}'}"


def _acknowledged(data: Data, names: Names) -> str:
    return f"{_actor(data, names)} asume el caso por el {level(data.get('level'))}"


def _attended(data: Data, names: Names) -> str:
    return f"{_actor(data, names)} atiende la emergencia"


def _actor(data: Data, names: Names) -> str:
    by = data.get("by")
    return name_of(by, names) if isinstance(by, str) and by else "Alguien"


def _resolved(data: Data, _: Names) -> str:
    return f"Se avisa a quienes llamó el plazo que «{promise(str(data.get('clock')))}» terminó"


def _undelivered(data: Data, _: Names) -> str:
    why = sentences_es.reason(str(data.get("reason") or "")).rstrip(".")
    why = f": {why[:1].lower()}{why[1:]}" if why else ""
    letter = "; queda una carta por imprimir y entregar" if data.get("letter_id") else ""
    return f"No se pudo entregar «{title(str(data.get('about')))}»{why}{letter}"


def _unreached(data: Data, _: Names) -> str:
    people = len(data.get("people") or ())
    whom = f"a {people} personas" if people > 1 else "a una persona"
    return f"Nada de «{title(str(data.get('about')))}» le llegó {whom}: se pide a la portería que llame"


def _handed_over(data: Data, _: Names) -> str:
    return f"Se entregó en mano la carta de «{title(str(data.get('about')))}»"


def _bounced(data: Data, _: Names) -> str:
    until = f" antes del {_due(data['confirm_by'])}" if data.get("confirm_by") else ""
    return f"Un informe da por devuelto «{title(str(data.get('about')))}»; alguien debe confirmarlo{until}"


def _unrecognised(data: Data, _: Names) -> str:
    how = labels_es.CARRIERS.get(str(data.get("channel")), "el mensaje")
    when = f" del {_due(data['sent_at'])}" if data.get("sent_at") else ""
    return f"Alguien no reconoce {how} de «{title(str(data.get('about')))}»{when}"


_TELLINGS: Final[Mapping[str, _Telling]] = {
    "sla.at_risk": _Telling(ThreadKind.CLOCK_AT_RISK, _at_risk),
    "sla.breached": _Telling(ThreadKind.CLOCK_BREACHED, _breached),
    "sla.resolved": _Telling(ThreadKind.CLOCK_RESOLVED, _resolved),
    "pqrs.escalated": _Telling(ThreadKind.CLOCK_ESCALATED, _escalated),
    "emergency.escalated": _Telling(ThreadKind.CLOCK_ESCALATED, _escalated),
    "sla.acknowledged": _Telling(ThreadKind.ACKNOWLEDGED, _acknowledged),
    "emergency.acknowledged": _Telling(ThreadKind.ACKNOWLEDGED, _attended),
    "notification.undelivered": _Telling(ThreadKind.UNDELIVERED, _undelivered),
    "emergency.unreached": _Telling(ThreadKind.UNDELIVERED, _unreached),
    "notification.bounce_reported": _Telling(ThreadKind.UNDELIVERED, _bounced),
    "notification.unrecognised": _Telling(ThreadKind.UNRECOGNISED, _unrecognised),
    "notification.handed_over": _Telling(ThreadKind.LETTER_HANDED_OVER, _handed_over),
}


class StaffWords(NamedTuple):
    """What staff says in an event, the name that signs it, and the document that goes with it."""

    text: str
    signed: str
    file: str | None


def staff_words(stored: StoredEvent) -> StaffWords | None:
    """Return what staff says to the person; None where nobody says anything, or the event is quiet."""
    data: Data = stored.event.data if isinstance(stored.event.data, dict) else {}
    text, signed = data.get(STAFF_WORDS.get(stored.event.name, "")), data.get("agent_name")
    if not isinstance(text, str) or not text or stored.event.extensions.get("quiet") is True:
        return None
    file = data.get(FIELD) if data.get(DIGEST_FIELD) else None
    return StaffWords(text, signed if isinstance(signed, str) else "", file)


def further(stored: StoredEvent, unreached: tuple[str, ...], *, words: bool) -> list[str]:
    """Say why the event did not reach everybody; with `words` also its subject, which a person wrote."""
    data: Data = stored.event.data if isinstance(stored.event.data, dict) else {}
    subject = data.get("subject") if words and kind_of(stored) is ThreadKind.EVENT else None
    asks = [f"Asunto: «{subject}»."] if isinstance(subject, str) and subject else []
    said = data.get("note") if words and kind_of(stored) is ThreadKind.ACKNOWLEDGED else None
    why = data.get("reason") if words and stored.event.name == RECALL else None
    quiet = stored.event.extensions.get("quiet") is True
    mender = stored.event.extensions.get(MENDED_BY)
    return [
        *asks,
        *([sentences_es.sentence(f"Motivo: {why}")] if why else []),
        *([f"Dijo: «{said}»."] if isinstance(said, str) and said else []),
        *(["Se registró sin avisarle a nadie (quiet)."] if quiet else []),
        *([f"El centro lo había rechazado; lo corrigió {mender}."] if mender else []),
        *_overridden(stored, words=words),
        *(sentences_es.sentence(str(labels_es.UNREACHED.get(reason, reason))) for reason in unreached),
    ]


def _overridden(stored: StoredEvent, *, words: bool) -> list[str]:
    """Name who answers for a date against the law; the reason is for who sees words."""
    if (override := override_of(stored.event)) is None:
        return []
    by, reason = override
    why = f": «{reason}»" if words and reason else ""
    return [f"Tiene una fecha que la ley no prevé; responde {by}{why}."]


def refusals(reasons: Iterable[str]) -> list[str]:
    """Say why a clock does not hold the extension that the event asked for."""
    return [
        sentences_es.sentence(f"El plazo no quedó como se pidió: {labels_es.EXTENSIONS.get(reason, reason)}")
        for reason in reasons
    ]
