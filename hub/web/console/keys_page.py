"""Llaves: what other systems enter with; create, rotate, revoke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import api_keys, grant_keys
from hub.access.grant_keys import KeyRow
from hub.catalog import BY_NAME
from hub.model import ApiKey, Scope, Word
from hub.operations.explain.sentences_es import short_time
from hub.rendering.labels_es import KEY_STATES, SCOPES
from hub.rendering.page_links import key_path
from hub.web.api.api_keys import admin_of
from hub.web.auth.caller import caller_of
from hub.web.console.accounts_page import PATH as SECTION
from hub.web.console.accounts_page import tabs
from hub.web.console.shell import console_page, done, spreadsheet, with_query
from hub.web.console.wrong_es import REFUSED, Wrong, wrong_of
from hub.web.requests import FormQuery, Sheet
from hub.web.responses import Refusal
from hub.web.services import services

PATH: Final = "/keys"
ONE: Final = f"{PATH}/{{name}}"
_COLUMNS: Final = ("Llave", "Prefijo", "Abre", "Origen", "Eventos", "Estado", "Vence", "Último uso")
_ENDS: Final[Mapping[str, tuple[str, timedelta | None]]] = MappingProxyType(
    {
        "month": ("En un mes", timedelta(days=30)),
        "quarter": ("En tres meses", timedelta(days=91)),
        "year": ("En un año", timedelta(days=365)),
        "never": ("Nunca", None),
    }
)
"""When a new key expires."""
_OVERLAPS: Final[Mapping[str, tuple[str, timedelta]]] = MappingProxyType(
    {
        "hour": ("una hora más", timedelta(hours=1)),
        "day": ("un día más", timedelta(days=1)),
        "week": ("una semana más", timedelta(days=7)),
    }
)
"""How long an old key opens besides its successor."""


class KeysQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class KeyQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sure: Annotated[bool, Meta(description="Ask once more before it is revoked.")] = False


class KeyForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticked box for each scope, by its name."""

    name: Word
    publish: bool = False
    read: bool = False
    operate: bool = False
    privacy: bool = False
    admin: bool = False
    inbox: bool = False
    source: Word | None = None
    event_types: Annotated[str, Meta(max_length=2000)] = ""
    amqp_user: Word | None = None
    end: Literal["month", "quarter", "year", "never"]


class KeyChangeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    act: Literal["rotate", "revoke"]
    overlap: Literal["hour", "day", "week"] = "day"


async def show(request: web.Request, query: KeysQuery) -> web.StreamResponse:
    """List the keys of systems, newest first."""
    if query.format is not None:
        return spreadsheet("llaves", _COLUMNS, map(_line, await _rows(request)))
    return await _list(request)


def _line(row: KeyRow) -> tuple[object, ...]:
    opens = ", ".join(SCOPES[scope] for scope in row.scopes)
    ends, used = (short_time(at) if at else "" for at in (row.expires_at, row.used_at))
    state = KEY_STATES[row.state]
    return row.name, row.prefix, opens, row.source or "", " ".join(row.event_types), state, ends, used


async def _list(
    request: web.Request, wrong: Wrong | None = None, form: KeyForm | None = None
) -> web.Response:
    return console_page(
        "console/keys.html",
        request,
        here=SECTION,
        status=200 if wrong is None else wrong.status,
        rows=await _rows(request),
        wrong=wrong,
        form=None if form is None else {name: getattr(form, name) for name in form.__struct_fields__},
        sheet=with_query(request, format="csv"),
        ends={name: label for name, (label, _) in _ENDS.items()},
        tabs=tabs(everywhere=True),
    )


async def _rows(request: web.Request, name: str | None = None) -> Sequence[KeyRow]:
    deps = services(request)
    keys = [key for key in await deps.api_keys.keys() if name in (None, key.name)]
    return [grant_keys.row(key, now=deps.now()) for key in keys]


async def create(request: web.Request, form: KeyForm) -> web.StreamResponse:
    """Create a key, and show its token."""
    now, length = services(request).now(), _ENDS[form.end][1]
    try:
        key, token = api_keys.issue(
            form.name,
            scopes=[scope for scope in Scope if getattr(form, scope.value)],
            source=form.source,
            event_types=form.event_types.split(),
            amqp_user=form.amqp_user,
            expires_at=None if length is None else now + length,
            known_types=BY_NAME,
            by=caller_of(request).who,
            now=now,
        )
        await grant_keys.grant(admin_of(request), key)
    except REFUSED as error:
        return await _list(request, wrong_of(error), form)
    return _once(request, key, token)


async def show_one(request: web.Request, query: KeyQuery) -> web.StreamResponse:
    """Show the keys of a name; with `sure` ask once more before they are revoked."""
    return await _one(request, sure=query.sure)


async def _one(request: web.Request, *, sure: bool = False, wrong: Wrong | None = None) -> web.Response:
    name = request.match_info["name"]
    rows = await _rows(request, name)
    if not rows:
        raise Refusal(404, "There is no key of this name.", "The list shows those that there are.")
    return console_page(
        "console/one_key.html",
        request,
        here=SECTION,
        status=200 if wrong is None else wrong.status,
        name=name,
        rows=rows,
        is_live=any(row.state == "live" for row in rows),
        sure=sure,
        wrong=wrong,
        path=key_path(name),
        scopes_of=lambda row: ", ".join(SCOPES[scope] for scope in row.scopes),
        overlaps={word: label for word, (label, _) in _OVERLAPS.items()},
    )


async def act(request: web.Request, form: KeyChangeForm) -> web.StreamResponse:
    """Rotate or revoke the live keys of a name."""
    admin, name = admin_of(request), request.match_info["name"]
    if form.act == "revoke":
        await grant_keys.revoke(admin, name)
        return done(PATH, "revoked")
    try:
        ends = admin.now + _OVERLAPS[form.overlap][1]
        key, token = await grant_keys.rotate(admin, name, old_ends_at=ends)
    except REFUSED as error:
        return await _one(request, wrong=wrong_of(error))
    return _once(request, key, token)


def _once(request: web.Request, key: ApiKey, token: str) -> web.Response:
    """Show a secret in the answer itself: no address and no store ever has it."""
    return console_page(
        "console/once.html",
        request,
        here=SECTION,
        title=f"Llave {key.name}",
        what=f"Abre: {', '.join(SCOPES[scope] for scope in sorted(key.scopes))}.",
        secret=token,
        until=key.expires_at,
        to_do="Póngala donde el otro sistema guarda sus secretos, y en ninguna otra parte.",
        back=key_path(key.name),
        back_label="Ir a la llave",
    )
