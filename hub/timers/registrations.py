"""Registrations whose process has died, or found no broker, before it published them."""

from __future__ import annotations

from typing import Final

from hub.operations.registrations import publish
from hub.timers.deps import Timers

AT_ONCE: Final = 100


async def publish_registrations(timers: Timers) -> bool:
    """Publish what was registered and not published; true if there is more."""
    waiting = await timers.radicados.unpublished(AT_ONCE)
    for registration in waiting:
        await publish(timers.radicados, timers.publisher, registration)
    return len(waiting) == AT_ONCE
