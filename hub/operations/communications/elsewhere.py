"""
A communication to those who were not reached, by another channel: further messages of the same event.

Their ids follow from event, person, channel and contact, so a second time finds them there; no clock starts
again. Each page of people is one transaction with the move that lets an ended communication run again: a
process that dies leaves whole pages, and the rest is done by asking again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from msgspec import structs

from hub.contact_rules import is_interruptive
from hub.messages.planning.cascade import id_at
from hub.messages.planning.reach import LETTER, steps_for, why_unreachable
from hub.model import Audience, ChannelTraits, Message, Person, Print, State
from hub.model.communications import Communication, CommunicationState
from hub.model.tickets import tickets
from hub.operations.communications.kinds import kind_of
from hub.people.audience import Group
from hub.ports import Now, Publisher
from hub.storage import messages
from hub.storage.communication_progress import count_unreached, unreached
from hub.storage.communications import Move, PostgresCommunications, lock, move
from hub.storage.database import Database, Runner
from hub.storage.people import look_up

PAGE: Final = 500
"""People of one transaction."""
AT_MOST: Final = 10_000
"""People whom one request looks at."""
ALLOWED: Final = frozenset({CommunicationState.RUNNING, CommunicationState.PAUSED, CommunicationState.DONE})
_DONE: Final = frozenset({CommunicationState.DONE})
_NEED_A_WISH: Final = frozenset({"whatsapp", "voice"})
"""Channels that a person must have chosen, or that wake people: only where the catalogue names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What it needs: the channels of this process, and whether an audience of an event has a text for one."""

    database: Database
    store: PostgresCommunications
    publisher: Publisher
    channels: Mapping[str, ChannelTraits]
    has_text: Callable[[str, Audience, str], bool]
    now: Now


@dataclass(slots=True)
class Planned:
    """What came of it: people who get a message, people who do not by reason, and whether some are left."""

    people: int
    skipped: Counter[str]
    more: bool


def audiences_for(row: Communication, channel: str, deps: Elsewhere) -> list[int]:
    """Return the audiences that have a text for this channel."""
    if not is_interruptive(channel) or channel == LETTER:
        return []
    kind = kind_of(row.kind)
    named = [(number, kind.type.audiences[number]) for number in kind.audiences]
    if channel in _NEED_A_WISH:
        named = [(number, one) for number, one in named if any(channel in step for step in one.channels)]
    return [number for number, one in named if deps.has_text(row.kind, one, channel)]


async def left_for(row: Communication, deps: Elsewhere) -> Mapping[str, int]:
    """Return each channel that has a text, but inbox and paper → people not reached, nor by it tried."""
    keys = await deps.store.keys(row.plan) if row.plan is not None else []
    texts = {name: found for name in sorted(deps.channels) if (found := audiences_for(row, name, deps))}
    return {name: await count_unreached(deps.store, keys, found, name) for name, found in texts.items()}


async def plan_elsewhere(row: Communication, channel: str, deps: Elsewhere) -> Planned:
    """Plan messages by this channel to whoever was not reached, page by page. Raises Unavailable."""
    done, after, looked = Planned(0, Counter(), more=False), "", 0
    keys = await deps.store.keys(row.plan) if row.plan is not None else []
    audiences = audiences_for(row, channel, deps)
    while keys:
        async with deps.database.transaction() as run:
            state, cause = await lock(run, row.id)
            if state not in ALLOWED:
                break
            found = await unreached(run, keys, audiences, channel, after=after, limit=PAGE)
            made = await _made(run, found, channel, deps, done.skipped)
            await messages.add(run, made)
            if made:
                again = Move(to=CommunicationState.RUNNING, at=deps.now(), cause=cause, since=_DONE)
                await move(run, row.id, again)
        await deps.publisher.tickets(tickets(made))
        done.people += len({one.person for one in made})
        looked += len(found)
        done.more = len(found) == PAGE
        if not done.more or looked >= AT_MOST:
            break
        after = found[-1].person
    return done


async def _made(
    run: Runner, lost: Sequence[Message], channel: str, deps: Elsewhere, skipped: Counter[str]
) -> list[Message]:
    groups = {one.person: Group(person=one.person) for one in lost}
    people = await look_up(run, list(groups.values()))
    made = list[Message]()
    for one in lost:
        person = next(iter(people[groups[one.person]]), None)
        further = _too_late(one, deps.now()) or _to_person(one, person, channel, deps)
        if isinstance(further, str):
            skipped[further] += 1
        else:
            made += further
    return made


def _too_late(lost: Message, now: datetime) -> str:
    """Return why it is too late, if it is: the new message lives no longer than the lost one."""
    ends = lost.expires_at, lost.ends_at
    return "too_old" if any(end is not None and end <= now for end in ends) else ""


def _to_person(lost: Message, person: Person | None, channel: str, deps: Elsewhere) -> list[Message] | str:
    """Make the messages that follow a lost one by this channel; or say why there is none."""
    if person is None:
        return "unknown_person"
    skipped, audience = list[str](), kind_of(lost.event).type.audiences[lost.audience]
    only = replace(audience, channels=((channel,),), print=Print.NEVER)
    steps = steps_for(only, person, deps.channels, skipped)
    if not steps:
        return why_unreachable(skipped)
    return [
        structs.replace(
            lost,
            id=id_at(lost.event_key, lost.person, target, lost.occasion),
            channel=channel,
            contact_id=target.contact_id,
            address=target.address,
            step=lost.step + 1,
            state=State.QUEUED,
            reason=None,
            next_at=None,
            created_at=deps.now(),
            fallback=(),
            patience=None,
            skipped=(),
        )
        for target in steps[0][1]
    ]
