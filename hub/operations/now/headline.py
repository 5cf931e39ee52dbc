"""Headline: one sentence about the hub as it is now, and lines of the work that waits. Pure; Spanish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from hub.business_time.dates import ZONE
from hub.operations.incidents import IncidentRow
from hub.ports.activity import AffectedPeople
from hub.rendering.figures_es import whole


class Urgency(StrEnum):
    """The urgency of a line."""

    BAD = "bad"
    WAIT = "wait"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """
    The situation: open incidents, and the amount of work that waits.

    A number counts the rows that a list shows first; `more` names the lists that have further ones.
    """

    incidents: Sequence[IncidentRow] = ()
    paused: Sequence[str] = ()
    """The names of paused subjects, as people call them."""
    breached: int = 0
    at_risk: int = 0
    dead: int = 0
    unreached: int = 0
    failed: int = 0
    """Messages of the last day that failed, came back or expired."""
    letters: int = 0
    to_print: int = 0
    to_take_down: int = 0
    replies: int = 0
    sent: int = 0
    """Messages of the last hour that have left."""
    waiting: AffectedPeople = field(default_factory=AffectedPeople)
    """The people who wait for the channel of the first incident."""
    day: datetime | None = None
    """Since when failed messages are counted."""
    week: datetime | None = None
    """Since when events that do not reach all are counted."""
    more: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A line: the work that waits, its page, and its urgency."""

    text: str
    path: str
    urgency: Urgency
    affected: str = ""
    to_do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The fault, the affected people, and the button to press."""

    sentence: str
    affected: str
    to_do: str
    path: str
    button: str
    urgency: Urgency


PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "circuit": ("/channels", "Ver canales"),
    "queue_age": ("/channels", "Ver canales"),
    "balance": ("/channels", "Ver canales"),
    "dead_letters": ("/dead", "Ver rechazados"),
    "impersonation": ("/dead", "Ver rechazados"),
    "register": ("/messages?state=held&reason=register", "Ver los que esperan"),
    "unrecognised": ("/messages", "Ver mensajes"),
}
"""Kind of incident → the page with its remedy; the others need a shell."""


_MEANS: Final[Mapping[str, tuple[str, str]]] = {
    "breached": (
        "Quienes esperan no tienen lo que se les prometió a tiempo.",
        "Empiece por la que venció primero: atienda su caso, o asúmala para que los demás sepan quién va.",
    ),
    "dead": (
        "De esos eventos no se le avisó a nadie.",
        "Abra cada uno: corrija lo que está mal y publíquelo, o avise a quien lo publica.",
    ),
    "unreached": (
        "A alguien que debía saberlo no le llega el aviso, o no entero.",
        "Abra cada uno: dice qué falta en el directorio, o a quién avisarle en persona.",
    ),
}
"""Bad work that waits → the affected people, and the remedy."""


EVERYTHING_ES: Final = "todo"
_STOPPED: Final = Headline(
    sentence="Todo está en pausa: no sale nada, y las promesas no avisan.",
    affected="Quien deba saber algo no se entera mientras tanto, tampoco de una emergencia.",
    to_do="",
    path="/channels",
    button="Ver canales",
    urgency=Urgency.BAD,
)


def headline(now: Situation) -> Headline:
    """Say the worst in one sentence; where nothing is wrong, say that."""
    if now.incidents:
        return _broken(now.incidents, now.waiting)
    if EVERYTHING_ES in now.paused:
        return _STOPPED
    waiting = matters(now)
    worst = next((matter for matter in waiting if matter.urgency is Urgency.BAD), None)
    if worst is not None:
        return Headline(
            sentence=f"El hub trabaja bien. Por atender: {_lower(worst.text)}.",
            affected=worst.affected,
            to_do=worst.to_do,
            path=worst.path,
            button="Verlo",
            urgency=Urgency.BAD,
        )
    sentence = f"Todo en marcha: {_many(now.sent, 'mensaje salió', 'mensajes salieron')} en la última hora."
    affected = "" if waiting else "Nada espera por usted."
    return Headline(sentence=sentence, affected=affected, to_do="", path="", button="", urgency=Urgency.GOOD)


def _broken(incidents: Sequence[IncidentRow], waiting: AffectedPeople) -> Headline:
    worst, *others = incidents
    more = f" Y {_many(len(others), 'avería más', 'averías más')}." if others else ""
    path, button = PLACES.get(worst.kind, ("", ""))
    return Headline(
        sentence=f"{worst.title}: {_lower(worst.measured)}.{more}",
        affected=f"{worst.meanwhile}{_who(waiting)}",
        # Where a page can do it, nobody needs a shell.
        to_do="" if path else worst.to_do.replace("`", ""),
        path=path,
        button=button,
        urgency=Urgency.BAD,
    )


def _who(waiting: AffectedPeople) -> str:
    if not waiting.people:
        return ""
    where = _many(waiting.copropiedades, "copropiedad", "copropiedades")
    more = "Más de " if waiting.bounded else ""
    return f" {more}{_many(waiting.people, 'persona espera', 'personas esperan')}, de {where}."


def matters(now: Situation) -> list[Matter]:
    """Return the lines of waiting work, the most urgent first."""
    found = [*_bad(now), *_waiting(now)]
    return [matter for matter in found if matter is not None]


def _bad(now: Situation) -> Iterator[Matter | None]:
    yield _matter(now, "breached", "promesa vencida", "promesas vencidas", "/clocks?state=breached")
    yield _matter(now, "dead", "evento rechazado", "eventos rechazados", "/dead")
    yield _matter(
        now,
        "unreached",
        "aviso que no llega a todos",
        "avisos que no llegan a todos",
        _rows("/messages/unreached", now.week),
    )


def _waiting(now: Situation) -> Iterator[Matter | None]:
    for name in now.paused:
        yield Matter(text=f"En pausa: {name}", path="/channels", urgency=Urgency.WAIT)
    wait = Urgency.WAIT
    yield _matter(now, "at_risk", "promesa en riesgo", "promesas en riesgo", "/clocks?state=at_risk", wait)
    yield _matter(
        now,
        "failed",
        "mensaje del último día que no llegó",
        "mensajes del último día que no llegaron",
        _rows("/messages", now.day, only="lost"),
        wait,
    )
    yield _matter(
        now,
        "replies",
        "respuesta sin atender",
        "respuestas sin atender",
        "/replies?kind=reply&view=open",
        wait,
    )
    yield _matter(now, "letters", "carta por entregar", "cartas por entregar", "/letters", wait)
    yield _matter(
        now, "to_print", "cartel por colgar", "carteles por colgar", "/posters?state=to_print", wait
    )
    yield _matter(
        now,
        "to_take_down",
        "cartel por retirar",
        "carteles por retirar",
        "/posters?state=to_take_down",
        wait,
    )


def _matter(
    now: Situation, name: str, one: str, many: str, path: str, urgency: Urgency = Urgency.BAD
) -> Matter | None:
    number: int = getattr(now, name)
    more = "más de " if name in now.more else ""
    if not number:
        return None
    affected, to_do = _MEANS.get(name, ("", ""))
    text = f"{more}{_many(number, one, many)}"
    return Matter(text=text, path=path, urgency=urgency, affected=affected, to_do=to_do)


def _rows(path: str, since: datetime | None, **narrowed: str) -> str:
    """Return the list of the rows that were counted: those since an instant."""
    edge = {} if since is None else {"since": since.astimezone(ZONE).isoformat()}
    asked = {**narrowed, **edge}
    return f"{path}?{urlencode(asked)}" if asked else path


def _many(number: int, one: str, many: str) -> str:
    return f"{whole(number)} {one if number == 1 else many}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
