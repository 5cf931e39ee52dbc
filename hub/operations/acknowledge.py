"""An operator acknowledges an escalation for a level."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access import audit
from hub.model import PropertyScope
from hub.ports import AuditStore, LogStore, Publisher
from hub.rendering.typed_words import tidy
from hub.sla.acknowledge import AckResult, acknowledge, level_to_acknowledge

LONGEST: Final = 500
"""Characters of the words that come with an acknowledgement."""


async def acknowledge_clock(
    clock_id: UUID,
    *,
    log: LogStore,
    notes: AuditStore,
    publisher: Publisher,
    who: str,
    now: datetime,
    places: PropertyScope = None,
    words: str = "",
) -> AckResult | None:
    """
    Acknowledge the escalation for the notified level, and write the audit entry. Idempotent.

    None if `places` include no such clock. Raises NothingToAcknowledge.
    """
    clock = await log.clock(clock_id, places=places)
    if clock is None:
        return None
    level = level_to_acknowledge(clock)
    await audit.note(notes, who=who, action="clock.acknowledge", subject=f"clock:{clock.id}", level=level)
    return await acknowledge(clock, by=who, publisher=publisher, now=now, words=tidy(words, LONGEST))
