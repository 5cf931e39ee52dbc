"""Bindings: the sources, and the types of events, that each user of RabbitMQ may publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub.access.api_keys import Bindings, bindings_of, require_sender
from hub.model import ApiKey, Event, RawMessage
from hub.ports import KeyStore
from hub.resilience.cached import Cached


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingSnapshot:
    """The bindings at one moment. `own` is the hub's own RabbitMQ user; without it nobody is the hub."""

    keys: Sequence[ApiKey]
    own: str | None
    bindings: Bindings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bindings", bindings_of(self.keys))

    def require(self, event: Event, incoming: RawMessage) -> None:
        """Raise WrongSender if the user who has sent the event may not publish it for its source."""
        require_sender(event, incoming.user, self.bindings, own=self.own)


class SourceBindings(Cached[BindingSnapshot]):
    """
    The bindings, as this process last read them.

    While PostgreSQL is away, the last known bindings stay in force. Raises StorageUnavailable if none were
    read yet: intake cannot store anything then anyway.
    """

    def __init__(
        self, store: KeyStore, *, own: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(self._bound, name="senders", clock=clock)
        self._store = store
        self.own = own

    async def _bound(self) -> BindingSnapshot:
        keys = [key for key in await self._store.live_keys() if key.amqp_user is not None]
        return BindingSnapshot(keys=keys, own=self.own)
