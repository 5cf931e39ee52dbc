"""
The checks of `hub check`: those that wait run concurrently, with at most three seconds per server.

The texts are in Spanish, for operators. The checks change nothing and send no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from hub.cli.check import (
    channels,
    connections,
    house,
    identities,
    mail_dns,
    mail_records,
    management,
    servers,
)
from hub.cli.check.finding import Finding, bad
from hub.errors import HubError, Unavailable
from hub.hosts import hosts_of
from hub.settings import SecretUrl, Settings

PATIENCE: Final = 3.0  # seconds
_OWN_WORK: Final = frozenset({house.TEMPLATES})
"""
Areas whose checks compute for seconds, and come before those that wait.

Not in a thread beside them: where two threads are the first to decode an enum, msgspec 0.22 ends the process
with a segmentation fault.
"""

Look = Callable[[Settings], Awaitable[list[Finding]]]

_LOOKS: Final[tuple[tuple[str, Look, str], ...]] = (
    (house.PROGRAM, house.program, "Instale de nuevo el hub."),
    (house.MODE, house.mode, "Corrija HUB_MODE."),
    (house.ACCESS, house.access, "Corrija HUB_API_KEY y HUB_SECRET."),
    (connections.CONNECTIONS, connections.connections, "Corrija la dirección que se nombra."),
    (house.POLICY, house.policy, "Corrija el archivo que nombra HUB_POLICY."),
    (house.TEMPLATES, house.templates, "Corrija la plantilla que se nombra."),
    (servers.RABBITMQ, servers.rabbitmq, "Revise que el servidor esté encendido y HUB_AMQP_URL."),
    (servers.RABBITMQ, management.broker_rights, "Revise HUB_AMQP_MANAGEMENT_URL."),
    (servers.REDIS, servers.redis, "Revise que el servidor esté encendido y HUB_REDIS_URL."),
    (servers.POSTGRESQL, servers.postgresql, "Revise que el servidor esté encendido y HUB_DATABASE_URL."),
    (identities.SENDERS, identities.identities, "Corrija `[senders]` en el archivo de HUB_POLICY."),
    (channels.CHANNELS, channels.channels, "Corrija la variable que se nombra."),
    (mail_records.AREA, mail_dns.mail_domain, "Corrija HUB_EMAIL_URL."),
    (servers.HUB, servers.hub, "Revise HUB_HTTP."),
)
"""(area, check, what to do if the check itself fails)"""

_PLACES: Final[Mapping[str, Callable[[Settings], SecretUrl]]] = {
    servers.RABBITMQ: lambda settings: settings.amqp_url,
    servers.REDIS: lambda settings: settings.redis_url,
    servers.POSTGRESQL: lambda settings: settings.database_url,
}


async def examine(settings: Settings) -> list[Finding]:
    """Run the checks, those that wait concurrently; return the findings in the order of the table."""
    looked = {look: await _look(*look, settings) for look in _LOOKS if look[0] in _OWN_WORK}
    waiting = [look for look in _LOOKS if look not in looked]
    found = await asyncio.gather(*(_look(*look, settings) for look in waiting))
    looked |= dict(zip(waiting, found, strict=True))
    return [finding for look in _LOOKS for finding in looked[look]]


async def _look(area: str, look: Look, to_do: str, settings: Settings) -> list[Finding]:
    url = _PLACES[area](settings) if area in _PLACES else None
    place = f" {url.shown}" if url else ""
    # Each host of several is waited for before the next one is asked.
    patience = PATIENCE * (2 * len(hosts_of(url.reveal())) - 1 if url else 1)
    try:
        async with asyncio.timeout(patience):
            return await look(settings)
    except TimeoutError:
        return [bad(area, f"No respondió en {patience:.0f} segundos{place and ':'}{place}", to_do)]
    except Unavailable as error:
        # The cause's class separates a wrong password from a dead server; its text could quote secrets.
        why = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
        return [bad(area, f"No responde{place and ':'}{place}{why}", to_do)]
    except HubError as error:
        return [bad(area, str(error), to_do)]
    except Exception as error:  # noqa: BLE001 - one failing check must not hide the others' findings
        return [bad(area, f"No se pudo mirar: {type(error).__name__}.", to_do)]
