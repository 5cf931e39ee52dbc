"""
The environment, read once into one frozen value.

Every name may also end in `_FILE`, and is then the path of a file that holds the value. An empty
value is an unset one. Complaints name the setting and what to write, and never quote a secret.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from hub.errors import ConfigurationError

PROVIDERS: Final[Mapping[str, str]] = {
    "email": "HUB_EMAIL_URL",
    "sms": "HUB_SMS_URL",
    "push": "HUB_PUSH_URL",
    "whatsapp": "HUB_WHATSAPP_URL",
    "voice": "HUB_VOICE_URL",
}
"""Channel → the setting that lists its providers in failover order."""

_SEPARATORS: Final = re.compile(r"[\s,;]+")
_RECIPIENT: Final = re.compile(r"[^@]*@[^@]+|\+\d{8,15}|[\w:.-]{20,}")
"""An email address, a number in E.164, or a device token."""
_DOMAIN: Final = re.compile(
    r"(?=.{4,190}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
"""As it goes over the wire (`xn--…`); short enough for an envelope address of 254 octets."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    What the environment says. `configured` holds every provider URL, also those that the mode
    forbids; channels are built from `providers`.
    """

    amqp_url: SecretUrl
    redis_url: SecretUrl
    database_url: SecretUrl
    http: Address
    metrics: Address | None
    """None: on the address of `http`."""
    public_url: str
    api_key: Secret | None
    secrets: tuple[Secret, ...]
    """The first one signs, all of them verify."""
    mail: Address | None
    """Where mail is taken in; None: nowhere."""
    mail_domain: str | None
    """The domain whose mail is brought there: bounces and replies come to addresses of it."""
    mode: Mode
    allow_recipients: frozenset[str]
    """In lower case."""
    capture_dir: Path
    capture_smtp: Address | None
    configured: Mapping[str, tuple[SecretUrl, ...]]
    policy: Path | None
    templates: Path | None
    heartbeat_url: SecretUrl | None
    """What hears each minute that all is well."""
    log: LogFormat
    log_level: LogLevel

    @property
    def providers(self) -> Mapping[str, tuple[SecretUrl, ...]]:
        """The provider URLs of each channel that may be used: none while capturing."""
        return {} if self.mode is Mode.CAPTURE else self.configured

    @property
    def ignored_providers(self) -> tuple[str, ...]:
        """The settings that the mode ignores, so that the start can say so."""
        return tuple(PROVIDERS[channel] for channel in self.configured if channel not in self.providers)


def load(environ: Mapping[str, str], *, terminal: bool | None = None) -> Settings:
    """
    Read the settings; raises ConfigurationError.

    `terminal` tells whether logs go to a person; None looks at standard error.
    """
    env = _Environment(environ)
    http = env.address("HUB_HTTP") or Address("127.0.0.1", 8080)
    is_terminal = sys.stderr.isatty() if terminal is None else terminal
    settings = Settings(
        amqp_url=env.url("HUB_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/", ("amqp", "amqps")),
        redis_url=env.url("HUB_REDIS_URL", "redis://127.0.0.1:6379/0", ("redis", "rediss", "unix")),
        database_url=env.url(
            "HUB_DATABASE_URL", "postgresql://hub:hub@127.0.0.1:5432/hub", ("postgresql", "postgres")
        ),
        http=http,
        metrics=env.address("HUB_METRICS"),
        public_url=env.public_url("HUB_PUBLIC_URL") or f"http://{http}",
        api_key=env.secret("HUB_API_KEY"),
        secrets=tuple(Secret(word) for word in env.words("HUB_SECRET")),
        mail=env.address("HUB_MAIL"),
        mail_domain=env.domain("HUB_MAIL_DOMAIN"),
        mode=env.choice("HUB_MODE", Mode.CAPTURE),
        allow_recipients=env.recipients("HUB_ALLOW_RECIPIENTS"),
        capture_dir=env.path("HUB_CAPTURE_DIR") or Path(".run/outbox"),
        capture_smtp=env.address("HUB_CAPTURE_SMTP"),
        configured={channel: urls for channel, name in PROVIDERS.items() if (urls := env.urls(name))},
        policy=env.path("HUB_POLICY"),
        templates=env.path("HUB_TEMPLATES"),
        heartbeat_url=env.outside_url("HUB_HEARTBEAT_URL"),
        log=env.choice("HUB_LOG", LogFormat.TEXT if is_terminal else LogFormat.JSON),
        log_level=env.choice("HUB_LOG_LEVEL", LogLevel.INFO),
    )
    _refuse_what_is_unsafe(settings)
    return settings


def _refuse_what_is_unsafe(settings: Settings) -> None:
    if settings.api_key is None:
        _must_be_private(settings.http, "HUB_HTTP")
        _must_be_private(settings.metrics, "HUB_METRICS")
    if settings.capture_smtp and not settings.capture_smtp.is_loopback:
        raise ConfigurationError(
            "HUB_CAPTURE_SMTP must be on this machine, like 127.0.0.1:1025: captured mail must not leave it. "
            "To send through another server set HUB_EMAIL_URL and HUB_MODE=allowlist or live."
        )
    if settings.mode is Mode.ALLOWLIST and not settings.allow_recipients:
        raise ConfigurationError(
            "HUB_MODE=allowlist needs HUB_ALLOW_RECIPIENTS: the addresses and numbers that may be reached."
        )
    if settings.mail_domain and not settings.secrets:
        raise ConfigurationError(
            "HUB_MAIL_DOMAIN needs HUB_SECRET, which signs the addresses of that domain."
        )
    if settings.mail and not settings.mail_domain:
        raise ConfigurationError("HUB_MAIL needs HUB_MAIL_DOMAIN: the domain whose mail comes there.")


def _must_be_private(address: Address | None, name: str) -> None:
    if address and not address.is_loopback:
        raise ConfigurationError(
            f"{name} is open to other machines but nothing guards it. "
            f"Set HUB_API_KEY, or listen on this machine only: {name}=127.0.0.1:{address.port}."
        )


E_ = TypeVar("E_", bound=StrEnum)


class _Environment:
    """Reads one setting at a time, in the type it should have."""

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
        if _split(name, url).scheme not in schemes:
            raise ConfigurationError(f"{name} must be a URL like {SecretUrl(default).shown}.")
        return url

    def urls(self, name: str) -> tuple[SecretUrl, ...]:
        """Several URLs stand apart by white space: a comma may be part of one."""
        urls = tuple(SecretUrl(word) for word in (self.text(name) or "").split())
        for url in urls:
            if not _split(name, url).scheme:
                raise ConfigurationError(f"{name} must be a URL, or several with spaces between them.")
        return urls

    def outside_url(self, name: str) -> SecretUrl | None:
        """Read one that is called: over TLS, but on this machine."""
        text = self.text(name)
        if text is None:
            return None
        parts = _split(name, SecretUrl(text))
        here = parts.scheme == "http" and Address(parts.hostname or "", 0).is_loopback
        if not (parts.hostname and (parts.scheme == "https" or here)):
            raise ConfigurationError(f"{name} must be an address like https://hc-ping.com/YOUR-ID.")
        return SecretUrl(text)

    def public_url(self, name: str) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        parts = _split(name, SecretUrl(text))
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
            raise ConfigurationError(f"{name} must be the web address people see, like https://hub.example.")
        return text.rstrip("/")

    def address(self, name: str) -> Address | None:
        """Read `host:port`, `[::1]:port`, or the same after `smtp://`."""
        text = self.text(name)
        if text is None:
            return None
        parts = _split(name, SecretUrl(text if "://" in text else f"//{text}"))
        if parts.port is None or parts.username or parts.path.strip("/") or parts.query:
            raise ConfigurationError(f"{name} must be host:port, like 127.0.0.1:8080.")
        return Address(parts.hostname or "", parts.port)

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
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(f"{name} names {path}, which cannot be read: {why}.") from exc


def _split(name: str, url: SecretUrl) -> SplitResult:
    try:
        parts = urlsplit(url.reveal())
        _ = parts.port  # parsed on demand, and may not be a number
    except ValueError:
        raise ConfigurationError(f"{name} is not a valid URL or address.") from None
    return parts
