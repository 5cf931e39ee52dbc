"""Telephones of an open emergency: whoever was called to help sees those whom nothing has reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from hub.access.actor import Actor
from hub.model.emergencies import OpenEmergency, UnreachedPerson
from hub.people.masking import mask_name
from hub.rendering.filters import nombre
from hub.storage import PostgresEmergencies

_NAMED: Final = 4
"""People whom a page names; the case has all."""


async def unreached_in(
    emergency: OpenEmergency, store: PostgresEmergencies, by: Actor, *, named: bool, calls: bool
) -> Sequence[UnreachedPerson]:
    """Return the first whom nothing has reached; each telephone that is shown is noted before."""
    if not emergency.lost:
        return []
    found = await store.unreached(emergency.key, _NAMED)
    for one in found if calls else ():
        await by.note_look("emergency.phone", emergency.case, person=one.person)
    return [_seen(one, named=named, calls=calls) for one in found]


def _seen(one: UnreachedPerson, *, named: bool, calls: bool) -> UnreachedPerson:
    name = nombre(one.name) if named else mask_name(one.name)
    return replace(one, name=name, phone=one.phone if calls else None)
