"""Ports in use: which program has one, and the notice to the person who starts the hub."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp import hdrs

from hub.errors import ConfigurationError
from hub.local.environment import is_given
from hub.local.instance import Instance
from hub.local.loopback import ADDRESS, free_port, obstacle
from hub.settings import Address, Settings

ASK_LIMIT: Final = 2.0  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """The program that uses a port, in both languages."""

    es: str
    en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedPort:
    """A port of the first start, if it is free, or any; `setting` chooses another one."""

    port: int | None = None
    es: str
    en: str
    setting: str | None = None


WANTED_PORTS: Final[Mapping[str, WantedPort]] = {
    "page": WantedPort(port=8080, es="la página", en="the page", setting="HUB_HTTP"),
    "smtp": WantedPort(port=1025, es="el buzón", en="the mail catcher", setting="HUB_CAPTURE_SMTP"),
    "mail_page": WantedPort(port=8025, es="el correo que sale", en="the mail", setting="HUB_CAPTURE_SMTP"),
    "rabbitmq": WantedPort(es="RabbitMQ", en="RabbitMQ"),
    "redis": WantedPort(es="Redis", en="Redis"),
    "postgresql": WantedPort(es="PostgreSQL", en="PostgreSQL"),
}


async def choose_port(instance: Instance, name: str, *, print_line: Callable[[str], None]) -> int:
    """Choose the port of a service; print a notice if it differs from the last start's."""
    service = WANTED_PORTS[name]
    wanted, port = instance.wanted_port(name, service.port), instance.port(name, service.port)
    if wanted is not None and port != wanted:
        by = await holder(Address(ADDRESS, wanted))
        other = f" Para elegir otro: {service.setting}={ADDRESS}:PUERTO" if service.setting else ""
        print_line(
            f"El puerto {wanted} ({service.es}) está ocupado por {by.es}: se usa el {port}.{other}\n"
            f"Port {wanted} ({service.en}) is held by {by.en}: {port} is used instead."
        )
    return port


async def require_free(settings: Settings, environ: Mapping[str, str]) -> None:
    """Raise ConfigurationError if another program listens on a configured address."""
    listening = {"HUB_HTTP": settings.http, "HUB_METRICS": settings.metrics, "HUB_MAIL": settings.mail}
    for setting, address in listening.items():
        if address is not None and is_given(environ, setting) and _is_taken(address):
            raise ConfigurationError(_refusal(setting, address, await holder(address)))


async def holder(address: Address) -> Holder:
    """Find the program that listens there: a hub names itself in the Server header, as other servers do."""
    url = f"http://{Address(address.host or ADDRESS, address.port)}/health/live"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ASK_LIMIT)) as session,
            session.get(url) as answer,
        ):
            server = answer.headers.get(hdrs.SERVER, "")
    except (aiohttp.ClientError, TimeoutError):
        return Holder(es="otro programa, que no responde por HTTP", en="another program, without HTTP")
    if server == "hub":
        return Holder(es="otro hub", en="another hub")
    named = f" ({server[:40]})" if server.isprintable() and server else ""
    return Holder(es=f"otro servidor web{named}", en=f"another web server{named}")


def _is_taken(address: Address) -> bool:
    """Return whether the address is in use; the hub itself reports any other obstacle."""
    try:
        candidates = socket.getaddrinfo(
            address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError:
        return False
    found = [obstacle(family, place) for family, *_, place in candidates]
    return any(exc is not None and exc.errno == errno.EADDRINUSE for exc in found)


def _refusal(setting: str, address: Address, by: Holder) -> str:
    other = Address(address.host, free_port())
    return (
        f"{setting}={address}: el puerto {address.port} está ocupado por {by.es}."
        f" Detenga lo que lo ocupa, o elija otro puerto: {setting}={other} scripts/run\n"
        f"{setting}={address}: port {address.port} is held by {by.en}."
        f" Stop what holds it, or choose another port, as above."
    )
