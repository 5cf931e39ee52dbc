"""
Keys of systems: list, create, rotate, revoke.

Nobody gains by giving: a new key, or the successor of an old one, opens no more than its maker may do.
"""

from __future__ import annotations

from typing import Annotated, Final

from msgspec.structs import asdict

from hub.access import api_keys
from hub.catalog import BY_NAME
from hub.desk.keys.rows import (
    ENDS,
    OVERLAPS,
    KeyBody,
    KeyForm,
    KeyMade,
    KeyRow,
    KeysOfName,
    KeysRevoked,
    RotateBody,
    RotateForm,
)
from hub.doors.act import Question
from hub.doors.cells import Argument
from hub.doors.operator import Operator
from hub.errors import BeyondOwnRights, NameTaken, NoSuch, UnknownKey
from hub.model import ApiKey, Json, Scope
from hub.model.pages import ListQuery, Rows, cut

KEY: Final = "key"


async def list_keys(by: Operator, query: ListQuery) -> Rows[KeyRow]:
    """List the keys of systems, newest first, without their secrets."""
    rows = [_row(by, key) for key in await by.stores.api_keys.keys()]
    items, following = cut(
        rows, query, lambda row: (row.created_at.isoformat(), row.prefix), newest_first=True
    )
    return Rows(items=items, next=following)


async def show_keys_of_name(by: Operator, name: str) -> KeysOfName:
    """Show the keys of a name."""
    rows = [_row(by, key) for key in await by.stores.api_keys.keys() if key.name == name]
    if not rows:
        raise NoSuch(KEY)
    return KeysOfName(name=name, rows=rows)


async def create_key(by: Operator, body: KeyBody) -> KeyMade:
    """
    Create a key; only this response has its token.

    The hub stores only a hash.

      hub keys create crm --scope publish --source urn:coproservicios:crm --event pqrs.received

      hub keys create tablero --scope read --scope operate --expires 2027-01-01
    """
    key, token = api_keys.issue(**asdict(body), known_types=BY_NAME, by=by.who, now=by.now)
    _require_no_gain(by, key)
    await by.audit("key.create", _subject(key.name), **_detail(key))
    if not await by.stores.api_keys.add(key):
        raise NameTaken(f"a live key is called {key.name}: rotate it, revoke it, or choose another name")
    return _made(by, key, token)


async def rotate_key(by: Operator, name: Annotated[str, Argument("NAME")], body: RotateBody) -> KeyMade:
    """
    Create the successor of a key; both work until the old one expires.

    It has the same scopes, and its token is shown once: the system can change over in between.
    """
    old = next((key for key in await by.stores.api_keys.live_keys() if key.name == name), None)
    if old is None:
        raise _unknown(name)
    _require_no_gain(by, old)
    ends = body.old_ends_at or by.now + api_keys.OVERLAP
    key, token = api_keys.renew(old, by=by.who, now=by.now)
    await by.audit("key.rotate", _subject(name), **_detail(key), old_ends_at=ends.isoformat())
    if not await by.stores.api_keys.rotate(key, old_ends_at=ends):
        raise _unknown(name)
    return _made(by, key, token)


async def revoke_key(by: Operator, named: Annotated[str, Argument("NAME|PREFIX")]) -> KeysRevoked:
    """Revoke at once the live keys of a name, or the key of a prefix."""
    await by.audit("key.revoke", _subject(named))
    revoked = await by.stores.api_keys.revoke(named)
    if not revoked:
        raise _unknown(named)
    return KeysRevoked(revoked=revoked)


async def ask_revoke(by: Operator, name: str) -> Question:
    """Ask once more before the keys of a name are revoked."""
    await show_keys_of_name(by, name)
    return Question(
        title=f"¿Anular {name}?",
        follows="El sistema que la usa deja de entrar en un segundo, y lo que publique se rechaza. "
        "No se puede deshacer: para volver se crea otra.",
        press="Sí, anularla",
    )


def key_of_form(by: Operator, form: KeyForm) -> KeyBody:
    length = ENDS.get(form.end)
    return KeyBody(
        name=form.name,
        scopes=[scope for scope in Scope if getattr(form, scope.value)],
        source=form.source,
        event_types=form.event_types.split(),
        amqp_user=form.amqp_user,
        cases_of=form.cases_of.split(),
        expires_at=None if length is None else by.now + length,
    )


def overlap_of_form(by: Operator, form: RotateForm) -> RotateBody:
    return RotateBody(old_ends_at=by.now + OVERLAPS[form.overlap])


def _row(by: Operator, key: ApiKey) -> KeyRow:
    return KeyRow(
        name=key.name,
        prefix=key.prefix,
        scopes=sorted(key.scopes),
        source=key.source,
        event_types=sorted(key.event_types),
        state="revoked" if key.revoked_at else "live" if key.live(by.now) else "expired",
        expires_at=key.expires_at,
        used_at=key.used_at,
        amqp_user=key.amqp_user,
        cases_of=sorted(key.cases_of),
        created_at=key.created_at,
        created_by=key.created_by,
        revoked_at=key.revoked_at,
    )


def _made(by: Operator, key: ApiKey, token: str) -> KeyMade:
    return KeyMade(**asdict(_row(by, key)), token=token)


def _require_no_gain(by: Operator, key: ApiKey) -> None:
    # A key holds everywhere, so an office in some copropiedades is not enough.
    missing = sorted(scope for scope in key.scopes if by.places_with(scope) is not None)
    if missing:
        raise BeyondOwnRights(f"A key is made by who may do everywhere what it opens; you lack {missing[0]}.")
    if Scope.PUBLISH in key.scopes and not _within_bounds(by, key):
        raise BeyondOwnRights("A key that is bound to a source makes only keys with the same bounds.")


def _within_bounds(by: Operator, key: ApiKey) -> bool:
    if by.source is None:
        return True
    types = not by.event_types or (bool(key.event_types) and key.event_types <= by.event_types)
    return key.source == by.source and types and key.cases_of <= by.cases_of


def _detail(key: ApiKey) -> dict[str, Json]:
    known: dict[str, Json] = {"prefix": key.prefix, "scopes": sorted(key.scopes), "source": key.source}
    return {**known, "cases_of": sorted(key.cases_of)} if key.cases_of else known


def _subject(named: str) -> str:
    return f"key:{named}"


def _unknown(named: str) -> UnknownKey:
    return UnknownKey(f"there is no live key called {named}")
