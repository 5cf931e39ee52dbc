"""
Rules for the words of a message: lengths, sentences, links, acronyms, words that staff must not read. Pure.

They are the company's rules of plain language (lenguaje claro): what a person reads on a phone, once. Staff
knows people, notices and terms. Nobody there has heard of a queue or a circuit, and a word that is not
understood at night is one more call; docs/glossary.md has the same table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from hub.model import Rendered
from hub.rendering.lengths import PUSH_BODY, PUSH_TITLE, SUBJECT
from hub.rendering.source import PieceKind, pieces
from hub.sms_text import segments

FOR_STAFF: Final[Mapping[str, str]] = {
    "hub": "el centro",
    "evento": "el aviso",
    "id": "el número",
    "payload": "los datos",
    "JSON": "los datos",
    "circuito": "el descanso de un proveedor",
    "cola": "lo que está por salir",
    "ticket": "lo que está por salir",
    "intake": "la entrada de los avisos",
    "delivery": "el envío de los mensajes",
    "timers": "los plazos y los recordatorios",
    "worker": "la máquina",
    "exchange": "la entrada de los avisos",
    "webhook": "un sistema que recibe los resultados",
    "endpoint": "la dirección de un sistema",
    "user_id": "quien lo envió",
    "API": "otro sistema",
    "token": "la llave",
    "backlog": "lo atrasado",
    "breaker": "el descanso de un proveedor",
    "lease": "el turno",
    "heartbeat": "la señal de vida",
}
"""A word of ours → the words for staff."""

ENGINEERS_WORD: Final = re.compile(
    rf"(?<![\w/.@:-])(?:{'|'.join(FOR_STAFF)})s?(?![\w:.@/-]\w|\w)", re.IGNORECASE
)
"""Such a word on its own, in the plural too: not a part of an address, a name or a code."""


LONGEST_SENTENCE: Final = 20


class Fault(NamedTuple):
    """`part` is `subject` or `body`; `words` are those that break the rule."""

    rule: str
    part: str
    means: str
    words: str


_MONTH: Final = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Apr|Aug|Dec|ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic"
)
_HOUR: Final = r"\d{1,2}:\d\d(?:\s[ap]\.\s?m\.?|\s[ap]m)?"
_DAY: Final = (
    "lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo"
    "|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
_DATE: Final = rf"(?:(?:{_DAY}) )?\d{{1,2}}(?: de)? (?:{_MONTH})(?: (?:de )?\d{{4}})?"
# One word each: nobody reads a date word by word, and the law wants its article named.
_INSTANT: Final = re.compile(
    rf"{_DATE}(?:,? (?:a las?|at) {_HOUR}|, {_HOUR})?(?:, al final del día)?|{_HOUR}", re.IGNORECASE
)
_AFTERNOON: Final = re.compile(r"([ap])\.\s(m)\.(?=\s+[A-ZÁÉÍÓÚÑ¿¡])")
_HOUR_MARK: Final = re.compile(r"([ap])\.\s(m)\.")
_CITED: Final = re.compile(r"\([^()]*\b(?:art[íi]culos?|Ley|Decreto)\b[^()]*\)")
_URL: Final = re.compile(r"https?://\S+")
_END: Final = re.compile(r"(?<=[.!?:;])\s+")
_NAME: Final = re.compile(r"[A-ZÁÉÍÓÚÑ]\w+(?: (?:de|del|la|los|y) (?=[A-ZÁÉÍÓÚÑ])| [A-ZÁÉÍÓÚÑ]\w+)+")
_PARAGRAPH: Final = re.compile(r"\n\s*\n|\n(?=[->|\d])")
_WORD: Final = re.compile(r"\w+(?:[-.,/@]\w+)*")
_FOOTER: Final = "\n--\n"

_ACRONYM: Final = re.compile(r"(?<![\w.])[A-ZÁÉÍÓÚÑ]{2,5}(?![\w.])")
KNOWN: Final = frozenset(
    {"PQRS", "SMS", "PDF", "QR", "NIT", "PIN", "CRM"} | {"BAJA", "ALTA", "SALIR", "TOMO"}
)
"""Acronyms that everybody reads, and words to answer with."""
_EMPTY_LINK: Final = re.compile(
    r"\[\s*(?:(?:haga )?clic(?: aqu[íi])?|aqu[íi]|enlace|link|ver|ver m[áa]s|m[áa]s|https?:[^\]]*)\s*\]\(",
    re.IGNORECASE,
)
_CLEAR: Final = re.compile(r"http://\S+")
_SHOWN_URL: Final = re.compile(r">[^<]*\bhttps?://[^<]*<")
_IMAGE: Final = re.compile(r"<img(?![^>]*\balt=)[^>]*>", re.IGNORECASE)
_ID: Final = re.compile(r"\b\w+_id\b")
_GREETING: Final = re.compile(
    r"(?:Hola|Cordial saludo|(?:Estim|Apreci)ad[oa]s?|Señor(?:a|es)?)\b[^\n]{0,40}\b(?:first_|person\.)name\b"
)
_MARKUP: Final = re.compile(r"(?<![\w*])\*\*\w|\]\(|</?[a-z]+>|&[a-z]+;")
FOR_MACHINES: Final = {
    "an id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|\b[0-9a-f]{16,}", re.IGNORECASE),
    "a path of the API": re.compile(r"/api/"),
    "a command": re.compile(r"\bhub (?:[a-z-]+ )+[a-z-]+|`"),
    "a code": re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+"),
    "a word of engineers": ENGINEERS_WORD,
}


def judge(channel: str, words: Rendered, *, urgent: bool, staff: bool, parts: int = 1) -> Iterator[Fault]:
    """
    Yield the faults of a rendered message.

    In an emergency the instruction goes first, however long it is: such a text is `urgent`, and lengths are
    not judged. `parts` are those that a text message may have.
    """
    if not urgent:
        yield from _lengths(channel, words, parts)
        yield from _sentences(words.text.partition(_FOOTER)[0])
    if staff:
        yield from _for_machines(words)
    yield from _links(channel, words)


def judge_source(block: str) -> Iterator[Fault]:
    """Yield the faults of the words that a template itself has."""
    literal = "".join(piece.code if piece.kind is PieceKind.TEXT else " " for piece in pieces(block))
    for acronym in sorted(set(_ACRONYM.findall(literal)) - KNOWN):
        if f"({acronym})" not in literal:
            yield Fault("acronym", "body", "an acronym that is not explained", acronym)
    for link in _EMPTY_LINK.findall(block):
        yield Fault("link", "body", "a link says what it opens: «Ver el informe»", link)
    for greeting in _GREETING.findall(block):
        yield Fault("greeting", "body", "a greeting is {{ saludo }}: it knows a firm", greeting)


def judge_title(source: str) -> Iterator[Fault]:
    """Yield the faults of the source of a subject, or of another title: nobody knows a case by its id."""
    shown = " ".join(piece.code for piece in pieces(source) if piece.kind is PieceKind.EXPRESSION)
    for name in sorted(set(_ID.findall(shown))):
        yield Fault("title_id", "subject", "a title says what it is about, not an id", name)


def length(sentence: str) -> int:
    """Count the words of a sentence: a date, an hour, a name, an address or a law's article is one."""
    plain = _NAME.sub("nombre", _INSTANT.sub("fecha", _URL.sub("", _CITED.sub("", sentence))))
    return len(_WORD.findall(plain))


