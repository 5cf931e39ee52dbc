"""The pages of a constancia as data for its template: everything in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from hub.model import Json
from hub.operations.cases.schemas import ThreadEntry
from hub.operations.constancia import words_es
from hub.operations.constancia.schemas import (
    ClockStory,
    ConsentLine,
    Facts,
    ProvenMessage,
    ProvenRow,
    Seals,
    Words,
)
from hub.operations.constancia.summary_es import outcome_of, outcomes
from hub.operations.explain.messages import BY
from hub.operations.explain.sentences_es import at_time, reason, sentence
from hub.rendering import filters, labels_es
from hub.rendering.attempts_es import is_by_staff, what_happened
from hub.rendering.identities import Look
from hub.sla.ack_links import without_link

TEMPLATE: Final = "constancia.typ"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OWN: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_METHODS: Final[Mapping[str, str]] = {
    **labels_es.METHODS,
    "reply": "por un mensaje suyo",
    "opt_out": "escribió BAJA",
    "complaint": "marcó un mensaje como no deseado",
}


@dataclass(slots=True)
class _Text:
    """A text and its recipients, each with their own name and units; `same` if word by word."""

    number: int
    message: ProvenMessage
    words: Words
    to: list[str] = field(default_factory=list)
    same: bool = True


def letterhead(look: Look) -> tuple[dict[str, Json], dict[str, bytes]]:
    """Return the look of the sender, for the template, and the picture that it shows."""
    pictures = {f"{look.logo.cid}.png": look.logo.content} if look.logo is not None else {}
    colors = {"marca": look.colors.solid, "tinta": look.colors.ink}
    return {"colors": colors, "logo": next(iter(pictures), "")}, pictures


def pages(facts: Facts) -> dict[str, Json]:
    """Return what the template shows."""
    texts, numbers = _texts(facts.messages)
    return {
        "title": f"Constancia de {facts.about.number}",
        "number": facts.about.number,
        "subject": facts.about.title,
        "place": facts.about.copropiedad or "",
        "company": facts.company,
        "made_at": _both(facts.made_at),
        "key": _groups(facts.key),
        "summary": facts.summary,
        "stands": facts.stands,
        "mismatches": facts.mismatches,
        "outcomes": [
            [str(row.number), str(row.people), row.label, row.means] for row in outcomes(facts.messages)
        ],
        "days": [_day(day, list(entries)) for day, entries in groupby(facts.thread, _day_of)],
        "texts": [_text(text) for text in texts],
        "unsaid": list(_unsaid(facts.messages)),
        "told": [_told(message, numbers) for message in facts.messages],
        "consents": [_consent(line) for line in facts.consents],
        "clocks": [_clock(story) for story in facts.clocks],
        "seals": list(_seals(facts)),
        "parts": [_part(facts.seals, place) for place in range(len(facts.seals.parts))],
        "how": list(words_es.HOW),
        "proves": list(words_es.PROVES),
        "proves_not": list(words_es.PROVES_NOT),
    }


def _day_of(entry: ThreadEntry) -> str:
    return filters.fecha(entry.at)


def _day(day: str, entries: Sequence[ThreadEntry]) -> dict[str, Json]:
    return {"day": filters.inicial(day), "entries": [_entry(entry) for entry in entries]}


def _entry(entry: ThreadEntry) -> dict[str, Json]:
    return {
        "hour": filters.hora(entry.at),
        "utc": _utc(entry.at),
        "sentence": entry.sentence,
        "more": entry.more,
        "quote": entry.reply.text or "" if entry.reply is not None else "",
    }


def _texts(messages: Sequence[ProvenMessage]) -> tuple[list[_Text], dict[str, int]]:
    """Return each text once, with all who got it in their own name; and the number of each file's text."""
    found: dict[tuple[str, ...], _Text] = {}
    numbers: dict[str, int] = {}
    for message in messages:
        for words in (line.said for line in message.rows if line.said is not None):
            if words.text is None or words.file is None:
                continue
            alike = message.event, message.channel, *(_without_own(part, message) for part in _parts(words))
            text = found.setdefault(alike, _Text(len(found) + 1, message, words))
            text.to.append(_whom(message))
            text.same = text.same and _parts(words) == _parts(text.words)
            numbers[words.file] = text.number
    return list(found.values()), numbers


def _parts(words: Words) -> tuple[str, str]:
    return words.subject or "", words.text or ""


def _without_own(text: str, message: ProvenMessage) -> str:
    """Return the text with a mark for the person's own name and units: others may differ in nothing else."""
    whole = {message.name, filters.nombre(message.name)} - {""}
    own = whole | {name.split()[0] for name in whole} | set(message.units)
    longest_first = sorted(map(re.escape, own), key=len, reverse=True)
    return re.sub("|".join(rf"\b{word}\b" for word in longest_first), _OWN, text) if own else text


