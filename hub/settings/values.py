"""Types of settings: secrets that mask themselves, addresses to listen on, modes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, Never, Self, TypeAlias
from urllib.parse import urlsplit

Networks: TypeAlias = tuple[IPv4Network | IPv6Network, ...]

SHORTEST_SECRET: Final = 32
"""Characters below which a key or a secret can be guessed; `hub secrets new` makes 64."""


class Mode(StrEnum):
    """Who is contacted: nobody, listed recipients, everybody."""

    CAPTURE = "capture"
    ALLOWLIST = "allowlist"
    LIVE = "live"


class LogFormat(StrEnum):
    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Secret:
    """
    A value that prints as stars; call `reveal()` only where the value is used.

    Not a dataclass: `asdict` and encoders read the fields of those, and would expose the value.
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        return self._value

    def __setattr__(self, name: str, _: object) -> Never:
        raise AttributeError(f"{name} of a secret does not change")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((type(self), self._value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}('***')"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce_ex__(self, _: object) -> Never:
        raise TypeError("a secret is not pickled: what holds it would be as secret, and not look it")

    def __getstate__(self) -> Never:
        self.__reduce_ex__(self)


_WITH_PATH: Final = frozenset(
    {"amqp", "amqps", "redis", "rediss", "unix", "postgresql", "postgres", "file", "http", "https"}
)
"""Schemes whose path is safe to show; in others it may be part of a misread password."""


class SecretUrl(Secret):
    """A URL whose user, password, query and, for some schemes, path may be secrets."""

    __slots__ = ()

    @property
    def shown(self) -> str:
        """The URL without the secrets, for logs and screens: `amqp://broker:5672/`."""
        parts = urlsplit(self._value)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path if parts.scheme in _WITH_PATH else ''}"

    @property
    def place(self) -> str:
        """Scheme and host only, for URLs whose path is a secret: `https://hc-ping.com`."""
        parts = urlsplit(self._value)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def scheme(self) -> str:
        return urlsplit(self._value).scheme


def is_loopback(host: str) -> bool:
    """Return whether a host name or address always means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@cache
def carries_links(url: str) -> bool:
    """
    Return whether links that act in a person's name may lead there: nobody on a network path reads them.

    By https, or on this machine, where nothing crosses a network.
    """
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens; an empty host is every interface."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
