"""
Address and scheme of a request's client, past the proxies in front of the hub.

Anybody may write `X-Forwarded-For`: only an entry that a proxy of HUB_TRUSTED_PROXIES has added is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from aiohttp import hdrs, web

from hub.settings.values import Networks
from hub.web.services import access

_ADDRESS: Final = web.RequestKey("client_address", str)


def client_address(request: web.Request) -> str:
    """Return the client's address; empty on a Unix socket."""
    if _ADDRESS not in request:
        hops = ",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, ())).split(",")
        request[_ADDRESS] = behind(request.remote or "", hops, _trusted(request))
    return request[_ADDRESS]


def client_scheme(request: web.Request) -> str:
    """Return `https` also where TLS ends at a trusted proxy that says so."""
    said = request.headers.get(hdrs.X_FORWARDED_PROTO, "").rpartition(",")[2].strip().lower()
    if said in {"http", "https"} and is_trusted(request.remote or "", _trusted(request)):
        return said
    return request.scheme


def behind(peer: str, hops: Sequence[str], trusted: Networks) -> str:
    """Return the last address that is no trusted proxy's; `hops` go from the client to the hub."""
    address = peer
    for hop in reversed(hops):
        before = _parsed(hop)
        if before is None or not is_trusted(address, trusted):
            break
        address = str(before)
    return address


def is_trusted(peer: str, trusted: Networks) -> bool:
    address = _parsed(peer) if trusted else None
    return address is not None and any(address in network for network in trusted)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    with suppress(ValueError):
        address = ip_address(host.partition("%")[0])
        # A dual-stack listener writes IPv4 as ::ffff:192.0.2.1.
        return getattr(address, "ipv4_mapped", None) or address
    return None


def _trusted(request: web.Request) -> Networks:
    return access(request).settings.trusted_proxies
