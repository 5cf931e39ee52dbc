"""Evidence of one message, made again for its reader; the look is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.access.actor import Actor
from hub.model.message_rows import ShownMessage
from hub.model.reviews import Release
from hub.operations.evidence.remake import Remade, Remaker
from hub.storage import PostgresEvidence, PostgresLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The message, masked, the calls that a provider accepted, made again, and who released them."""

    message: ShownMessage
    calls: Sequence[Remade]
    release: Release | None


async def read_evidence(
    by: Actor, message_id: UUID, *, log: PostgresLog, evidence: PostgresEvidence, remaker: Remaker
) -> Proof | None:
    """Make the words of a message again, and compare them; None if the actor does not reach the message."""
    message = await log.message(message_id, places=by.places)
    if message is None:
        return None
    await by.note("evidence.show", f"message:{message_id}", person=message.person)
    said = await evidence.said(message_id)
    return Proof(
        message=message,
        calls=[] if said is None else await remaker.remake(said),
        release=await evidence.release(message.event_key),
    )
