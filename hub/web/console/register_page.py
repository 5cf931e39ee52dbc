"""The page to register what came by phone or at the counter: one form, and what may be the same beside it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, NamedTuple

from aiohttp import web
from msgspec import Meta

from hub.cloudevents.schemas import Schema
from hub.desk.cases.heard import add_to_case
from hub.desk.cases.rows import HEARD, HeardBody
from hub.desk.registrations import acts
from hub.desk.registrations.kinds import KINDS, RegisterKind
from hub.desk.registrations.noun import PATH as _PATH
from hub.desk.registrations.rows import KINDS_ES, AlikeQuery, Home, RegisterBody
from hub.desk.search.acts import find
from hub.desk.search.recognise import LONGEST
from hub.desk.search.rows import SearchQuery
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.errors import HubError, InvalidEvent
from hub.model import Json
from hub.model.registrations import KindWord
from hub.people.units import own_name, unit_name
from hub.rendering.case_words_es import PQRS_KINDS
from hub.rendering.filled_form import read_form
from hub.rendering.labels_es import ROLES
from hub.rendering.page_links import case_path
from hub.rendering.schema_form import FormField, flat, parts_of
from hub.rendering.terms import functions
from hub.web.bodies import fields_of
from hub.web.console.composer import documents_given
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.console.wrong_es import wrong_of
from hub.web.requests import FormQuery

DATA: Final = "data"
Schemas = Mapping[str, Schema]
Form = Mapping[str, Json]


PATH: Final = _PATH
NEW: Final = f"{PATH}/new"
FIND: Final = "find"
ALIKE: Final = "alike"
_FOUND: Final = 6
Given = Mapping[str, str]


class RegisterPageQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[KindWord, Meta(description="What is registered.")] = KindWord.PQRS


class Caller(NamedTuple):
    """Somebody, or a unit, that was found: `value` is what the form sends of it."""

    value: str
    name: str
    detail: str


async def show(request: web.Request, query: RegisterPageQuery) -> web.StreamResponse:
    """Show an empty form of a kind."""
    return await _form(request, {"kind": query.kind}, fresh=True)


async def register(request: web.Request) -> web.StreamResponse:
    """Register what is in the form, or add it to a case; or only find who it is and what may be the same."""
    given = await fields_of(request)
    if given.get("step") in {FIND, ALIKE}:
        return await _form(request, given, fresh=True)
    by = operator_of(request, OPERATE)
    try:
        body = _body(by, given, documents_given(request))
        if case := given.get("join"):
            await acts.note_consent(by, body)
            joined = await add_to_case(by, case, _heard(by, body))
            return done(case_path(joined.case), add_to_case.__name__)
        row = await acts.register(by, body)
    except HubError as error:
        return await _form(request, given, wrong=error)
    return done(f"{PATH}/{row.id}", acts.register.__name__)


def _kind(given: Given) -> KindWord:
    word = given.get("kind", "")
    return KindWord(word) if word in set(KindWord) else KindWord.PQRS


def _body(by: Operator, given: Given, documents: Mapping[str, Any]) -> RegisterBody:
    kind = _kind(given)
    ref, unit, place = (*given.get("who", "").split("|"), "", "")[:3]
    return RegisterBody(
        kind=kind,
        data=dict(typed(KINDS[kind], given, by.stores.schemas.by_name)),
        copropiedad=(place or given.get("copropiedad") or None),
        unit=unit or None,
        ref=ref or None,
        authorises="authorises" in given,
        form=given.get("form", ""),
        name=given.get("name", ""),
        email=given.get("email", ""),
        phone=given.get("phone", ""),
        **documents,
    )


def _heard(by: Operator, body: RegisterBody) -> HeardBody:
    """Return what is in the form as a case takes it. Raises InvalidEvent for nothing, and for too much."""
    words = in_words(KINDS[body.kind], body.data, by.stores.schemas.by_name)
    if not words or len(words) > HEARD:
        raise InvalidEvent("expected what somebody says, in a few lines", field="data")
    name = ", ".join(filter(None, (body.name, body.phone, body.email)))
    return HeardBody(
        words=words,
        form=body.form,
        ref=body.ref,
        name=name,
        file=body.file,
        file_name=body.file_name,
        more=body.more,
    )


async def _form(
    request: web.Request, given: Given, *, fresh: bool = False, wrong: HubError | None = None
) -> web.StreamResponse:
    by, kind = operator_of(request, OPERATE), _kind(given)
    field = wrong.field if isinstance(wrong, InvalidEvent) else None
    shown = None if wrong is None else wrong_of(wrong)
    finds, schemas = given.get("step") != ALIKE, by.stores.schemas.by_name
    return console_page(
        "desk/registrations/new.html",
        request,
        here="/cases",
        status=200 if shown is None else shown.status,
        kind=kind,
        kinds=KINDS_ES,
        declared=KINDS[kind],
        fields=form_fields(KINDS[kind], given, schemas, wrong=field, fresh=fresh or field is None),
        terms=_terms(by),
        given=given,
        wrong=shown,
        nobody=field in {f"data.{name}" for name in (KINDS[kind].person, "unit_id", "copropiedad_id")},
        callers=await _callers(by, given.get("q", "").strip()) if finds else [],
        alike=await _alike(by, kind, given),
        buildings=await buildings_of(request),
        form=given.get("form") or secrets.token_urlsafe(12),
    )


def _terms(by: Operator) -> Mapping[str, str]:
    """Return kind of a PQRS → its name in law, and the legal term of its answer."""
    clocks = by.stores.policy.clocks
    ends = {kind: functions(clocks, {"kind": kind})["term"]("legal_term") for kind in PQRS_KINDS}
    return {kind: f"{PQRS_KINDS[kind]}, respuesta en {end}" for kind, end in ends.items()}


async def _callers(by: Operator, sought: str) -> Sequence[Caller]:
    """Return people and units of a search, each once for each of their homes."""
    if not sought:
        return []
    groups = (await find(by, SearchQuery(q=sought[:LONGEST], limit=_FOUND))).groups
    items = [item for group in groups if group.kind in {"people", "units"} for item in group.items]
    homes = await acts.homes_of(by, [item.id for item in items if item.kind == "person"])
    found: dict[str, Caller] = {}
    for item in items:
        for home in (home for home in homes if home.ref == item.id):
            value = f"{home.ref}|{home.unit or ''}|{home.copropiedad}"
            found.setdefault(value, Caller(value, item.title, _where(home)))
        if item.kind == "unit":
            value = f"|{item.id}|{item.copropiedad or ''}"
            found[value] = Caller(value, item.title, item.detail)
    return list(found.values())


def _where(home: Home) -> str:
    """`Propietaria, T1-504, Altos del Rosal`."""
    words = (
        ROLES.get(home.role, home.role),
        home.label and unit_name(home.tower, home.label),
        own_name(home.building or ""),
    )
    return ", ".join(filter(None, words))


async def _alike(by: Operator, kind: KindWord, given: Given) -> Sequence[Any]:
    place = given.get("who", "").rpartition("|")[2] or given.get("copropiedad", "")
    said = next((text for name in KINDS[kind].long if (text := given.get(f"data.{name}"))), "")
    if not place or not said:
        return []
    return (await acts.find_alike(by, AlikeQuery(copropiedad=place, words=said[:1000]))).items


def form_fields(
    kind: RegisterKind, given: Mapping[str, str], schemas: Schemas, *, wrong: str | None, fresh: bool
) -> Sequence[FormField]:
    """Return the fields that are asked, with what was typed; of a `fresh` form nothing is wrong yet."""
    data = {**kind.fixed, **typed(kind, given, schemas)}
    held = {name: data[name] for name in kind.fields if name in data}
    form = _form_of(kind, schemas)
    parts = flat(parts_of(form, held, wrong=wrong, path=DATA, judged=not fresh))
    return [_shown(kind, form, one) for one in parts]


def in_words(kind: RegisterKind, data: Mapping[str, Json], schemas: Schemas) -> str:
    """Return what was said: each field in a line, as its form has it."""
    form = _form_of(kind, schemas)
    parts = flat(parts_of(form, dict(data), path=DATA, judged=False))
    said = [_shown(kind, form, one) for one in parts if one.value]
    return "\n".join(f"{one.label}: {dict(one.options).get(one.value, one.value)}" for one in said)


def _shown(kind: RegisterKind, form: Form, field: FormField) -> FormField:
    name = field.name.partition(".")[2]
    field = replace(field, label=kind.labels.get(name, field.label))
    if name in kind.choices:
        few = "options" if name == "kind" else "select"
        return replace(field, kind=few, options=list(kind.choices[name].items()))
    if words := _ticked(form).get(name):
        return replace(field, kind="ticks", options=list(words.items()), help=kind.helps.get(name, ""))
    return replace(field, kind="area") if name in kind.long else field


def typed(kind: RegisterKind, given: Mapping[str, str], schemas: Schemas) -> Mapping[str, Json]:
    """Return the data that was typed."""
    form = _form_of(kind, schemas)
    pressed = {
        name: "\n".join(word for word in words if f"{DATA}.{name}.{word}" in given)
        for name, words in _ticked(form).items()
    }
    ticked = {f"{DATA}.{name}": lines for name, lines in pressed.items()}
    made: Mapping[str, Json] = read_form(form, {**given, **ticked}, {}, path=DATA)
    return made


def _ticked(form: Form) -> Mapping[str, Mapping[str, str]]:
    """Return the fields that take some of a few words: word → what is ticked."""
    fields = form["properties"].items()
    return {name: one["items"]["x-words"] for name, one in fields if "x-words" in one.get("items", {})}


def _form_of(kind: RegisterKind, schemas: Schemas) -> Form:
    document = schemas[kind.event].document
    return {
        "properties": {name: document["properties"][name] for name in kind.fields},
        "required": [name for name in kind.fields if name in document["required"]],
        "$defs": document.get("$defs", {}),
    }
