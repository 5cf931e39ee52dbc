"""Keys of systems and the audit over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import api_keys, grant_keys
from hub.access.grant_keys import KeyAdmin
from hub.catalog import BY_NAME
from hub.model import Instant, Scope, Word
from hub.model.pages import ListQuery, PageQuery
from hub.ports import NoteFilter
from hub.web.auth.caller import caller_of, note
from hub.web.paging import page_by
from hub.web.responses import json_answer
from hub.web.services import services


class KeyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Word, Meta(description="1 to 64 letters, digits, dots, dashes, underscores.")]
    scopes: list[Scope]
    source: Annotated[Word, Meta(description="The only source it may publish for.")] | None = None
    event_types: Annotated[
        list[Word], Meta(description="The only event types it may publish: `pqrs.received`.")
    ] = []
    amqp_user: Annotated[Word, Meta(description="The RabbitMQ user bound to the source.")] | None = None
    expires_at: Instant | None = None


class RotateBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    old_ends_at: (
        Annotated[Instant, Meta(description="Both keys work until then; by default for a day.")] | None
    ) = None


class KeysRevoked(Struct, kw_only=True, frozen=True):
    revoked: int


class NotesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: (
        Annotated[Word, Meta(description="Who looked at this person's data, and who changed it.")] | None
    ) = None
    by: Annotated[Word, Meta(description="By whom: `account:ana`, or only `ana`.")] | None = None
    action: Annotated[Word, Meta(description="What was done: `key.create`.")] | None = None
    subject: Annotated[Word, Meta(description="To what: `key:crm`, or only `crm`.")] | None = None
    since: Annotated[Instant, Meta(description="Done at this instant (RFC 3339) or later.")] | None = None
    until: Annotated[Instant, Meta(description="Done before this instant.")] | None = None


class NoteRow(Struct, kw_only=True):
    """A look or a change by somebody; never contains a person's data."""

    id: str
    at: Instant
    who: str
    action: str
    subject: str
    person: Annotated[str | None, Meta(description="The person whose data it was, if it was one person's.")]
    detail: dict[str, Any]
    address: Annotated[str | None, Meta(description="Where it came from, if it was done over HTTP.")]


async def list_keys(request: web.Request, query: ListQuery) -> web.Response:
    """List the keys of systems, newest first, without their secrets."""
    now = services(request).now()
    items = [grant_keys.row(key, now=now) for key in await services(request).api_keys.keys()]
    page = page_by(items, query, key=lambda key: (key.created_at.isoformat(), key.prefix), newest_first=True)
    return json_answer(page)


async def create_key(request: web.Request, body: KeyBody) -> web.Response:
    """Create a key; only this response has its token."""
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
    await grant_keys.grant(admin_of(request), key)
    return json_answer(grant_keys.made(key, token, now=now), status=201)


async def rotate_key(request: web.Request, body: RotateBody) -> web.Response:
    """Create the successor of a key; both work until the old one expires."""
    admin, name = admin_of(request), request.match_info["name"]
    key, token = await grant_keys.rotate(admin, name, old_ends_at=body.old_ends_at)
    return json_answer(grant_keys.made(key, token, now=admin.now), status=201)


async def revoke_key(request: web.Request) -> web.Response:
    """Revoke at once the live keys of a name, or the key of a prefix."""
    revoked = await grant_keys.revoke(admin_of(request), request.match_info["name"])
    return json_answer(KeysRevoked(revoked=revoked))


async def list_notes(request: web.Request, query: NotesQuery) -> web.Response:
    """List who looked at people's data and who changed what, newest first."""
    narrowed = NoteFilter(
        who=query.by, action=query.action, subject=query.subject, since=query.since, until=query.until
    )
    page = await services(request).audit.notes(
        after=query.after, limit=query.limit, person=query.person, narrowed=narrowed
    )
    if query.person is not None:
        await note(request, "audit.person", f"person:{query.person}", person=query.person)
    return json_answer(page)


def admin_of(request: web.Request) -> KeyAdmin:
    """Return the administration of keys, by the caller."""
    deps, caller = services(request), caller_of(request)
    return KeyAdmin(
        store=deps.api_keys,
        audit=deps.audit,
        who=caller.who,
        reach=caller.reach,
        source=caller.source,
        event_types=caller.event_types,
        now=deps.now(),
    )
