"""What an operator holds back, as this process last heard of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from hub.messages.delivery.decisions import held
from hub.model import Claimed, Outcome
from hub.ports import PauseStore
from hub.resilience.cached import Cached

LOOK_AGAIN: Final = timedelta(minutes=15)
"""When a message is looked at again that nobody has released."""
REASON: Final = "paused"


class Pauses(Cached[frozenset[str]]):
    """
    The subjects that are paused.

    While PostgreSQL is away those last known go on holding. Raises StorageUnavailable where nothing
    is known yet: what may be paused is not sent.
    """

    def __init__(self, store: PauseStore, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(store.paused, name="pauses", clock=clock)


def held_back(claimed: Claimed, paused: Collection[str], *, now: datetime) -> Outcome | None:
    """Hold a message of a paused channel or event; none whose wall-time end has come."""
    message = claimed.message
    if not {f"channel:{message.channel}", f"event:{message.event}"} & set(paused):
        return None
    if message.ends_at is not None and message.ends_at <= now:
        return None
    return held(message, REASON, until=now + LOOK_AGAIN, longer_by=LOOK_AGAIN)
