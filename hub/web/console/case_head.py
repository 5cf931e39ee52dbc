"""The head of a case's page: whom it is about, what about, what was promised, and why it is due then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from hub.access.sight import Field, Shown
from hub.desk.matters.shown import term_of
from hub.desk.people.history import CaseLine, case_line
from hub.desk.people.queries import PeopleList
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.model import Clock, Json
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.cases.writing import Conversation
from hub.operations.clocks.calculation import calculation, in_words
from hub.people.units import own_name, short_name
from hub.ports.cases import KnownCase
from hub.rendering import case_words_es
from hub.rendering.filters import nombre
from hub.rendering.matters_es import kind_of, subject_of
from hub.rendering.page_links import person_path
from hub.rendering.titles_es import CLOCKS
from hub.storage.named import residents
from hub.web.auth.caller import places_of
from hub.web.services import Services, services

_ONE: Final = 1
_ALSO: Final = 4
"""Other matters of the person, the last ones; their page has all."""
_NAMELESS: Final = "Alguien del directorio"


async def head_of(
    request: web.Request, known: KnownCase, case: CaseThreadAnswer, talk: Conversation
) -> Mapping[str, Any]:
    """Return the values of the head; names and words of people only where the case shows them."""
    deps, sees = services(request), case.named
    facts = await deps.cases.page(known, after=None, limit=_ONE, places=places_of(request))
    running = [clock for clock in facts.head if clock.ended_at is None]
    data, kind = _data(known), known.first.event.name if known.first is not None else ""
    who = await _person(deps, talk) if sees else {}
    return {
        "sees": sees,
        "writer": who,
        "subject": subject_of(known.case, kind, data, unit=who.get("unit", ""))
        if sees or not data
        else kind_of(kind),
        "opening": _opening(known, data) if sees else "",
        "kind": case_words_es.PQRS_KINDS.get(str(data.get("kind") or ""), "") if "pqrs_id" in data else "",
        "building": own_name(case.copropiedad or ""),
        "standing": [one for one in case.summary[1:] if not _is_of(one, running)],
        "promises": [_term(clock, case, deps) for clock in running],
        "also": await _also(request, known, talk) if sees else (),
    }


def matter_of(by: Operator, known: KnownCase) -> str:
    """Return what a case is about, in the words of whoever opened it where the operator sees these."""
    place = known.first.copropiedad_id if known.first is not None else None
    kind, data = known.first.event.name if known.first is not None else "", _data(known)
    return subject_of(known.case, kind, data) if by.sight.names(place) else kind_of(kind)


async def _also(request: web.Request, known: KnownCase, talk: Conversation) -> Sequence[CaseLine]:
    """Return what else was spoken about with the person, where the reader may see it."""
    if talk.person is None:
        return ()
    by = operator_of(request, READ)
    words = by.sight.where(Field.WORDS, Shown.PLAIN)
    spoken = await PeopleList(by.db).cases(talk.person, limit=_ALSO + 1, places=by.places)
    return [case_line(one, words) for one in spoken if one.case != known.case][:_ALSO]


def _is_of(sentence: str, clocks: Sequence[Clock]) -> bool:
    """Return whether a sentence of the summary is about one of these promises, which the head shows."""
    return any(sentence.startswith(f"{CLOCKS.get(clock.name, clock.name)}:") for clock in clocks)


def _data(known: KnownCase) -> Mapping[str, Json]:
    data = known.first.event.data if known.first is not None else None
    return data if isinstance(data, dict) else {}


def _opening(known: KnownCase, data: Mapping[str, Json]) -> str:
    """Return what the first event says in the person's words; a reply that is the first word says its own."""
    if known.first is None or known.first.event.name.startswith("inbound."):
        return ""
    texts = (data.get(field) for field in ("description", "detail", "comment", "subject"))
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


async def _person(deps: Services, talk: Conversation) -> Mapping[str, str]:
    """Return the person of the case: name, unit there, and page; empty where nobody is named."""
    if talk.person is None:
        return {"name": talk.name, "unit": "", "path": ""} if talk.name else {}
    place, path = talk.copropiedad or "", person_path(talk.person)
    found = (await residents(deps.database, [(talk.person, place)])).get((talk.person, place))
    if found is None:
        return {"name": talk.name or _NAMELESS, "unit": "", "path": path}
    unit = short_name(found.tower, found.label) if found.label else ""
    return {"name": nombre(found.name), "unit": unit, "path": path}


def _term(clock: Clock, case: CaseThreadAnswer, deps: Services) -> Mapping[str, Any]:
    now: datetime = deps.now()
    why = calculation(clock, deps.policy.calendar)
    return {
        **term_of(clock, now),
        "late": clock.due_at <= now,
        "paused": bool(clock.course.paused),
        "told": [one for one in case.summary[1:] if _is_of(one, [clock])],
        "sentences": why.sentences,
        "days": [(in_words(day), day) for day in why.days],
    }
