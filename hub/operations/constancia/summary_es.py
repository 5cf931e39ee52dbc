"""The first page of a constancia: its subject and the outcome, in plain words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from hub.messages.planning.reach import LETTER
from hub.model import IN_DIGEST, State
from hub.model.actors import SHELL
from hub.model.reached import FILE, Reached, reached
from hub.operations.constancia.schemas import About, ProvenMessage, Subject
from hub.operations.explain.sentences_es import at_time, sentence
from hub.rendering import filters
from hub.rendering.outcomes_es import REASONS, STATES, reason_in_words

_UNDELIVERED_LETTER: Final = ("Carta sin entregar", "Está hecha; todavía no se le entregó a la persona")
_FILED: Final = ("En un archivo", "El centro estaba en prueba y lo escribió en un archivo: nadie lo recibió")
_IN_DIGEST: Final = ("En un resumen", REASONS[IN_DIGEST])
_UNPROVEN: Final = ("No cuadra", "Sus intentos sellados no dicen el estado que está guardado")
_BEST: Final = (State.READ, State.DELIVERED, State.SENT, State.WAITING)


class Outcome(NamedTuple):
    """The number of messages that ended alike: `label` and `means` as everywhere else."""

    number: int
    people: int
    label: str
    means: str


def outcome_of(message: ProvenMessage) -> tuple[str, str]:
    """Return the label of a message's outcome, and its meaning."""
    if not message.proven:
        return _UNPROVEN
    if message.channel == LETTER and message.state is State.SENT:
        return _UNDELIVERED_LETTER
    if _is_filed(message):
        return _FILED
    if message.reason == IN_DIGEST:
        return _IN_DIGEST
    words = STATES[message.state]
    return words.label, reason_in_words(message.reason or "") or words.means


def outcomes(messages: Sequence[ProvenMessage]) -> list[Outcome]:
    """Count the messages by outcome, the best first."""
    order = {outcome: place for place, outcome in enumerate((*_BEST, *State))}
    best = sorted(messages, key=lambda message: order[message.state])
    found = Counter(outcome_of(message) for message in best)
    people: dict[tuple[str, str], set[str]] = {}
    for message in messages:
        people.setdefault(outcome_of(message), set()).add(message.person)
    return [
        Outcome(number, len(people[label, means]), label, means) for (label, means), number in found.items()
    ]


def summary(
    about: About,
    messages: Sequence[ProvenMessage],
    period: tuple[datetime, datetime] | None,
    *,
    asked_by: str,
    at: datetime,
) -> Iterator[str]:
    """Return sentences of the author, the subject, the period, and the number of people reached."""
    yield sentence(f"La pidió {_who(asked_by)} {at_time(at)}")
    yield sentence(_about(about))
    if about.places is not None:
        yield sentence(f"Abarca solamente lo de {filters.lista(about.places)}")
    if period is None:
        yield "No hay nada registrado."
        return
    first, last = period
    yield sentence(f"Abarca desde {at_time(first)} hasta {at_time(last)}")
    yield from _reached(messages)


def _who(asked_by: str) -> str:
    """Name who asked, as the audit has it: an account, a key, or somebody at a shell of the server."""
    return f"{name}, en el servidor," if (name := asked_by.removeprefix(SHELL)) != asked_by else asked_by


def _about(about: About) -> str:
    if about.subject is Subject.PERSON:
        return f"Trata de lo que se le dijo a {about.title} (en el directorio: {about.key})"
    place = f", de {about.copropiedad}" if about.copropiedad else ""
    return f"Trata del caso {about.number}, «{about.title}»{place}"


def _reached(messages: Sequence[ProvenMessage]) -> Iterator[str]:
    people = {message.person for message in messages}
    if not messages:
        yield "No se le hizo ningún mensaje a nadie."
        return
    yield sentence(f"Se hicieron {_count(len(messages), 'mensaje')} para {_count(len(people), 'persona')}")
    confirmed = _people(messages, Reached.TOLD)
    accepted = _people(messages, Reached.SENT) - confirmed
    rest = people - confirmed - accepted
    if confirmed:
        yield sentence(f"Consta que le llegó a {_some(confirmed)}: el proveedor o ella misma lo confirmó")
    else:
        yield "De nadie consta que le haya llegado."
    if accepted:
        yield sentence(f"El proveedor aceptó lo de {_some(accepted)}, sin decir si llegó")
    if rest:
        yield sentence(f"De {_some(rest)} no consta que algo haya salido o llegado")


def _some(people: set[str]) -> str:
    return _count(len(people), "persona")


def _people(messages: Sequence[ProvenMessage], how_far: Reached) -> set[str]:
    """Return the people who have a message that came so far."""
    return {message.person for message in messages if _reach_of(message) is how_far}


def _reach_of(message: ProvenMessage) -> Reached:
    return reached(
        message.state, message.channel, message.reason, filed=_is_filed(message), proven=message.proven
    )


def _is_filed(message: ProvenMessage) -> bool:
    return any(line.row[3] == "accepted" and line.row[4] == FILE for line in message.rows)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"
