"""
Guarded addresses: others have named them, so none of the company's own network is called.

The check is part of the resolution, so the checked address is the one that is called: a name gains nothing by
a change of its address in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import AF_UNSPEC, AddressFamily
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from hub.settings.values import Networks
from hub.tls import http_context

PRIVATE: Final = "private_address"
FAILURES: Final = (aiohttp.ClientError, OSError, ValueError)
"""The failures of a call, to which `reason_of` gives a word."""

_TUNNELS: Final = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 addresses that a gateway turns into IPv4 addresses, which may be private."""


class PrivateAddress(OSError):
    """The address may not be called."""


class Guard(AbstractResolver):
    """Resolves names, and refuses those with an address that may not be called."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await aiohttp.ThreadedResolver().resolve(host, port, family)
        if not all(self._may_be_called(ip_address(result["host"])) for result in found):
            raise PrivateAddress
        return found

    async def close(self) -> None:
        """Nothing is open."""

    def check(self, host: str) -> None:
        """Raise PrivateAddress if the host is an address that may not be called."""
        try:
            address = ip_address(host)
        except ValueError:
            if any(map(str.isalpha, host)):
                return  # a name: `resolve` checks what it means
            raise PrivateAddress from None  # 2130706433 is 127.0.0.1 to some
        if not self._may_be_called(address):
            raise PrivateAddress

    def _may_be_called(self, address: IPv4Address | IPv6Address) -> bool:
        plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        if any(plain in network for network in self._networks):
            return True
        tunnel = any(plain in network for network in _TUNNELS)
        return plain.is_global and not plain.is_multicast and not tunnel


class GuardedSession:
    """The session of calls to such addresses: no cookie is kept, and no strange answer decompressed."""

    def __init__(self, networks: Networks, *, timeout: float, headers: Mapping[str, str]) -> None:
        self.guard = Guard(networks)
        self.timeout, self._headers = timeout, headers
        self._session: aiohttp.ClientSession | None = None

    def opened(self) -> aiohttp.ClientSession:
        """Open at the first call: a session belongs to a running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # No call waits for the connection of another.
                connector=aiohttp.TCPConnector(
                    ssl=http_context(), resolver=self.guard, limit=0, use_dns_cache=False
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=self.timeout),
                auto_decompress=False,
            )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


def reason_of(failure: Exception) -> str:
    """Return why a call has failed, in a word that tells nothing of its address."""
    if isinstance(failure, TimeoutError):
        return "timeout"
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        return PRIVATE if isinstance(failure.os_error, PrivateAddress) else "unknown_host"
    if isinstance(failure, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "tls"
    return PRIVATE if isinstance(failure, PrivateAddress) else "connection"
