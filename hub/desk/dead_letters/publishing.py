"""
Questions before an event is published by hand: who would read it, how many, by which channel, and how old it
is. Pure: the dry run has counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.catalog import BY_TYPE
from hub.intake.dry_run_schemas import DryRun, DryRunEvent, DryRunText
from hub.model import Event, Lane, State
from hub.operations.explain.sentences_es import DUTIES
from hub.people.audience.language import parse
from hub.people.audience.names import LEVEL, PARTY, STAFF_WORD
from hub.rendering.figures_es import many
from hub.rendering.labels_es import CHANNELS
from hub.rendering.near_dates import near, whole
from hub.rendering.titles_es import event_title
from hub.rendering.typed_words import is_same

ALONE: Final = 50
"""People to whom one may publish without writing by hand where they live."""
_EVERYBODY: Final = "todas las copropiedades"
_OLD: Final[Mapping[Lane, timedelta]] = {Lane.URGENT: timedelta(minutes=30)}
_OLD_ELSE: Final = timedelta(days=1)
_NEVER: Final = frozenset({State.SUPPRESSED, State.EXPIRED, State.CANCELLED})
_READERS: Final[Mapping[str, str]] = {
    "residents": "residentes",
    "owners": "propietarios",
    "proxies": "apoderados",
    "absentees": "propietarios que viven en otra parte",
    "council": "consejo",
    "auditors": "revisoría",
    "everyone": "todas las personas",
    "role": "personas de la unidad",
    "person": "una persona",
    "address": "quienes operan el sistema",
    PARTY: "quien el aviso nombra",
    LEVEL: "quien responde por la promesa",
}
_MOST_TEXTS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """The question: `typed` is what must be written by hand before; empty where nothing must."""

    title: str
    lead: str
    points: Sequence[tuple[str, str]]
    texts: Sequence[DryRunText]
    press: str
    typed: str

    def is_answered(self, given: str) -> bool:
        return not self.typed or is_same(given, self.typed)


def publishing(
    event: Event, run: DryRun | None, *, building: str, now: datetime, changed: Sequence[str] = ()
) -> Publishing:
    """Make the question. Without a run, which took too long, it is asked as for many people."""
    title, found = event_title(event.type) or event.name, run.events[0] if run and run.events else None
    people = found.people if found else 0
    counted = many(people, "persona", "personas") if people else "nadie"
    points = [
        ("Copropiedad", building),
        ("Ocurrió", f"{near(event.time, now)} ({whole(event.time)})"),
        ("Para quién", ", ".join(_readers(found)) if found else ""),
        ("Por dónde", ", ".join(_channels(found)) if found else ""),
        ("No les llega a", _left_out(found) if found else ""),
        ("Carteles", str(run.posters) if run and run.posters else ""),
        ("Promesas que empiezan", str(_starting(run)) if run and _starting(run) else ""),
        ("Cambió", ", ".join(changed)),
        ("Deshacer", "No se puede: lo que sale no vuelve." if people or run is None else ""),
    ]
    return Publishing(
        title=f"¿Publicar «{title}»?" if run is None else f"¿Publicar «{title}» para {counted}?",
        lead=" ".join(_remarks(event, run, found, now)),
        points=points,
        texts=_texts(found)[:_MOST_TEXTS] if found else (),
        press=f"Avisar a {counted}" if people else "Publicar",
        typed=(building or _EVERYBODY) if people > ALONE or run is None else "",
    )


def _remarks(event: Event, run: DryRun | None, found: DryRunEvent | None, now: datetime) -> Iterator[str]:
    kind = BY_TYPE[event.type]
    if now - event.time > _OLD.get(kind.lane, _OLD_ELSE):
        yield f"Es viejo: pasó {near(event.time, now)}, y quien lo lea creerá que pasa ahora."
    if run is None:
        yield "No se alcanzó a contar a cuántas personas llega: puede ser a todas."
    elif run.refused:
        yield "Así como está se rechaza otra vez, y vuelve a esta lista."
    elif found is not None and found.known:
        yield "Este aviso ya se recibió antes: publicarlo no cambia nada."
    elif found is not None and not found.people:
        yield "No le llega a nadie: o ya es muy viejo, o no hay a quién avisar."


def _readers(found: DryRunEvent) -> Iterator[str]:
    for audience in found.audiences:
        if audience.notified:
            names = dict.fromkeys(_reader(word) for word in audience.who)
            yield f"{' y '.join(names)} ({audience.notified})"


def _reader(word: str) -> str:
    term = parse(word)
    if term.word == STAFF_WORD:
        return f"equipo de {DUTIES[term.value]}" if term.value in DUTIES else "todo el equipo"
    return _READERS.get(term.word, term.word)


def _channels(found: DryRunEvent) -> Iterator[str]:
    counts = Counter[str]()
    for sent in found.messages:
        if sent.state not in _NEVER:
            counts[sent.channel] += sent.count
    for channel, count in counts.most_common():
        yield f"{CHANNELS.get(channel, channel)} {count}"


def _texts(found: DryRunEvent) -> Sequence[DryRunText]:
    """Return what each audience reads, over the first of its channels."""
    first: dict[int, str] = {}
    return [text for text in found.texts if text.channel == first.setdefault(text.audience, text.channel)]


def _left_out(found: DryRunEvent) -> str:
    missing = sum(sum(audience.left_out.values()) for audience in found.audiences)
    return many(missing, "persona", "personas") if missing else ""


def _starting(run: DryRun) -> int:
    return sum(clock.change == "starts" for clock in run.clocks)
