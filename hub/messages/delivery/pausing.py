"""Pauses that operators have set, as this process last read them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from hub.messages.delivery.decisions import held
from hub.model import Claimed, Outcome
from hub.ports import EVERYTHING, PauseStore
from hub.resilience.cached import Cached

LOOK_AGAIN: Final = timedelta(minutes=15)
"""When to check a held message again if nobody has released it."""
REASON: Final = "paused"


class Pauses(Cached[frozenset[str]]):
    """
    The paused subjects.

    While PostgreSQL is away, the last known pauses stay in force. Raises StorageUnavailable if none were
    read yet: a message that may be paused is not sent.
    """

    def __init__(self, store: PauseStore, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(store.paused, name="pauses", clock=clock)

    async def of_everything(self) -> bool:
        """Return whether everything is paused. Raises StorageUnavailable if no pauses were read yet."""
        return EVERYTHING in await self.current()


def held_back(claimed: Claimed, paused: Collection[str], *, now: datetime) -> Outcome | None:
    """
    Hold a message of a paused channel or event; None if no pause applies or its wall-time end has come.

    While everything is paused all messages are held: none is recorded as expired before anybody has looked.
    """
    message = claimed.message
    everything = EVERYTHING in paused
    if not (everything or {f"channel:{message.channel}", f"event:{message.event}"} & set(paused)):
        return None
    if not everything and message.ends_at is not None and message.ends_at <= now:
        return None
    return held(message, REASON, until=now + LOOK_AGAIN, longer_by=LOOK_AGAIN)
