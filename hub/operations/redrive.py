"""
Redrive: a lost message is sent again, in place.

There is one durable row per recipient and channel, so none is skipped or doubled. By default,
a person whom another message reached is not notified again. A bulk run sends many again.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.access.actor import Actor
from hub.errors import TooLate
from hub.model.state_machine import LOST
from hub.ports import Publisher, RedriveResult
from hub.storage import PostgresLog, PostgresRedrive

_NOT_LOST: Final = "the message is {state}: only what is lost goes again"


class RedrivenOne(Struct, kw_only=True, frozen=True):
    """
    `taken`: it goes again. Else why it does not.

    `too_old`: worthless by now. `no_contact`: there never was an address. `told`: another message did it.
    """

    id: UUID
    verdict: RedriveResult


async def redrive_one(
    message_id: UUID,
    *,
    log: PostgresLog,
    store: PostgresRedrive,
    publisher: Publisher,
    actor: Actor,
    include_notified: bool = False,
) -> RedrivenOne | None:
    """
    Send this message again; None if there is none within reach. Raises TooLate if it is not lost.

    It is committed, then ticketed with confirms; after a crash in between, the sweep finds it.
    """
    row = await log.message(message_id, places=actor.places)
    if row is None:
        return None
    subject = f"message:{message_id}"
    await actor.note("redrive", subject, person=row.person, also_told=include_notified)
    if row.state not in LOST:
        raise TooLate(_NOT_LOST.format(state=row.state))
    done = await store.redrive(message_id, include_notified=include_notified)
    if done is None:
        raise TooLate(_NOT_LOST.format(state="on its way"))
    await publisher.tickets(done.tickets)
    return RedrivenOne(id=message_id, verdict=done.verdict)
