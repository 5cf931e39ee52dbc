"""Keys of systems and the audit over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import api_keys
from hub.catalog import BY_NAME
from hub.model import ApiKey, Json, Scope
from hub.web.auth.audit import caller_of, note
from hub.web.requests import read_body, read_query
from hub.web.responses import Refusal, json_answer, page_answer
from hub.web.schemas.common import Instant, Word
from hub.web.schemas.replies import PageQuery
from hub.web.services import services


class KeyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Word, Meta(description="1 to 64 letters, digits, dots, dashes, underscores.")]
    scopes: list[Scope]
    source: Annotated[Word, Meta(description="It publishes for this source alone.")] | None = None
    event_types: Annotated[list[Word], Meta(description="And these alone: `pqrs.received`.")] = []
    amqp_user: Annotated[Word, Meta(description="Over RabbitMQ the source is this user's.")] | None = None
    expires_at: Instant | None = None


class RotateBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    old_ends_at: Annotated[Instant, Meta(description="Until then both open; a day if not said.")] | None = (
        None
    )


class KeyRow(Struct, kw_only=True):
    """A key without its secret, of which only a hash is kept."""

    name: str
    prefix: Annotated[str, Meta(description="The middle of the token, to recognise it by.")]
    state: Annotated[str, Meta(description="`live`, `expired` or `revoked`.")]
    scopes: list[Scope]
    source: str | None
    event_types: list[str]
    amqp_user: str | None
    created_at: Instant
    created_by: str
    expires_at: Instant | None
    revoked_at: Instant | None
    used_at: Instant | None


class KeyMade(KeyRow, kw_only=True):
    """`token` is shown here and never again."""

    token: str


class KeyList(Struct, kw_only=True):
    items: list[KeyRow]
    next: None


class KeysRevoked(Struct, kw_only=True, frozen=True):
    revoked: int


class NotesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: (
        Annotated[Word, Meta(description="Who looked at this person's data, and who changed it.")] | None
    ) = None


class NoteRow(Struct, kw_only=True):
    """What somebody looked at or changed; never a value of a person."""

    id: str
    at: Instant
    who: str
    action: str
    subject: str
    person: Annotated[str | None, Meta(description="Whose data it was, where it was one person's.")]
    detail: dict[str, Any]


class NotePage(Struct, kw_only=True):
    items: list[NoteRow]
    next: str | None


async def list_keys(request: web.Request) -> web.Response:
    """All keys, newest first."""
    now = services(request).now()
    items = [row(key, now=now) for key in await services(request).api_keys.keys()]
    return json_answer({"items": items, "next": None})


async def create_key(request: web.Request) -> web.Response:
    """Make a key; its token is in this answer and never again."""
    body = await read_body(request, KeyBody)
    now = services(request).now()
    key, token = api_keys.issue(
        body.name,
        scopes=body.scopes,
        source=body.source,
        event_types=body.event_types,
        amqp_user=body.amqp_user,
        expires_at=body.expires_at,
        known_types=BY_NAME,
        by=caller_of(request).who,
        now=now,
    )
    await note(request, "key.create", f"key:{key.name}", **about(key))
    if not await services(request).api_keys.add(key):
        raise Refusal(409, "A live key has this name.", "Rotate it, revoke it, or choose another name.")
    return json_answer({**row(key, now=now), "token": token}, status=201)


async def rotate_key(request: web.Request) -> web.Response:
    """Make the successor of a key; the old one goes on for the overlap."""
    body = await read_body(request, RotateBody)
    store, now = services(request).api_keys, services(request).now()
    old = newest(await store.live_keys(), request.match_info["name"])
    ends = body.old_ends_at or now + api_keys.OVERLAP
    if old is not None:
        key, token = api_keys.renew(old, by=caller_of(request).who, now=now)
        await note(request, "key.rotate", f"key:{key.name}", **about(key), old_ends_at=ends.isoformat())
        if await store.rotate(key, old_ends_at=ends):
            return json_answer({**row(key, now=now), "token": token}, status=201)
    raise _no_key()


async def revoke_key(request: web.Request) -> web.Response:
    """End the live keys of a name, or the one of a prefix, now."""
    named = request.match_info["name"]
    await note(request, "key.revoke", f"key:{named}")
    revoked = await services(request).api_keys.revoke(named)
    if not revoked:
        raise _no_key()
    return json_answer(KeysRevoked(revoked=revoked))


async def list_notes(request: web.Request) -> web.Response:
    """Who looked at what and changed what, newest first."""
    query = read_query(request, NotesQuery)
    page = await services(request).audit.notes(after=query.after, limit=query.limit, person=query.person)
    if query.person is not None:
        await note(request, "audit.person", f"person:{query.person}", person=query.person)
    return page_answer(page)


def newest(live: Iterable[ApiKey], name: str) -> ApiKey | None:
    """Answer the newest of the live keys that has this name."""
    return next((key for key in live if key.name == name), None)


def row(key: ApiKey, *, now: datetime) -> dict[str, Json]:
    """Answer a key in the shape of the API; the command line shows the same."""
    state = "revoked" if key.revoked_at else "live" if key.live(now) else "expired"
    return {
        "name": key.name,
        "prefix": key.prefix,
        "state": state,
        "scopes": sorted(key.scopes),
        "source": key.source,
        "event_types": sorted(key.event_types),
        "amqp_user": key.amqp_user,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "used_at": key.used_at,
    }


def about(key: ApiKey) -> dict[str, Json]:
    """Answer what the audit keeps of a key."""
    return {"prefix": key.prefix, "scopes": sorted(key.scopes), "source": key.source}


def _no_key() -> Refusal:
    return Refusal(404, "There is no live key of this name.", "GET /api/keys lists the keys.")
