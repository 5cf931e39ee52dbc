"""Connections to the hub's servers and providers that others can read or guess, by the settings alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from hub.access.secret_strength import is_example
from hub.cli.check.finding import Finding, ok, warn
from hub.hosts import hosts_of
from hub.settings import PROVIDERS, Secret, SecretUrl, Settings, is_loopback

_ENCRYPTED: Final = frozenset({"amqps", "rediss", "rediss+cluster", "https", "smtps"})
_DATABASE_TLS: Final = frozenset({"require", "verify-ca", "verify-full"})
_FACTORY: Final = frozenset({"guest", "postgres", "admin", "redis", "rabbitmq", "hub", "123456"})
_RABBITMQ: Final = "Ejecute `rabbitmqctl change_password USUARIO CLAVE`"
_PASSWORD: Final[Mapping[str, str]] = {
    "HUB_AMQP_URL": _RABBITMQ,
    "HUB_AMQP_MANAGEMENT_URL": _RABBITMQ,
    "HUB_REDIS_URL": "Ponga `requirepass CLAVE` en redis.conf",
    "HUB_DATABASE_URL": "Ejecute `ALTER ROLE USUARIO PASSWORD 'CLAVE'`",
}
"""Setting → how its password is changed."""
_TLS: Final = "Si por esa red pasa alguien más, use amqps://, rediss://, ?sslmode=verify-full o https://."


async def connections(settings: Settings) -> list[Finding]:
    """Check for passwords that everybody knows, and for connections that leave this machine in clear."""
    found = [
        *_known_passwords(settings),
        *_redis_without_password(settings),
        *_servers_in_clear(settings),
        *_providers_in_clear(settings),
        *_page_in_clear(settings),
    ]
    return found or [ok("Nada sale de este equipo sin cifrar, y ninguna clave es de fábrica.")]


def _servers(settings: Settings) -> Mapping[str, SecretUrl]:
    found = {
        "HUB_AMQP_URL": settings.amqp_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_DATABASE_URL": settings.database_url,
    }
    if settings.amqp_management_url:
        found["HUB_AMQP_MANAGEMENT_URL"] = settings.amqp_management_url
    return found


def _known_passwords(settings: Settings) -> Iterator[Finding]:
    for setting, url in _servers(settings).items():
        parts = urlsplit(url.reveal())
        password = unquote(parts.password or "")
        if password and _is_known(unquote(parts.username or ""), password):
            yield warn(f"La clave de {setting} es la de fábrica o de un ejemplo.", _PASSWORD[setting])


def _is_known(user: str, password: str) -> bool:
    return password in _FACTORY or password == user or is_example(Secret(password))


def _redis_without_password(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.redis_url.reveal())
    if _is_elsewhere(parts) and not (parts.password or parse_qs(parts.query).get("password")):
        yield _weak(f"Redis está en otro equipo, sin clave: {settings.redis_url.shown}.", "HUB_REDIS_URL")


def _weak(what: str, setting: str) -> Finding:
    return warn(what, f"{_PASSWORD[setting]}, con una clave de `hub secrets new`.")


def _servers_in_clear(settings: Settings) -> Iterator[Finding]:
    names = [name for name, url in _servers(settings).items() if _is_in_clear(urlsplit(url.reveal()))]
    if names:
        what = f"A otro equipo sin TLS: {', '.join(names)}. Quien esté en esa red lee claves y datos."
        yield warn(what, _TLS)


def _is_in_clear(parts: SplitResult) -> bool:
    if parts.scheme.startswith("postgres"):
        modes = set(parse_qs(parts.query).get("sslmode", ()))
        return _is_elsewhere(parts) and not modes & _DATABASE_TLS
    return _is_elsewhere(parts) and parts.scheme not in _ENCRYPTED


def _is_elsewhere(parts: SplitResult) -> bool:
    """Return whether a host is another machine; without a host it is a socket of this one."""
    names = [parts._replace(netloc=host).hostname for host in hosts_of(parts.geturl())]
    return any(name and not is_loopback(name) for name in names)


def _providers_in_clear(settings: Settings) -> Iterator[Finding]:
    for channel, urls in settings.providers.items():
        for url in urls:
            parts = urlsplit(url.reveal())
            never = parts.scheme == "smtp" and parse_qs(parts.query).get("starttls") == ["never"]
            if _is_elsewhere(parts) and (never or parts.scheme.endswith("+http")):
                what = f"{PROVIDERS[channel]}: {url.place} recibe mensajes y claves sin cifrar."
                yield warn(what, "Use https, o ?starttls=always en un servidor de correo.")


def _page_in_clear(settings: Settings) -> Iterator[Finding]:
    """Warn of a page that other machines reach without a proxy; a http `HUB_PUBLIC_URL` says so by itself."""
    public = urlsplit(settings.public_url).hostname or ""
    if not settings.http.is_loopback and is_loopback(public) and not settings.trusted_proxies:
        what = f"HUB_HTTP={settings.http} contesta a otros equipos, sin TLS ni proxy delante."
        to_do = "Ponga un proxy con TLS (HUB_PUBLIC_URL, HUB_TRUSTED_PROXIES), o HUB_HTTP=127.0.0.1:8080."
        yield warn(what, to_do)
