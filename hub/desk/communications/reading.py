"""Looks of a plan: some of its people to look by, and what one of them reads on a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.access.sight import Field
from hub.desk.communications.rows import CommunicationWhole
from hub.doors.operator import Operator, found
from hub.operations.communications import looks
from hub.operations.communications.kinds import BY_EVENT
from hub.operations.communications.looks import Look, Reader
from hub.people.audience import Group
from hub.people.masking import mask_name
from hub.storage import people

PERSON: Final = "person"


async def readers_of(by: Operator, whole: CommunicationWhole) -> Sequence[tuple[str, str]]:
    """Return ref and name of some people of the plan, who has the longest name first."""
    plan = await by.stores.communications.plan_of(whole.row.id) if whole.is_planned else None
    if plan is None or not BY_EVENT[whole.row.kind].narrows:
        return ()
    plain = by.sight.is_plain_in(Field.NAME, by.places)
    found_there = await by.stores.communications.samples(plan.id)
    return [(ref, name if plain else mask_name(name)) for ref, name in found_there]


def channels_of(whole: CommunicationWhole) -> list[str]:
    """Return the channels of the plan, paper last."""
    shown = whole.plan.shown if whole.plan else None
    if shown is None:
        return []
    told = [*shown.channels, *(text.channel for text in shown.texts)]
    return looks.channels_of(BY_EVENT[whole.row.kind], told, posters=bool(shown.posters))


async def look_at(by: Operator, communication: UUID, kind: str, ref: str, channel: str) -> Look:
    """
    Return what this person of the plan reads on this channel. Raises NoSuch for somebody of other places.

    Who may not read names there sees them masked.
    """
    store = by.stores.communications
    plan = found(PERSON, await store.plan_of(communication))
    part, units, building, brand = found(PERSON, await store.reader(plan.id, ref, by.places))
    parts = {one.part: one for one in await store.parts(plan.id)}
    named = Group(person=ref)
    person = found(PERSON, next(iter((await people.look_up(by.db, [named]))[named]), None))
    person = replace(person, units=units)
    if not by.sight.is_plain(Field.NAME, parts[part].place or None):
        person = replace(person, name=mask_name(person.name))
    return _look(
        by, kind, plan.id, Reader(person=person, part=parts[part], building=building, brand=brand), channel
    )


async def look_as(by: Operator, communication: UUID, kind: str, ref: str, channel: str) -> Look:
    """Return what somebody would read who need not be of the plan. Raises NoSuch."""
    store, named = by.stores.communications, Group(person=ref)
    plan = found(PERSON, await store.plan_of(communication))
    part = found(PERSON, next(iter(await store.parts(plan.id)), None))
    person = found(PERSON, next(iter((await people.look_up(by.db, [named]))[named]), None))
    names = await by.stores.directory.place_names(by.places)
    reader = Reader(person=person, part=part, building=names.get(part.place), brand=None)
    return _look(by, kind, plan.id, reader, channel)


def _look(by: Operator, kind: str, plan: UUID, reader: Reader, channel: str) -> Look:
    stores = by.stores
    return looks.look(
        BY_EVENT[kind],
        plan,
        reader,
        channel,
        at=by.now,
        render=stores.render_again,
        board=stores.company.templates.render_board,
    )