def _lengths(channel: str, words: Rendered, most_parts: int) -> Iterator[Fault]:
    limits = {
        "email": (("subject", words.subject, SUBJECT),),
        "push": (("subject", words.subject, PUSH_TITLE), ("body", words.text, PUSH_BODY)),
    }
    for part, text, most in limits.get(channel, ()):
        if len(text) > most:
            yield Fault("length", part, f"{len(text)} characters; at most {most}", text)
    if channel == "sms" and (parts := segments(words.text).parts) > most_parts:
        yield Fault("segments", "body", f"{parts} parts; at most {most_parts}", words.text)


def _sentences(text: str) -> Iterator[Fault]:
    for paragraph in _PARAGRAPH.split(text):
        if paragraph.startswith((">", "|")):
            continue  # somebody else's words, and rows of facts
        line = _HOUR_MARK.sub(r"\1m", _AFTERNOON.sub(r"\1m.", " ".join(paragraph.split())))
        for sentence in _END.split(line):
            # A sentence that cites an article quotes the law's own words.
            if not _CITED.search(sentence) and (count := length(sentence)) > LONGEST_SENTENCE:
                yield Fault("sentence", "body", f"{count} words; at most {LONGEST_SENTENCE}", sentence)


def _for_machines(words: Rendered) -> Iterator[Fault]:
    shown = _URL.sub("", f"{words.subject}\n{words.text}")
    for what, pattern in FOR_MACHINES.items():
        if match := pattern.search(shown):
            yield Fault("machine", "body", f"{what} in a text for staff", match[0])


def _links(channel: str, words: Rendered) -> Iterator[Fault]:
    for address in _CLEAR.findall(f"{words.text} {words.html}"):
        yield Fault("link", "body", "a link is https", address)
    if channel in {"email", "inbox"}:
        for shown in _SHOWN_URL.findall(words.html):
            yield Fault("link", "body", "a bare address where a link with words can be", shown.strip("<>"))
        for image in _IMAGE.findall(words.html):
            yield Fault("alt", "body", "an image without words for who does not see it", image)
    for match in _MARKUP.findall(words.text):
        yield Fault("markup", "body", "marks that nobody should see", match)
