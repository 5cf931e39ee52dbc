"""Auditoría: looks at people's data and changes, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final
from urllib.parse import quote

from aiohttp import hdrs, web
from msgspec import Meta
from msgspec.structs import asdict

from hub.business_time.dates import day_start, next_day_start
from hub.desk.audit.acts import NotesQuery, export_notes, list_notes
from hub.desk.audit.noun import SCOPES
from hub.desk.nouns import AUDITED
from hub.desk.search.recognise import Kind
from hub.doors.api import operator_of
from hub.model import Json, Word
from hub.model.ids import uuid_in
from hub.model.keys import NoteRow
from hub.model.pages import Cursor, Limit
from hub.operations.explain.sentences_es import short_time
from hub.rendering.actions_es import ACTIONS, DETAILS
from hub.rendering.case_words_es import CASE_STATES, REPLY_STATES
from hub.rendering.labels_es import CHANNELS, OFFICES, PURPOSES, ROLES
from hub.rendering.labels_es import SCOPES as SCOPE_WORDS
from hub.web.auth.caller import caller_of
from hub.web.console.message_page import WHY_CANCEL_ES
from hub.web.console.named import Person, people_of
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet, with_query
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet
from hub.web.route import TABLE

PATH: Final = "/audit"
WORDS: Final = {**ACTIONS, **AUDITED}
_COLUMNS: Final = ("Cuándo", "Quién", "Qué hizo", "Acción", "A qué", "De quién", "Detalle", "Desde")
_PAGES: Final[Mapping[str, str]] = {
    "account": "/accounts/{name}",
    "batch": "/letters/batches/{id}",
    "building": "/buildings/{ref}",
    "bulk": "/bulk/runs/{id}",
    "case": "/cases/{key}",
    "channel": "/channels",
    "clock": "/clocks/{id}",
    "copropiedad": "/buildings/{ref}",
    "dead": "/dead/{id}",
    "event": "/channels",
    "key": "/keys/{name}",
    "letter": "/letters/{id}/life",
    "message": "/messages/{id}",
    "person": "/people/{ref}",
    "poster": "/posters/{id}",
    "reply": "/replies/{id}",
    "source": "/webhooks",
    "webhook": "/webhooks/{id}",
}
"""Kind of a subject → its page."""
_READ_AS: Final[Mapping[str, str]] = {
    Kind.ID: "número",
    Kind.EMAIL: "correo",
    Kind.PHONE: "teléfono",
    Kind.REFERENCE: "referencia",
    Kind.UNIT: "unidad",
    Kind.NAME: "nombre",
    Kind.WORDS: "palabras",
}
"""What a search took the words for."""
_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": CHANNELS,
    "purpose": PURPOSES,
    "role": ROLES,
    "scopes": SCOPE_WORDS,
    "state": {**CASE_STATES, **REPLY_STATES},
    "understood": _READ_AS,
    "why": {str(word): words for word, words in WHY_CANCEL_ES.items()},
}
"""Name of a detail → its values in words."""
_GRANTS: Final = "grants"
_GAP: Final = re.compile(r"{\w+}")
SUBJECTS: Final[Mapping[str, str]] = {
    "account": "Cuenta",
    "audience": "A quiénes se escribe",
    "audit": "La auditoría",
    "batch": "Un lote de cartas",
    "building": "Una copropiedad",
    "registration": "Algo registrado",
    "bulk": "Una acción masiva",
    "case": "Un caso",
    "channel": "Canal",
    "clock": "Una promesa",
    "communication": "Una comunicación",
    "copropiedad": "Una copropiedad",
    "dead": "Un rechazado",
    "directory": "El directorio",
    "erasures": "Lo suprimido",
    "event": "Un aviso",
    "events": "Avisos",
    "exclusions": "Una lista de exclusión",
    "key": "Llave",
    "letter": "Una carta",
    "message": "Un mensaje",
    "model": "Una plantilla",
    "people": "Personas",
    "poster": "Un cartel",
    "reply": "Una respuesta",
    "search": "La búsqueda",
    "source": "Sistema",
    "survey": "Una encuesta",
    "surveys": "Encuestas",
    "task": "Una tarea",
    "view": "Una vista",
    "webhook": "Un webhook",
}
"""Kind of a subject → the word for it."""
_NAMED_THINGS: Final = frozenset({"account", "channel", "key", "source"})
"""Those whose ids are names that people have given."""


class AuditQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: Word | None = None
    action: Word | None = None
    subject: Word | None = None
    person: Word | None = None
    since: Annotated[date, Meta(description="The first day.")] | None = None
    until: Annotated[date, Meta(description="The last day.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50
    format: Sheet | None = None


class NoteShown(NoteRow, kw_only=True):
    """A note with its words, and the pages of the subjects that it names."""

    what: str
    words: str
    called: str
    page: str | None
    person_page: str | None


async def show(request: web.Request, query: AuditQuery) -> web.StreamResponse:
    """List looks and changes, newest first."""
    by = operator_of(request, SCOPES)
    if query.format is not None:
        page = await export_notes(by, _asked(query))
        return spreadsheet("auditoria", _COLUMNS, map(_line, page.items))
    page = await list_notes(by, _asked(query))
    people = await people_of(request, [(ref, None) for ref in [query.person or "", *_refs(page.items)]])
    return console_page(
        "console/audit.html",
        request,
        here=PATH,
        rows=[_shown(request, row, people) for row in page.items],
        people=people,
        staff=await staff_names(request),
        query=query,
        actions=sorted(WORDS.items(), key=lambda pair: pair[1]),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
        with_only=lambda **changes: with_query(request, after=None, **changes),
    )


def _asked(query: AuditQuery) -> NotesQuery:
    """Return the instants of the page's days; the last day is in them."""
    return NotesQuery(
        after=query.after,
        limit=query.limit,
        person=query.person,
        by=query.by,
        action=query.action,
        subject=query.subject,
        since=None if query.since is None else day_start(query.since),
        until=None if query.until is None else next_day_start(query.until),
    )


