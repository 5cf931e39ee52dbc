"""
Reads and checks environment variables.

Errors name the setting and what to write, and never quote a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from hub.errors import ConfigurationError
from hub.hosts import hosts_of
from hub.settings.values import Address, Networks, Secret, SecretUrl, is_loopback

_SEPARATORS: Final = re.compile(r"[\s,;]+")
_RECIPIENT: Final = re.compile(r"[^@]*@[^@]+|\+\d{8,15}|[\w:.-]{20,}")
"""An email address, a number in E.164, or a device token."""
_DOMAIN: Final = re.compile(
    r"(?=.{4,190}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
"""A domain in wire format (`xn--…`), short enough for an envelope address of 254 octets."""
_SEVERAL: Final = frozenset({"amqp", "amqps", "postgresql", "postgres"})
"""Schemes whose URL may name several hosts, as those of clusters."""
_PARAMETER: Final = re.compile(r"[a-z_]+=")


E_ = TypeVar("E_", bound=StrEnum)


class Environment:
    """Reads one setting at a time, in its type."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        direct, file = self._environ.get(name, "").strip(), self._environ.get(f"{name}_FILE", "").strip()
        if direct and file:
            raise ConfigurationError(f"Set {name} or {name}_FILE, not both.")
        return (_content(f"{name}_FILE", file) if file else direct) or None

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word for word in _SEPARATORS.split(self.text(name) or "") if word)

    def secret(self, name: str) -> Secret | None:
        text = self.text(name)
        return Secret(text) if text else None

    def path(self, name: str) -> Path | None:
        text = self.text(name)
        return Path(text) if text else None

    def choice(self, name: str, default: E_) -> E_:
        text = self.text(name)
        try:
            return type(default)(text.lower()) if text else default
        except ValueError:
            raise ConfigurationError(f"{name} must be one of: {', '.join(type(default))}.") from None

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> SecretUrl:
        url = SecretUrl(self.text(name) or default)
        if split_url(name, url).scheme not in schemes:
            raise ConfigurationError(f"{name} must be a URL like {SecretUrl(default).shown}.")
        return url

    def optional_url(self, name: str, example: str, schemes: tuple[str, ...]) -> SecretUrl | None:
        return self.url(name, example, schemes) if self.text(name) else None

    def urls(self, name: str) -> tuple[SecretUrl, ...]:
        """Read URLs separated by white space: a comma may be part of a URL."""
        urls = tuple(SecretUrl(word) for word in (self.text(name) or "").split())
        for url in urls:
            if not split_url(name, url).scheme:
                raise ConfigurationError(f"{name} must be a URL, or several with spaces between them.")
        return urls

    def outside_url(self, name: str, example: str) -> SecretUrl | None:
        """Read a URL that the hub calls: TLS is required, except on this machine."""
        text = self.text(name)
        if text is None:
            return None
        parts = split_url(name, SecretUrl(text))
        here = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not (parts.hostname and (parts.scheme == "https" or here)):
            raise ConfigurationError(f"{name} must be an address like {example}.")
        return SecretUrl(text)

    def login_url(self, name: str) -> SecretUrl | None:
        """Read the address of an API, with the user and the password that it asks for."""
        text = self.text(name)
        if text is None:
            return None
        parts = split_url(name, SecretUrl(text))
        if parts.scheme not in {"http", "https"} or not (
            parts.hostname and parts.username and parts.password
        ):
            raise ConfigurationError(f"{name} must be a URL like http://USER:PASSWORD@127.0.0.1:15672.")
        return SecretUrl(text)

    def public_url(self, name: str) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        parts = split_url(name, SecretUrl(text))
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
            raise ConfigurationError(f"{name} must be the web address people see, like https://hub.example.")
        return text.rstrip("/")

    def address(self, name: str) -> Address | None:
        """Read `host:port`, `[::1]:port`, or the same after `smtp://`."""
        text = self.text(name)
        if text is None:
            return None
        parts = split_url(name, SecretUrl(text if "://" in text else f"//{text}"))
        if parts.port is None or parts.username or parts.path.strip("/") or parts.query:
            raise ConfigurationError(f"{name} must be host:port, like 127.0.0.1:8080.")
        return Address(parts.hostname or "", parts.port)

    def networks(self, name: str) -> Networks:
        """Read addresses and networks, like `127.0.0.1 10.0.0.0/8`."""
        try:
            return tuple(ip_network(word) for word in self.words(name))
        except ValueError:
            raise ConfigurationError(
                f"{name} must be addresses or networks, like 127.0.0.1 10.0.0.0/8."
            ) from None

    def domain(self, name: str) -> str | None:
        text = (self.text(name) or "").lower()
        if text and not _DOMAIN.fullmatch(text):
            raise ConfigurationError(f"{name} must be a domain, like respuestas.coproservicios.example.")
        return text or None

    def recipients(self, name: str) -> frozenset[str]:
        words = self.words(name)
        for place, word in enumerate(words, start=1):
            if not _RECIPIENT.fullmatch(word):
                raise ConfigurationError(
                    f"{name}: entry {place} is no email address, number like +573001234567 or device token."
                )
        return frozenset(word.lower() for word in words)


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        # Neither the path nor its error is quoted: after mixing up NAME and NAME_FILE it is the secret.
        raise ConfigurationError(f"{name} names a file that cannot be read: {why}.") from None


def split_url(name: str, url: SecretUrl) -> SplitResult:
    try:
        parts = urlsplit(url.reveal())
        valid = _has_valid_hosts(parts)
    except ValueError:
        valid = False
    if not valid:
        raise ConfigurationError(f"{name} is not a valid URL or address.")
    if _is_torn(parts):
        raise ConfigurationError(
            f"{name}: an @ stands where none belongs; characters like / # ? @ in a password "
            "are written as %2F …"
        )
    return parts


def _has_valid_hosts(parts: SplitResult) -> bool:
    """Return whether no host of several is empty. Raises ValueError for a port that is no number."""
    several = parts.scheme in _SEVERAL or parts.scheme.endswith("+cluster")
    hosts = hosts_of(parts.geturl()) if several else (parts.netloc,)
    for host in hosts:
        _ = parts._replace(netloc=host).port  # parsed on access
    return len(hosts) == 1 or all(hosts)


def _is_torn(parts: SplitResult) -> bool:
    """
    Return whether a password with a bare `/`, `#` or `?` has torn the URL, as in `amqp://hub:12/34@broker`.

    Its first half is then read as a port, and its second half as a path, which would be shown.
    """
    astray = [part for part in parts.query.split("&") if not _PARAMETER.match(part)]
    path = "" if parts.scheme == "file" else parts.path
    return any("@" in text for text in (path, parts.fragment, *astray))
