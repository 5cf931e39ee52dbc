"""
The checks of `hub check`: those that wait run concurrently, with at most three seconds per server.

The texts are in Spanish, for operators. The checks change nothing and send no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from hub.cli.check import (
    channels,
    connections,
    house,
    identities,
    mail_dns,
    management,
    servers,
)
from hub.cli.check.finding import Finding, bad
from hub.errors import HubError, Unavailable
from hub.hosts import hosts_of
from hub.settings import SecretUrl, Settings

PATIENCE: Final = 3.0  # seconds
_OWN_WORK: Final = frozenset({"Textos"})
"""
Areas whose checks compute for seconds, and come before those that wait.

Not in a thread beside them: where two threads are the first to decode an enum, msgspec 0.22 ends the process
with a segmentation fault.
"""

Look = Callable[[Settings], Awaitable[list[Finding]]]

_LOOKS: Final[tuple[tuple[str, Look, str], ...]] = (
    ("Programa", house.program, "Instale de nuevo el hub."),
    ("Modo", house.mode, "Corrija HUB_MODE."),
    ("Acceso", house.access, "Corrija HUB_API_KEY y HUB_SECRET."),
    ("Conexiones", connections.connections, "Corrija la dirección que se nombra."),
    ("Política", house.policy, "Corrija el archivo que nombra HUB_POLICY."),
    ("Textos", house.templates, "Corrija la plantilla que se nombra."),
    ("RabbitMQ", servers.rabbitmq, "Revise que el servidor esté encendido y HUB_AMQP_URL."),
    ("RabbitMQ", management.broker_rights, "Revise HUB_AMQP_MANAGEMENT_URL."),
    ("Redis", servers.redis, "Revise que el servidor esté encendido y HUB_REDIS_URL."),
    ("PostgreSQL", servers.postgresql, "Revise que el servidor esté encendido y HUB_DATABASE_URL."),
    ("Remitentes", identities.identities, "Corrija `[senders]` en el archivo de HUB_POLICY."),
    ("Canales", channels.channels, "Corrija la variable que se nombra."),
    ("Dominio de correo", mail_dns.mail_domain, "Corrija HUB_EMAIL_URL."),
    ("Hub", servers.hub, "Revise HUB_HTTP."),
)
"""(area, check, what to do if the check itself fails)"""

_PLACES: Final[Mapping[str, Callable[[Settings], SecretUrl]]] = {
    "RabbitMQ": lambda settings: settings.amqp_url,
    "Redis": lambda settings: settings.redis_url,
    "PostgreSQL": lambda settings: settings.database_url,
}


async def examine(settings: Settings) -> list[Finding]:
    """Run the checks, those that wait concurrently; return the findings in the order of the table."""
    looked = {look: await _look(*look, settings) for look in _LOOKS if look[0] in _OWN_WORK}
    waiting = [look for look in _LOOKS if look not in looked]
    found = await asyncio.gather(*(_look(*look, settings) for look in waiting))
    looked |= dict(zip(waiting, found, strict=True))
    return [replace(finding, area=look[0]) for look in _LOOKS for finding in looked[look]]


async def _look(area: str, look: Look, to_do: str, settings: Settings) -> list[Finding]:
    url = _PLACES[area](settings) if area in _PLACES else None
    place = f" {url.shown}" if url else ""
    # Each host of several is waited for before the next one is asked.
    patience = PATIENCE * (2 * len(hosts_of(url.reveal())) - 1 if url else 1)
    try:
        async with asyncio.timeout(patience):
            return await look(settings)
    except TimeoutError:
        return [bad(f"No respondió en {patience:.0f} segundos{place and ':'}{place}", to_do)]
    except Unavailable as error:
        # The cause's class separates a wrong password from a dead server; its text could quote secrets.
        why = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
        return [bad(f"No responde{place and ':'}{place}{why}", to_do)]
    except HubError as error:
        return [bad(str(error), to_do)]
    except Exception as error:  # noqa: BLE001 - one failing check must not hide the others' findings
        return [bad(f"No se pudo mirar: {type(error).__name__}.", to_do)]
