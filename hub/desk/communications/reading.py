"""Looks of a plan: what one of its people reads on a channel; a test of it, to its maker alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from hub.access.sight import Field
from hub.desk.communications.acts import show_communication
from hub.desk.communications.asking import account_of
from hub.desk.communications.rows import CommunicationWhole
from hub.doors.operator import Operator, found
from hub.errors import NotOffered, OtherState
from hub.model import Person, own_event
from hub.operations.communications import looks
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.looks import Look, Reader
from hub.people.audience import Group
from hub.people.masking import mask_name
from hub.storage import people

PERSON: Final = "person"
TRIED: Final = "hub.communication.tried"
_TO_THEMSELVES: Final = "Your account belongs to no person of the directory: there is nobody to send it to."
_NO_PLAN: Final = "It has no plan of these words: plan it first."


class CommunicationTried(Struct, kw_only=True, frozen=True):
    """The test that was sent; `person` is its maker."""

    id: UUID
    person: str


async def readers_of(by: Operator, whole: CommunicationWhole) -> Sequence[tuple[str, str]]:
    """Return ref and name of some people of the plan, who has the longest name first."""
    plan = await by.stores.communications.plan_of(whole.row.id) if whole.is_planned else None
    if plan is None:
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
    return looks.channels_of(kind_of(whole.row.kind), told, posters=bool(shown.posters))


async def look_at(by: Operator, communication: UUID, kind: str, ref: str, channel: str) -> Look:
    """
    Return what this person of the plan reads on this channel. Raises NoSuch for somebody of other places.

    Who may not read names there sees them masked.
    """
    store = by.stores.communications
    plan = found(PERSON, await store.plan_of(communication))
    number, units, building, brand = found(PERSON, await store.reader(plan.id, ref, by.places))
    part = next(one for one in await store.parts(plan.id) if one.part == number)
    person = replace(await _person(by, ref), units=units)
    if not by.sight.names(part.place or None):
        person = replace(person, name=mask_name(person.name))
    return _look(by, kind, plan.id, Reader(person=person, part=part, building=building, brand=brand), channel)


async def try_communication(by: Operator, communication: UUID) -> CommunicationTried:
    """
    Send a planned draft to yourself alone, as a mail and in your inbox: nothing else begins.

    Raises NotOffered for an account without a person, OtherState for a draft without a plan.
    """
    whole, account = await show_communication(by, communication), await account_of(by)
    if account is None or not account.person:
        raise NotOffered(_TO_THEMSELVES)
    channels = channels_of(whole)
    if not whole.is_planned or not channels:
        raise OtherState(_NO_PLAN)
    # With the name of its maker: the event keeps nobody else's.
    look = await _look_as(by, whole.row.id, whole.row.kind, account.person, channels[0])
    try_id = f"{whole.row.id}:{whole.row.version}"
    await by.audit("communication.try", f"communication:{whole.row.id}")
    data = {
        "try_id": try_id,
        "holder": {"ref": account.person},
        "title": look.subject or whole.row.title,
        "body_markdown": look.text or look.problem,
    }
    now = by.now
    await by.stores.publisher.event(own_event(TRIED, f"try:{try_id}:{now.timestamp()}", data, time=now))
    return CommunicationTried(id=whole.row.id, person=account.person)


async def _look_as(by: Operator, communication: UUID, kind: str, ref: str, channel: str) -> Look:
    """Return what somebody would read who need not be of the plan. Raises NoSuch."""
    store = by.stores.communications
    plan = found(PERSON, await store.plan_of(communication))
    part = found(PERSON, next(iter(await store.parts(plan.id)), None))
    names = await by.stores.directory.place_names(by.places)
    person, building = await _person(by, ref), names.get(part.place)
    return _look(by, kind, plan.id, Reader(person=person, part=part, building=building, brand=None), channel)


async def _person(by: Operator, ref: str) -> Person:
    named = Group(person=ref)
    return found(PERSON, next(iter((await people.look_up(by.db, [named]))[named]), None))


def _look(by: Operator, kind: str, plan: UUID, reader: Reader, channel: str) -> Look:
    render, board = by.stores.render_again, by.stores.company.templates.render_board
    return looks.look(kind_of(kind), plan, reader, channel, at=by.now, render=render, board=board)
