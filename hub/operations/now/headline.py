"""Headline: the matters that wait for somebody, ranked by harm; one sentence of the worst. Pure; Spanish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from msgspec import Meta, Struct

from hub.business_time.dates import ZONE
from hub.operations.incidents import IncidentRow
from hub.operations.now.danger import calls, emergencies
from hub.operations.now.matter import Matter, Urgency, lowered
from hub.operations.now.rank import ORDER, Rank, rank_of
from hub.operations.now.situation import Situation
from hub.rendering.figures_es import many
from hub.rendering.filters import inicial
from hub.storage.activity import AffectedPeople


class Headline(Struct, kw_only=True):
    """The worst in a sentence; its texts are Spanish, for operators."""

    sentence: str
    affected: Annotated[str, Meta(description="Whom it touches, or that nothing waits; may be empty.")]
    to_do: Annotated[str, Meta(description="What to do, in Spanish; empty where `path` is enough.")]
    path: Annotated[str, Meta(description="The page of the console on which to act; empty: none.")]
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
        "Nadie se enteró.",
        "Abra cada uno: corrija lo que está mal y publíquelo, o avise a quien lo publica.",
    ),
    "unreached": (
        "A alguien que debía saberlo no le llega el aviso, o no entero.",
        "Abra cada uno: dice qué falta en el directorio, o a quién avisarle en persona.",
    ),
}
"""Bad work that waits → the affected people, and the remedy."""

EVERYTHING_ES: Final = "todo"
_STOPPED: Final = Matter(
    text="Todo está en pausa: no sale nada, y las promesas no avisan",
    path="/channels",
    urgency=Urgency.BAD,
    rank=Rank.CHANNEL,
    affected="Quien deba saber algo no se entera mientras tanto, tampoco de una emergencia.",
    button="Ver canales",
)


def headline(now: Situation) -> Headline:
    """Say the worst in one sentence; where nothing is wrong, say that."""
    waiting = matters(now)
    bad = [matter for matter in waiting if matter.urgency is Urgency.BAD]
    if not bad:
        sentence = (
            f"Todo en marcha: {many(now.sent, 'mensaje salió', 'mensajes salieron')} en la última hora."
        )
        affected = "" if waiting else "Nada espera por usted."
        return Headline(sentence=sentence, affected=affected, to_do="", path="", urgency=Urgency.GOOD)
    worst, *others = bad
    return Headline(
        sentence=_sentence(worst, others, works=not now.incidents),
        affected=worst.affected,
        to_do=worst.to_do,
        path=worst.path,
        urgency=Urgency.BAD,
    )


def _sentence(worst: Matter, others: Sequence[Matter], *, works: bool) -> str:
    if works and ORDER[worst.rank] > ORDER[Rank.CHANNEL]:
        return f"El centro trabaja bien. Por atender: {worst.text}."
    more = f" Y {many(len(others), 'asunto más', 'asuntos más')} por atender."
    if not others or worst is _STOPPED:
        more = ""
    return f"{inicial(worst.text)}.{more}"


def matters(now: Situation) -> list[Matter]:
    """Return the lines of waiting work by rank; of one rank what is bad first, then whom most wait for."""
    found = [*calls(now), *emergencies(now), *_broken(now), *_bad(now), *_waiting(now)]
    return sorted(found, key=lambda one: (ORDER[one.rank], one.urgency is not Urgency.BAD, -one.people))


def _broken(now: Situation) -> Iterator[Matter]:
    if EVERYTHING_ES in now.paused:
        yield _STOPPED
    for incident in now.incidents:
        # The rejected events are a line of their own, which says whose they are.
        if incident.kind != "dead_letters" or not now.dead:
            yield _incident(incident, now.waiting_for(incident))


def _incident(incident: IncidentRow, waiting: AffectedPeople) -> Matter:
    path, button = PLACES.get(incident.kind, ("", ""))
    return Matter(
        text=f"{incident.title}: {lowered(incident.measured)}",
        path=path,
        urgency=Urgency.BAD,
        rank=rank_of(incident.kind, waiting.people),
        affected=f"{incident.meanwhile}{_who(waiting)}",
        # Where a page can do it, nobody needs a shell.
        to_do="" if path else incident.to_do.replace("`", ""),
        button=button,
        since=incident.since,
        people=waiting.people,
    )


def _who(waiting: AffectedPeople) -> str:
    if not waiting.people:
        return ""
    more = "Más de " if waiting.bounded else ""
    where = _where(waiting.copropiedades, waiting.building)
    return f" {more}{many(waiting.people, 'persona espera', 'personas esperan')}, {where}."


def _where(copropiedades: int, building: str) -> str:
    return f"de {building or many(copropiedades, 'copropiedad', 'copropiedades')}"


def _bad(now: Situation) -> Iterator[Matter]:
    yield from _matter(
        now,
        "breached",
        ("promesa vencida", "promesas vencidas"),
        "/cases?view=overdue",
        whose=_where(now.overdue.copropiedades, now.overdue.building) if now.overdue.copropiedades else "",
        since=now.overdue.since,
    )
    yield from _matter(
        now,
        "dead",
        ("aviso rechazado", "avisos rechazados"),
        "/dead",
        whose=_source(now) if now.refused.source else "",
        since=now.refused.since,
    )
    path = _rows("/messages/unreached", now.week)
    yield from _matter(now, "unreached", ("aviso que no llega a todos", "avisos que no llegan a todos"), path)


def _source(now: Situation) -> str:
    return f"{'la mayoría ' if now.dead > 1 else ''}de {now.refused.source.rpartition(':')[2]}"


def _waiting(now: Situation) -> Iterator[Matter]:
    for name in now.paused:
        if name != EVERYTHING_ES:
            yield Matter(text=f"En pausa: {name}", path="/channels", urgency=Urgency.WAIT)
    wait = Urgency.WAIT
    for name, words, path in (
        ("at_risk", ("promesa en riesgo", "promesas en riesgo"), "/cases?view=at_risk"),
        (
            "failed",
            ("mensaje del último día que no llegó", "mensajes del último día que no llegaron"),
            _rows("/messages", now.day, only="lost"),
        ),
        (
            "replies",
            ("respuesta sin atender", "respuestas sin atender"),
            "/cases?kind=replies",
        ),
        (
            "approvals",
            ("comunicación espera su aprobación", "comunicaciones esperan su aprobación"),
            "/approvals",
        ),
        ("letters", ("carta por entregar", "cartas por entregar"), "/letters"),
        ("to_print", ("cartel por colgar", "carteles por colgar"), "/posters?state=to_print"),
        ("to_take_down", ("cartel por retirar", "carteles por retirar"), "/posters?state=to_take_down"),
    ):
        yield from _matter(now, name, words, path, wait)


def _matter(
    now: Situation,
    name: str,
    words: tuple[str, str],
    path: str,
    urgency: Urgency = Urgency.BAD,
    *,
    whose: str = "",
    since: datetime | None = None,
) -> Iterator[Matter]:
    number: int = getattr(now, name)
    if not number:
        return
    more = "más de " if name in now.more else ""
    affected, to_do = _MEANS.get(name, ("", ""))
    yield Matter(
        text=f"{more}{many(number, *words)}{f', {whose}' if whose else ''}",
        path=path,
        urgency=urgency,
        rank=rank_of(name),
        name=name,
        affected=affected,
        to_do=to_do,
        since=since,
    )


def _rows(path: str, since: datetime | None, **narrowed: str) -> str:
    """Return the list of the rows that were counted: those since an instant."""
    edge = {} if since is None else {"since": since.astimezone(ZONE).isoformat()}
    asked = {**narrowed, **edge}
    return f"{path}?{urlencode(asked)}" if asked else path
