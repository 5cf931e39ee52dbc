"""What makes guessing slow: locks of a name, and a brake for an address. Pure but for its memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

FAILURES: Final = 5
"""So many in a row lock a name; each one after the lock locks it longer."""
LOCKS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
FREE: Final = 10
"""Failures of one address within WINDOW that cost nothing: a house has more than one forgetful person."""
WINDOW: Final = 600.0
"""Seconds."""
DELAYS: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds that each further try of the address waits."""
WAITING: Final = 8
"""How many tries of one address may wait at a time."""
_ONE_LINE: Final = 64
_REMEMBERED: Final = 10_000


def lock_after(failures: int) -> timedelta | None:
    """Answer for how long so many failures in a row lock a name; None for not at all."""
    return None if failures < FAILURES else LOCKS[min(failures - FAILURES, len(LOCKS) - 1)]


class UnknownNameLocks:
    """
    Locks of names that nobody has, as an account's, so that a lock does not tell which names there are.

    In the memory of this process, for the last thousands of names, and only their hashes: somebody
    may have typed his password there.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, tuple[int, datetime | None]] = OrderedDict()

    def attempt(self, name: str, *, now: datetime) -> datetime | None:
        """Count a failure unless the name is locked; answer until when it is locked now."""
        key = sha256(name.encode(errors="surrogateescape")).digest()
        failures, until = self._known.pop(key, (0, None))
        if until is None or until <= now:
            failures += 1
            lock = lock_after(failures)
            until = None if lock is None else now + lock
        self._known[key] = failures, until
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return until


def network_of(peer: str) -> str:
    """Answer whose tries count together: of IPv6 the /64, since one line has all addresses of it."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, IPv4Address):
        return peer
    # A listener for both writes IPv4 as ::ffff:192.0.2.1, and all of them are in one /64.
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((address, _ONE_LINE), strict=False))


class AddressThrottle:
    """
    Who fails often from one address waits before each further try, whatever names he tries.

    In the memory of this process: another one, or a restart, begins anew; the locks of accounts do not.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, peer: str) -> float:
        """Count a failure in advance, so that many at once wait as well; answer how many seconds to wait."""
        recent = self._recent(peer)
        self._failures[peer] = [*recent[-FREE - len(DELAYS) :], self._clock()]
        self._failures.move_to_end(peer)
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        over = len(recent) - FREE
        return 0.0 if over < 0 else DELAYS[min(over, len(DELAYS) - 1)]

    def succeeded(self, peer: str) -> None:
        """Take back what was counted in advance, and no more: it may be one's own account in between."""
        self._failures[peer] = self._failures.get(peer, [])[:-1]

    def _recent(self, peer: str) -> list[float]:
        since = self._clock() - WINDOW
        return [at for at in self._failures.get(peer, ()) if at > since]
