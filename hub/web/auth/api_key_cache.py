"""The caller of a request, and the cache of API keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Final

from hub.access.api_keys import opens, prefix_of
from hub.access.inbox_tokens import InboxHolder
from hub.errors import Unavailable
from hub.model import EVERYTHING, NOWHERE, ApiKey, PropertyScope, Reach, Scope, actors, union
from hub.ports import KeyStore
from hub.resilience.cached import Cached
from hub.resilience.database_time import NOW

USED_EVERY: Final = 60.0
"""Seconds between two updates of a key's last use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """
    The author of a request, with scopes and the copropiedades of each.

    `source` and `event_types` limit the events that the caller may publish; None and empty do not limit them.
    `cases_of` are the other sources to whose cases they may add.
    `inbox` is the person whose inbox a token opens, and nothing else.
    """

    who: str
    reach: Reach
    source: str | None = None
    event_types: frozenset[str] = frozenset()
    cases_of: frozenset[str] = frozenset()
    inbox: InboxHolder | None = None

    def may(self, needed: Collection[Scope]) -> bool:
        """Whether the caller has one of the scopes, in any place."""
        return not self.reach.keys().isdisjoint(needed)

    def places(self, needed: Collection[Scope]) -> PropertyScope:
        """Return the places where the caller has one of the scopes."""
        return reduce(union, (self.reach[scope] for scope in needed if scope in self.reach), NOWHERE)


def anywhere(scopes: Iterable[Scope]) -> Reach:
    """Return a reach with these scopes for all copropiedades."""
    return dict.fromkeys(scopes)


BOOTSTRAP: Final = Caller(who=actors.BOOTSTRAP, reach=EVERYTHING)
CONSOLE: Final = Caller(who=actors.CONSOLE, reach=EVERYTHING)
THIS_MACHINE: Final = Caller(who=actors.THIS_MACHINE, reach=EVERYTHING)


class Keyring:
    """
    The live keys, as this process last read them.

    While PostgreSQL is down the last known keys stay valid, so that systems can still publish events. A
    revocation then takes effect only when PostgreSQL is back; an expiry still takes effect in time.
    """

    def __init__(self, store: KeyStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known = Cached(self._live, name="keys", clock=clock)
        self._used: dict[str, float] = {}

    async def caller(self, token: str) -> Caller | None:
        """Return the token's caller; None if invalid. Raises StorageUnavailable if no keys were ever read."""
        prefix = prefix_of(token)
        key = None if prefix is None else (await self._known.current()).get(prefix)
        if key is None or not opens(key, token, now=NOW()):
            return None
        await self._note_use(key)
        return Caller(
            who=actors.of_key(key.name),
            reach=anywhere(key.scopes),
            source=key.source,
            event_types=key.event_types,
            cases_of=key.cases_of,
        )

    async def _live(self) -> Mapping[str, ApiKey]:
        return {key.prefix: key for key in await self._store.live_keys()}

    async def _note_use(self, key: ApiKey) -> None:
        now = self._clock()
        if now - self._used.get(key.prefix, -USED_EVERY) < USED_EVERY:
            return
        self._used[key.prefix] = now
        with suppress(Unavailable):
            await self._store.used(key.prefix)
