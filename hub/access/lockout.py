"""Slows guessing: when a name is locked, and a throttle for addresses. Pure but for its memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

FAILURES: Final = 5
"""Failures in a row that lock a name; each further failure locks it longer."""
LOCKS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""After so long without a failure counting begins again, for accounts and for names that nobody has."""
CODES: Final = 15
"""
Wrong codes of an account within CODES_WITHIN; then every code is refused, whatever the address or device.

Three steps count at once, so each guess opens with 3 in 1,000,000: fifteen a day for a year, by somebody who
has the password all that time, 1.6 %. A person who mistypes three times a day has four such days in one.
"""
CODES_WITHIN: Final = timedelta(days=1)
"""From the first wrong code on."""
FREE: Final = 10
"""Failures of one address within WINDOW without delay: several people may share an address."""
WINDOW: Final = 600.0
"""Seconds."""
DELAYS: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds that each further attempt of the address waits."""
WAITING: Final = 8
"""How many attempts of one address may wait at the same time."""
CROWD: Final = 64
"""How many attempts of strangers may wait, of all addresses: each is a request at work."""
_ONE_LINE: Final = 64
_REMEMBERED: Final = 10_000


def lock_after(failures: int) -> timedelta | None:
    """Return how long this number of failures in a row locks a name; None for no lock."""
    return None if failures < FAILURES else LOCKS[min(failures - FAILURES, len(LOCKS) - 1)]


def network_of(peer: str) -> str:
    """Return the network whose attempts count together: for IPv6 the /64, which one line owns whole."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, IPv4Address):
        return peer
    # A dual-stack listener writes IPv4 as ::ffff:192.0.2.1, and all of these are in one /64.
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((address, _ONE_LINE), strict=False))


class AddressThrottle:
    """
    Delays further attempts from an address with many failures, for whatever names.

    Kept in the memory of this process; a restart clears it. The locks of names persist.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def begin(self, peer: str) -> float:
        """Count a failure in advance, so that concurrent attempts also wait; return the seconds to wait."""
        recent = self._recent(peer)
        self._failures[peer] = [*recent[-FREE - len(DELAYS) :], self._clock()]
        self._failures.move_to_end(peer)
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)
        over = len(recent) - FREE
        return 0.0 if over < 0 else DELAYS[min(over, len(DELAYS) - 1)]

    def succeeded(self, peer: str) -> None:
        """Undo only the failure counted in advance: an attacker may sign in to an own account in between."""
        self._failures[peer] = self._failures.get(peer, [])[:-1]

    def _recent(self, peer: str) -> list[float]:
        since = self._clock() - WINDOW
        return [at for at in self._failures.get(peer, ()) if at > since]
