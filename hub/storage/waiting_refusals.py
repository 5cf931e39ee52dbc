"""Refusals of messages that wait for their hour: their people have decided otherwise since planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from hub.contact_rules.forecast import refusal
from hub.model import Message, Person, State
from hub.people.audience import Group
from hub.storage import consents, people
from hub.storage.database import Runner


async def refusals_of(run: Runner, messages: Iterable[Message]) -> Mapping[UUID, str]:
    """Return why each held message would not leave; those that would are absent."""
    waiting = [message for message in messages if message.state is State.HELD]
    if not waiting:
        return {}
    groups = [Group(person=ref) for ref in sorted({message.person for message in waiting})]
    found = await people.look_up(run, groups)
    known = [person for group in groups for person in found[group]]
    refused: dict[UUID, str] = {}
    for purpose in sorted({message.purpose for message in waiting}):
        facts = {person.ref: person for person in await consents.with_facts(run, purpose, known)}
        of_purpose = [message for message in waiting if message.purpose == purpose]
        refused |= _judged(of_purpose, facts)
    return refused


def _judged(messages: Sequence[Message], facts: Mapping[str, Person]) -> Mapping[UUID, str]:
    judged = ((message.id, _refusal(message, facts.get(message.person))) for message in messages)
    return {key: reason for key, reason in judged if reason is not None}


def _refusal(message: Message, person: Person | None) -> str | None:
    if person is None:
        return None
    at = message.next_at or message.created_at
    return refusal(message.purpose, message.channel, [message.address], person, at=at)