def _text(text: _Text) -> dict[str, Json]:
    first, *others = dict.fromkeys(text.to)
    note = f"El mismo texto{'' if text.same else ', cada persona con su nombre y su unidad'}"
    return {
        "number": str(text.number),
        "title": text.message.title,
        "by": BY.get(text.message.channel, text.message.channel),
        "to": first,
        "subject": text.words.subject or "",
        # Paper is passed on: the link of an escalation acts for the person who was called. The file has the
        # sent bytes.
        "text": without_link((text.words.text or "").strip()),
        "also": f"{note}, a: {filters.lista(others)}." if others else "",
        "why": text.words.why,
    }


def _unsaid(messages: Sequence[ProvenMessage]) -> Iterator[dict[str, Json]]:
    """Name each accepted message whose words cannot be shown, and why."""
    for message in messages:
        for words in (line.said for line in message.rows if line.said is not None):
            if words.file is None:
                yield {"what": f"«{message.title}» a {_whom(message)}", "why": words.why}


def _whom(message: ProvenMessage) -> str:
    name, address = message.name or message.person, message.address
    return f"{name} ({address})" if address and address != message.person else name


def _told(message: ProvenMessage, numbers: Mapping[str, int]) -> dict[str, Json]:
    label, _ = outcome_of(message)
    files = [line.said.file for line in message.rows if line.said and line.said.file]
    why = reason(message.reason)
    return {
        "who": message.name or message.person,
        "address": message.address if message.address != message.person else "",
        "by": BY.get(message.channel, message.channel),
        "title": message.title,
        "result": label,
        "why": why,
        "texts": ", ".join(dict.fromkeys(str(numbers[file]) for file in files)),
        "calls": [_call(line) for line in message.rows],
    }


def _call(line: ProvenRow) -> dict[str, Json]:
    _, at, _, outcome, provider, reference, code, *_ = line.row
    is_answer = outcome in labels_es.OUTCOMES
    words = (
        what_happened(outcome, code, reference, provider=provider)
        if is_answer
        else labels_es.MESSAGE_STATES.get(outcome, outcome)
    )
    answer = "" if is_by_staff(code) else ", ".join(part for part in (provider, code, reference) if part)
    when = _EPOCH + timedelta(microseconds=at)
    return {
        "when": filters.fecha_corta(when),
        "utc": _utc(when),
        "outcome": words,
        "answer": answer if is_answer else reason(code),
        "seal": "" if line.seal is None else f"sello {line.seal}",
    }


def _consent(line: ConsentLine) -> list[str]:
    channels = filters.lista([labels_es.CHANNELS.get(name, name) for name in line.channels])
    version = f"texto {line.text_version}" if line.text_version else ""
    method = _METHODS.get(line.method or "", line.method or "")
    return [
        line.name or line.person,
        labels_es.CONSENTS.get(line.purpose, line.purpose),
        "Autoriza" if line.granted else "No autoriza",
        filters.fecha_corta(line.at),
        channels or "Todos los canales",
        ", ".join(part for part in (method, version) if part),
    ]


def _clock(story: ClockStory) -> dict[str, Json]:
    ended = sentence(
        f"Terminó {at_time(story.ended_at)}" if story.ended_at is not None else "Sigue corriendo"
    )
    return {
        "title": story.title,
        "state": labels_es.CLOCK_STATES[story.state],
        "begun": sentence(f"Empezó {at_time(story.started_at)}"),
        "due": sentence(
            f"{'Vence' if story.ended_at is None else 'Vencía'} el {filters.plazo(story.due_at)}"
        ),
        "ended": ended,
        "lines": [
            {"when": filters.fecha_corta(line.at), "utc": _utc(line.at), "sentence": line.sentence}
            for line in story.lines
        ],
    }


def _seals(facts: Facts) -> Iterator[str]:
    rows = [line for message in facts.messages for line in message.rows]
    sealed = sum(line.seal is not None for line in rows)
    yield f"{sealed} de {len(rows)} intentos y finales están sellados."
    if sealed < len(rows):
        yield "Los demás son tan recientes que su minuto no se ha sellado, o de antes de que hubiera sellos."


def _part(seals: Seals, place: int) -> list[str]:
    part = seals.parts[place]
    stamped = any(stamp.digest == part.digest for stamp in seals.stamps)
    return [
        f"{part.first} a {part.last}",
        _utc(part.minute),
        _groups(part.digest),
        "con estampa de tiempo" if stamped else "",
    ]


def _both(at: datetime) -> str:
    """The instant in words, and as it counts as proof."""
    return f"{filters.fecha_hora(at)} ({_utc(at)})"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _groups(digest: str) -> str:
    """Write a digest in groups of eight: it can be read aloud, and breaks at the end of a line."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
