"""Documents of publishers: which the hub fetches, and how messages carry them."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.resilience.breaker import BreakerPolicy
from hub.settings.values import is_loopback

LONGEST_URL: Final = 2000
CALL: Final = timedelta(seconds=20)
"""How long a whole call may take: a slow body ends with it."""
_MIN_CALLS: Final = 3
"""Two calls that hang take 20 seconds: those of `[breaker]` would not come together within its window."""
_PORTS: Final = {"https": 443, "http": 80}


def host_breaker(provider: BreakerPolicy) -> BreakerPolicy:
    """
    Return the terms of the breaker of a host: those of a provider, but by fewer calls, and no call is slow.

    What comes within the time of a call is a document: a slow host delays nobody but itself.
    """
    return replace(provider, min_calls=min(provider.min_calls, _MIN_CALLS), slow_after=CALL)


class DocumentType(StrEnum):
    """The types that the hub knows by their first bytes."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


class DocumentPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What is fetched: nothing without `hosts`, each a name, or `name:port`.

    `networks` may be called although they are private. Messages wait for a document for `wait` at most. A
    mail takes along what has up to `attach_below` bytes; a link to another lasts for `link_lifetime`.
    """

    hosts: tuple[str, ...]
    networks: tuple[str, ...]
    types: Annotated[tuple[DocumentType, ...], Meta(min_length=1)]
    max_bytes: Annotated[int, Meta(ge=1, le=50_000_000)]
    attach_below: Annotated[int, Meta(ge=0, le=10_000_000)]
    wait: Parsed[timedelta]
    link_lifetime: Parsed[timedelta]

    def __post_init__(self) -> None:
        _ = self.private_networks
        for host in self.hosts:
            if host != host.lower() or not host or set(host) & set("/@?#*"):
                raise InvalidPolicy(
                    f"{host!r} is no host: write portal.example.com, or portal.example.com:8443"
                )

    @property
    def private_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        try:
            return tuple(map(ip_network, self.networks))
        except ValueError as exc:
            raise InvalidPolicy(f"networks: {exc}") from exc

    def allows(self, url: str) -> bool:
        """Return whether it may be fetched: https on a listed host and port; http only on this machine."""
        if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
            return False
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        usual = _PORTS.get(parts.scheme)
        if usual is None or not host or parts.username is not None or parts.password is not None:
            return False
        if parts.scheme == "http" and not is_loopback(host):
            return False
        named = f"[{host}]" if ":" in host else host
        return (named if port in {None, usual} else f"{named}:{port}") in self.hosts
