"""Looks of a planned communication: each channel's text for a person of it, as it would arrive today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.errors import TemplateFailure
from hub.messages.planning.reach import LETTER, PAPER
from hub.model import Audience, Brand, Claimed, Lane, Message, Person, Print, Rendered, State
from hub.model.communications import Part, event_of
from hub.model.ids import event_key
from hub.model.posters import PosterSource
from hub.operations.communications.kinds import SendKind
from hub.rendering.context import INITIAL
from hub.rendering.preview import with_logo
from hub.sla.ack_links import without_link
from hub.sms_text import Segments, segments

BOARD = "board"
_PAPER: Final = {LETTER: PAPER, BOARD: frozenset({Print.BOARD, Print.BOTH})}


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads: a person with the name that is shown, in a part, at a building."""

    person: Person
    part: Part
    building: str | None
    brand: Brand | None


class Look(Struct, frozen=True, kw_only=True):
    """A text as it arrives. `problem` says why it cannot be made."""

    channel: str
    subject: str = ""
    text: str = ""
    html: str = ""
    cost: Segments | None = None
    problem: str = ""


def look(
    kind: SendKind,
    plan: UUID,
    reader: Reader,
    channel: str,
    *,
    at: datetime,
    render: Callable[[Claimed], Rendered],
    board: Callable[[PosterSource, str | None], Rendered],
) -> Look:
    """Make the text of a channel for a reader, without links that act in their name. Pure."""
    try:
        if channel == BOARD:
            made = board(_poster(kind, plan, reader, at), None)
        else:
            made = render(claimed_by(kind, plan, reader, channel, at))
    except TemplateFailure as failure:
        return Look(channel=channel, problem=str(failure))
    text = without_link(made.text)
    return Look(
        channel=channel,
        subject=without_link(made.subject),
        text=text,
        html=without_link(with_logo(made)),
        cost=segments(text) if channel == "sms" else None,
    )


def claimed_by(kind: SendKind, plan: UUID, reader: Reader, channel: str, at: datetime) -> Claimed:
    """Make the message that a worker would hold."""
    event, number = event_of(reader.part, plan, kind.event, time=at), audience_of(kind, channel)
    audience, person = kind.type.audiences[number], reader.person
    message = Message(
        id=plan,
        event_key=event_key(event),
        event_id=event.id,
        event=kind.event,
        audience=number,
        step=0,
        person=person.ref,
        name=person.name,
        locale=person.locale,
        channel=channel,
        purpose=audience.purpose,
        lane=Lane.BULK,
        occasion=INITIAL,
        contact_id="",
        address="",
        state=State.QUEUED,
        created_at=at,
        variant=audience.template,
        units=person.units,
    )
    return Claimed(
        message=message,
        attempt=1,
        event_time=at,
        source=event.source,
        data=event.data,
        building=reader.building,
        unit=", ".join(person.units) or None,
        brand=reader.brand,
    )


def audience_of(kind: SendKind, channel: str) -> int:
    """Return the first audience of people that is told by this channel; of none the first of all."""
    told = (number for number in kind.audiences if _is_told(kind.type.audiences[number], channel))
    return next(told, kind.audiences[0])


def _is_told(audience: Audience, channel: str) -> bool:
    if channel in _PAPER:
        return audience.print in _PAPER[channel]
    return any(channel in step for step in audience.channels)


def channels_of(kind: SendKind, shown: list[str], *, posters: bool) -> list[str]:
    """Return the channels to look at, in the order of the catalogue, then paper."""
    offered = [name for step in kind.type.audiences[kind.audiences[0]].channels for name in step]
    found = [name for name in dict.fromkeys([*offered, *shown]) if name in shown and name != LETTER]
    return [*found, *([LETTER] if LETTER in shown else []), *([BOARD] if posters else [])]


def _poster(kind: SendKind, plan: UUID, reader: Reader, at: datetime) -> PosterSource:
    return PosterSource(
        id=plan,
        audience=audience_of(kind, BOARD),
        event=kind.event,
        event_id=reader.part.event_id,
        time=at,
        data=reader.part.data,
        building=reader.building,
        brand=reader.brand,
    )
