"""
The settings: the environment, read once into one frozen value.

Every name may also end in `_FILE`: then it is the path of a file with the value. An empty value counts
as unset. Errors name the setting and what to write, and never quote a secret.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.errors import ConfigurationError
from hub.settings.environment import Environment
from hub.settings.values import (
    SHORTEST_SECRET,
    Address,
    LogFormat,
    LogLevel,
    Mode,
    Networks,
    Secret,
    SecretUrl,
    carries_links,
    is_loopback,
)

PROVIDERS: Final[Mapping[str, str]] = {
    "email": "HUB_EMAIL_URL",
    "sms": "HUB_SMS_URL",
    "push": "HUB_PUSH_URL",
    "whatsapp": "HUB_WHATSAPP_URL",
    "voice": "HUB_VOICE_URL",
}
"""Channel → the setting that lists its providers in failover order."""


POSTGRES_SCHEMES: Final = ("postgresql", "postgres")
REDIS_SCHEMES: Final = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    All settings. `configured` holds every provider URL, also those that the mode forbids; channels
    are built from `providers`.
    """

    amqp_url: SecretUrl
    amqp_management_url: SecretUrl | None
    """The API of RabbitMQ that `hub check` asks about permissions; nothing else uses it."""
    redis_url: SecretUrl
    database_url: SecretUrl
    database_owner_url: SecretUrl | None
    """The user that owns the tables and migrates; None: that of `database_url`."""
    http: Address
    metrics: Address | None
    """None: served on the address of `http`."""
    public_url: str
    trusted_proxies: Networks
    """Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""
    api_key: Secret | None
    secrets: tuple[Secret, ...]
    """The first key signs, all keys verify."""
    mail: Address | None
    """Where mail is received; None: nowhere."""
    mail_domain: str | None
    """The domain of the addresses that receive bounces and replies."""
    mode: Mode
    allow_recipients: frozenset[str]
    """In lower case."""
    capture_dir: Path
    capture_smtp: Address | None
    configured: Mapping[str, tuple[SecretUrl, ...]]
    policy: Path | None
    templates: Path | None
    heartbeat_url: SecretUrl | None
    """The URL called each minute while all is well."""
    webhook_networks: Networks
    """Private networks in which webhooks may be."""
    traces_url: SecretUrl | None
    """Where traces go, by OTLP over HTTP; None: nothing is traced."""
    timestamp_url: SecretUrl | None
    """The authority that stamps the head of the seals once a day."""
    log: LogFormat
    log_level: LogLevel

    @property
    def links_url(self) -> str:
        """
        Where signed links lead: `public_url`; empty where no message may have one.

        An address of this machine is one only while nobody is reached: it leads others nowhere.
        """
        is_https = self.public_url.startswith("https://")
        here = self.mode is Mode.CAPTURE and carries_links(self.public_url)
        return self.public_url if is_https or here else ""

    @property
    def providers(self) -> Mapping[str, tuple[SecretUrl, ...]]:
        """The usable provider URLs of each channel: none in capture mode."""
        return {} if self.mode is Mode.CAPTURE else self.configured

    @property
    def ignored_providers(self) -> tuple[str, ...]:
        """The settings that the mode ignores, for a warning at start."""
        return tuple(PROVIDERS[channel] for channel in self.configured if channel not in self.providers)


def load(environ: Mapping[str, str], *, terminal: bool | None = None) -> Settings:
    """
    Read the settings; raises ConfigurationError.

    `terminal` is true when a person reads the logs; None checks standard error.
    """
    env = Environment(environ)
    http = env.address("HUB_HTTP") or Address("127.0.0.1", 8080)
    is_terminal = sys.stderr.isatty() if terminal is None else terminal
    settings = Settings(
        amqp_url=env.url("HUB_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/", ("amqp", "amqps")),
        amqp_management_url=env.login_url("HUB_AMQP_MANAGEMENT_URL"),
        redis_url=env.url("HUB_REDIS_URL", "redis://127.0.0.1:6379/0", REDIS_SCHEMES),
        database_url=env.url("HUB_DATABASE_URL", "postgresql://hub:hub@127.0.0.1:5432/hub", POSTGRES_SCHEMES),
        database_owner_url=env.optional_url(
            "HUB_DATABASE_OWNER_URL", "postgresql://hub_owner@127.0.0.1:5432/hub", POSTGRES_SCHEMES
        ),
        http=http,
        metrics=env.address("HUB_METRICS"),
        public_url=env.public_url("HUB_PUBLIC_URL") or f"http://{http}",
        trusted_proxies=env.networks("HUB_TRUSTED_PROXIES"),
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
        heartbeat_url=env.outside_url("HUB_HEARTBEAT_URL", "https://hc-ping.com/YOUR-ID"),
        webhook_networks=env.networks("HUB_WEBHOOK_NETWORKS"),
        traces_url=env.optional_url("HUB_TRACES_URL", "http://127.0.0.1:4318/v1/traces", ("http", "https")),
        timestamp_url=env.outside_url("HUB_TIMESTAMP_URL", "https://freetsa.org/tsr"),
        log=env.choice("HUB_LOG", LogFormat.TEXT if is_terminal else LogFormat.JSON),
        log_level=env.choice("HUB_LOG_LEVEL", LogLevel.INFO),
    )
    _refuse_what_is_unsafe(settings)
    return settings


def _refuse_what_is_unsafe(settings: Settings) -> None:
    if settings.api_key is None:
        _must_be_private(settings.http, "HUB_HTTP")
        _must_be_private(settings.metrics, "HUB_METRICS")
    elif len(settings.api_key.reveal()) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"HUB_API_KEY has fewer than {SHORTEST_SECRET} characters and can be guessed: "
            "set the one that `hub secrets new` prints."
        )
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
