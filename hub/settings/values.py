"""Values of settings: secrets that hide themselves, addresses to listen on, modes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit


class Mode(StrEnum):
    """Who can be reached: nobody, the allowed ones, everybody."""

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


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that prints as stars; `reveal()` where it is used and nowhere else."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"{type(self).__name__}('***')"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class SecretUrl(Secret):
    """A URL whose user, password and query may be secrets."""

    @property
    def shown(self) -> str:
        """The URL without them, for logs and screens: `amqp://broker:5672/`."""
        parts = urlsplit(self._value)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}"

    @property
    def scheme(self) -> str:
        return urlsplit(self._value).scheme


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens; an empty host is every interface."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
