"""The next step of a cascade, from the `fallback` that planning stored in its messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from hub.model import Message, State, Target
from hub.model.ids import message_id


def next_steps(lost: Iterable[Message], *, now: datetime) -> list[Message]:
    """Make the messages that follow these, each once: the messages of one step share their next step."""
    following = {new.id: new for message in lost for new in next_step(message, now=now)}
    return list(following.values())


def next_step(failed: Message, *, now: datetime) -> list[Message]:
    """Make the messages of the cascade's next step."""
    if not failed.fallback:
        return []
    targets, *later = failed.fallback
    return [
        replace(
            failed,
            id=id_at(failed.event_key, failed.person, target, failed.occasion),
            channel=target.channel,
            contact_id=target.contact_id,
            address=target.address,
            step=failed.step + 1,
            state=State.QUEUED,
            reason=None,
            next_at=None,
            created_at=now,
            fallback=tuple(later),
            patience=failed.patience if later else None,
        )
        for target in targets
    ]


def id_at(event_key: UUID, person: str, target: Target, occasion: str) -> UUID:
    """Make the id of the message to the person at this target."""
    return message_id(
        event_key, person=person, channel=target.channel, occasion=occasion, contact_id=target.contact_id
    )
