"""People in lists: a name and a unit as the caller's sight has them, never a reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from aiohttp import web
from msgspec import Struct

from hub.access.sight import Field
from hub.model.named import Recipient
from hub.people.masking import mask_name
from hub.people.units import own_name, short_name
from hub.rendering.filters import nombre
from hub.rendering.matters_es import about
from hub.storage import named
from hub.web.auth.caller import sight_of
from hub.web.services import services


class Person(Struct, frozen=True, kw_only=True):
    """A person as a row shows them; without `ref` they have no page, for the directory does not have them."""

    name: str
    unit: str
    building: str = ""
    ref: str = ""
    about: str = ""
    """What their message is about, in the words of whoever wrote; empty for who may not read those."""


async def recipients_of(request: web.Request, messages: Collection[UUID]) -> Mapping[UUID, Person]:
    """Return id of a message, or of a letter → its person."""
    found = await named.recipients(services(request).database, messages)
    return {
        one.id: Person(
            name=_name(request, one.name, one.copropiedad_id),
            unit=short_name(one.tower, one.label) if one.label else "",
            building=own_name(one.building or ""),
            ref=one.ref if one.known else "",
            about=_about(request, one),
        )
        for one in found.values()
    }


def _about(request: web.Request, one: Recipient) -> str:
    if not sight_of(request).is_plain(Field.WORDS, one.copropiedad_id):
        return ""
    return about(one.type, one.data)


async def people_of(request: web.Request, asked: Iterable[tuple[str, str | None]]) -> Mapping[str, Person]:
    """Return reference → the person in a place; None is the whole company."""
    pairs = {(ref, place or "") for ref, place in asked if ref}
    found = await named.residents(services(request).database, pairs)
    return {
        one.ref: Person(
            name=_name(request, one.name, one.copropiedad_id or None),
            unit=short_name(one.tower, one.label) if one.label else "",
            ref=one.ref,
        )
        for one in found.values()
    }


def _name(request: web.Request, name: str, place: str | None) -> str:
    return nombre(name) if sight_of(request).is_plain(Field.NAME, place) else mask_name(name)
