"""`hub settings`: the settings in force and their origin, without secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.access.keyring import KeyRing
from hub.doors.terminal import AsJson, Columns, print_list, settings
from hub.settings import PROVIDERS, Settings
from hub.settings.values import SecretUrl

Describe = Callable[[Settings, Sequence[str]], object]
"""Takes the settings and the ids of HUB_SECRET's keys; returns the value to show, empty for none."""


_ORIGINS: Final = {"env": "environment", "file": "file", "default": "default"}
_COLUMNS: Final[Columns] = {
    "variable": "name",
    "value": lambda setting: setting.value or "–",
    "from": lambda setting: _ORIGINS[setting.origin],
}


def show_settings(as_json: AsJson = False) -> None:
    """
    Print every setting and its origin, without secrets: safe to put into a ticket.

    A secret is shown as `set`, a URL without user, password and query, HUB_SECRET as the ids of its keys.
    """
    given = settings()
    effective = effective_settings(given, os.environ, keys=KeyRing(given.secrets).ids)
    print_list(effective, _COLUMNS, as_json=as_json)


class Origin(StrEnum):
    """The origin of a value."""

    ENV = "env"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingValue:
    """One setting; `value` is None where there is none."""

    name: str
    origin: Origin
    value: str | None


def _url(url: SecretUrl | None) -> str | None:
    return url.shown if url else None


def _provider(channel: str) -> Describe:
    # Hosts only: the path of a provider's URL may be a secret.
    return lambda settings, _: " ".join(url.shown for url in settings.configured.get(channel, ()))


SETTINGS: Final[Mapping[str, Describe]] = {
    "HUB_AMQP_URL": lambda settings, _: _url(settings.amqp_url),
    "HUB_AMQP_MANAGEMENT_URL": lambda settings, _: (
        settings.amqp_management_url and settings.amqp_management_url.place
    ),
    "HUB_REDIS_URL": lambda settings, _: _url(settings.redis_url),
    "HUB_DATABASE_URL": lambda settings, _: _url(settings.database_url),
    "HUB_DATABASE_OWNER_URL": lambda settings, _: _url(settings.database_owner_url),
    "HUB_MODE": lambda settings, _: settings.mode,
    **{setting: _provider(channel) for channel, setting in PROVIDERS.items()},
    # Person data: shows only the number of addresses.
    "HUB_ALLOW_RECIPIENTS": lambda settings, _: len(settings.allow_recipients),
    "HUB_CAPTURE_DIR": lambda settings, _: settings.capture_dir,
    "HUB_CAPTURE_SMTP": lambda settings, _: settings.capture_smtp,
    "HUB_HTTP": lambda settings, _: settings.http,
    "HUB_METRICS": lambda settings, _: settings.metrics,
    "HUB_API_KEY": lambda settings, _: settings.api_key and "set",
    "HUB_PUBLIC_URL": lambda settings, _: settings.public_url,
    "HUB_TRUSTED_PROXIES": lambda settings, _: " ".join(map(str, settings.trusted_proxies)),
    "HUB_SECRET": lambda _, keys: " ".join(keys),
    "HUB_MAIL_DOMAIN": lambda settings, _: settings.mail_domain,
    "HUB_MAIL": lambda settings, _: settings.mail,
    "HUB_POLICY": lambda settings, _: settings.policy,
    "HUB_TEMPLATES": lambda settings, _: settings.templates,
    "HUB_HEARTBEAT_URL": lambda settings, _: settings.heartbeat_url and settings.heartbeat_url.place,
    "HUB_WEBHOOK_NETWORKS": lambda settings, _: " ".join(map(str, settings.webhook_networks)),
    "HUB_TIMESTAMP_URL": lambda settings, _: settings.timestamp_url and settings.timestamp_url.place,
    "HUB_TRACES_URL": lambda settings, _: settings.traces_url and settings.traces_url.place,
    "HUB_LOG": lambda settings, _: settings.log,
    "HUB_LOG_LEVEL": lambda settings, _: settings.log_level,
}
"""Setting → function that shows its value."""


def effective_settings(
    settings: Settings, environ: Mapping[str, str], *, keys: Sequence[str]
) -> list[SettingValue]:
    """Return all settings, in the order of the table; `keys` are the ids of HUB_SECRET's keys."""
    return [
        SettingValue(name=name, origin=_origin(name, environ), value=_text(show(settings, keys)))
        for name, show in SETTINGS.items()
    ]


def _text(value: object) -> str | None:
    return str(value) if value else None


def _origin(name: str, environ: Mapping[str, str]) -> Origin:
    if environ.get(name, "").strip():
        return Origin.ENV
    return Origin.FILE if environ.get(f"{name}_FILE", "").strip() else Origin.DEFAULT
