"""Bindings: the sources, and the types of events, that each user of RabbitMQ may publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.access.api_keys import HTTP, Bindings, adds_to, bindings_of, cases_of, require_sender
from hub.model import DeadLetter, Event, RawMessage, is_hub_source, normal_source
from hub.model.results import source_key, user_key
from hub.ports import KeyStore, SenderKeys
from hub.resilience.cached import Cached


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingSnapshot:
    """The bindings at one moment. `own` is the hub's own RabbitMQ user; without it nobody is the hub."""

    keys: SenderKeys
    own: str | None
    bindings: Bindings | None = field(init=False)
    """None where no key has ever bound a user."""
    cases_of: Mapping[str, frozenset[str]] = field(init=False)
    """Source of a key → the other sources to whose cases it may add; all in their normal spelling."""

    def __post_init__(self) -> None:
        bound = bindings_of(self.keys.live) if self.keys.ever_bound else None
        object.__setattr__(self, "bindings", bound)
        object.__setattr__(self, "cases_of", cases_of(self.keys.live))

    def require(self, event: Event, incoming: RawMessage) -> None:
        """Raise WrongSender if the user who has sent the event may not publish it for its source."""
        require_sender(event, incoming.user, self.bindings, own=self.own)

    def words_of(self, letter: DeadLetter) -> Sequence[str]:
        """
        Return under which words a dead letter is said to its sender, besides the source that it names.

        That source may be unreadable, or another's: then the sender's own sources are among them.
        """
        user = letter.sender
        if user is None or user.startswith(HTTP):  # who came over HTTP has its answer
            return ()
        own = () if letter.proven or self.bindings is None else self.bindings
        return user_key(user), *sorted(source_key(source) for bound, source in own if bound == user)

    def may_add(self, source: str, owner: str) -> bool:
        """
        Return whether this source may add to the cases of the owner.

        The hub and its cases are everybody's. Until a first key has a source, nobody is kept from anything.
        """
        if not self.keys.ever_sourced or is_hub_source(source):
            return True
        return adds_to(source, owner, self.cases_of.get(normal_source(source), frozenset()))


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
        return BindingSnapshot(keys=await self._store.senders(), own=self.own)