def _refs(rows: Iterable[NoteRow]) -> Iterable[str]:
    for row in rows:
        yield from filter(None, (row.person, _person_of(row.subject)))


def _person_of(subject: str) -> str:
    noun, _, ref = subject.partition(":")
    return ref if noun == "person" else ""


def _called(subject: str, people: Mapping[str, Person]) -> str:
    """Return the subject for a reader: the name of a person, of anything else what it is; never its id."""
    noun, _, ref = subject.partition(":")
    if noun == "person":
        return people[ref].name if ref in people else "Una persona"
    return (
        f"{SUBJECTS[noun]} {_value(noun, ref)}" if noun in _NAMED_THINGS else SUBJECTS.get(noun, ref or noun)
    )


def _shown(request: web.Request, row: NoteRow, people: Mapping[str, Person]) -> NoteShown:
    return NoteShown(
        **asdict(row),
        what=WORDS.get(row.action, row.action),
        # What was not asked for is of the sheet alone.
        words=_detail({name: value for name, value in row.detail.items() if value is not False}),
        called=_called(row.subject, people),
        page=page_of(request, row.subject),
        person_page=page_of(request, f"person:{row.person}") if row.person else None,
    )


def page_of(request: web.Request, subject: str) -> str | None:
    """Return the page of a subject of the audit, if the hub has one that the caller may open."""
    noun, _, ref = subject.partition(":")
    # A pause names the event's name, a look at one event its key.
    pattern = "/events/{key}" if noun == "event" and uuid_in(ref) else _PAGES.get(noun, "")
    row = request.app[TABLE].get((hdrs.METH_GET, pattern))
    if row is None or not ref or not (row.needs and caller_of(request).may(row.needs)):
        return None
    return _GAP.sub(lambda _: quote(ref, safe=":"), pattern)


def _detail(detail: Mapping[str, Json]) -> str:
    given = {name: value for name, value in detail.items() if value not in (None, "")}
    return ", ".join(f"{DETAILS.get(name, name)}: {_value(name, value)}" for name, value in given.items())


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    words = {one: _grant(one) for one in values} if name == _GRANTS else _VALUES.get(name, {})
    return ", ".join(words.get(one, one) for one in values)


def _grant(grant: str) -> str:
    """`Operación (todas)` of `operator:*`."""
    office, _, place = grant.partition(":")
    return f"{OFFICES.get(office, office)} ({'todas' if place == '*' else place})"


def _line(row: NoteRow) -> tuple[object, ...]:
    return (
        short_time(row.at),
        row.who,
        WORDS.get(row.action, row.action),
        row.action,
        row.subject,
        row.person,
        _detail(row.detail),
        row.address,
    )
