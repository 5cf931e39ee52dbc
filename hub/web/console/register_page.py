"""The page to register what came by phone or at the counter: one form, and what may be the same beside it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, NamedTuple

from aiohttp import web
from msgspec import Meta

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
from hub.rendering.schema_form import FormField, flat, parts_of
from hub.rendering.schema_rules import Rule
from hub.rendering.terms import functions
from hub.web.bodies import fields_of
from hub.web.console.composer import documents_given
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.console.wrong_es import wrong_of
from hub.web.requests import FormQuery

PATH: Final = _PATH
NEW: Final = f"{PATH}/new"
FIND: Final = "find"
ALIKE: Final = "alike"
_DATA: Final = "data"
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
    """Register what is in the form; or only find who it is and what may be the same."""
    given = await fields_of(request)
    if given.get("step") in {FIND, ALIKE}:
        return await _form(request, given, fresh=True)
    by = operator_of(request, OPERATE)
    try:
        row = await acts.register(by, _body(by, given, documents_given(request)))
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
        data=_typed(by, KINDS[kind], given),
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


async def _form(
    request: web.Request, given: Given, *, fresh: bool = False, wrong: HubError | None = None
) -> web.StreamResponse:
    by, kind = operator_of(request, OPERATE), _kind(given)
    field = wrong.field if isinstance(wrong, InvalidEvent) else None
    shown = None if wrong is None else wrong_of(wrong)
    finds = given.get("step") != ALIKE
    return console_page(
        "desk/registrations/new.html",
        request,
        here="/cases",
        status=200 if shown is None else shown.status,
        kind=kind,
        kinds=KINDS_ES,
        declared=KINDS[kind],
        fields=_fields(by, KINDS[kind], given, wrong=field, fresh=fresh or field is None),
        terms=_terms(by),
        given=given,
        wrong=shown,
        nobody=field in {f"data.{name}" for name in (KINDS[kind].person, "unit_id", "copropiedad_id")},
        callers=await _callers(by, given.get("q", "").strip()) if finds else [],
        alike=await _alike(by, kind, given),
        buildings=await buildings_of(request),
        form=given.get("form") or secrets.token_urlsafe(12),
    )


def _fields(
    by: Operator, kind: RegisterKind, given: Given, *, wrong: str | None, fresh: bool
) -> Sequence[FormField]:
    """Return the fields that are asked, with what was typed; of a `fresh` form nothing is wrong yet."""
    data = {**kind.fixed, **_typed(by, kind, given)}
    held = {name: data[name] for name in kind.fields if name in data}
    rule = _rule_of(by, kind)
    return [
        _field(kind, one) for one in flat(parts_of(rule, held, wrong=wrong, path=_DATA, judged=not fresh))
    ]


def _field(kind: RegisterKind, field: FormField) -> FormField:
    name = field.name.partition(".")[2]
    field = replace(field, label=kind.labels.get(name, field.label))
    if name in kind.choices:
        few = "options" if name == "kind" else "select"
        return replace(field, kind=few, options=list(kind.choices[name].items()))
    return replace(field, kind="area") if name in kind.long else field


def _typed(by: Operator, kind: RegisterKind, given: Given) -> dict[str, Json]:
    """Return the data that was typed."""
    return dict(read_form(_rule_of(by, kind), given, {}, path=_DATA))


def _rule_of(by: Operator, kind: RegisterKind) -> Rule:
    """Return the rule of the fields that are asked."""
    document = by.stores.schemas.by_name[kind.event].document
    return {
        "properties": {name: document["properties"][name] for name in kind.fields},
        "required": [name for name in kind.fields if name in document["required"]],
        "$defs": document.get("$defs", {}),
    }


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
