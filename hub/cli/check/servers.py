"""Checks of RabbitMQ, Redis and PostgreSQL, and of the hub itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import aiohttp
import asyncpg
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from pamqp.commands import Queue
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.access.keyring import KeyRing
from hub.cli.check.finding import Finding, bad, counted, ok, warn
from hub.consumers.broker import broker_errors, connect
from hub.consumers.topology import QUEUES
from hub.errors import AppointmentsUnavailable
from hub.policy import load_policy
from hub.settings import Address, Settings
from hub.storage.accounts import PostgresAccounts
from hub.storage.appointments import EPOCH_KEY
from hub.storage.database import Database, translated
from hub.storage.log import PostgresLog
from hub.storage.migrations import HEAD, current
from hub.storage.monitor import PostgresMonitor
from hub.storage.secrets import PostgresSecrets

RABBITMQ: Final = "RabbitMQ"
REDIS: Final = "Redis"
POSTGRESQL: Final = "PostgreSQL"
HUB: Final = "Hub"


async def rabbitmq(settings: Settings) -> list[Finding]:
    """Check the version, the queues, and the messages waiting in them."""
    connection = await connect(settings.amqp_url.reveal(), "hub check")
    try:
        async with broker_errors():
            found = [answer for name in QUEUES if (answer := await _queue(connection, name))]
        return [_broker(connection, settings), *_queues(found)]
    finally:
        await connection.close()


async def _queue(connection: AbstractConnection, name: str) -> Queue.DeclareOk | None:
    # Declaring a missing queue passively closes the channel.
    channel = await connection.channel(publisher_confirms=False)
    try:
        return (await channel.declare_queue(name, passive=True)).declaration_result
    except ChannelNotFoundEntity:
        return None
    finally:
        await channel.close()


def _broker(connection: AbstractConnection, settings: Settings) -> Finding:
    properties = connection.transport.connection.server_properties if connection.transport else {}
    version = properties.get("version", b"?")
    shown = version.decode() if isinstance(version, bytes) else version
    return ok(RABBITMQ, f"{shown} en {settings.amqp_url.shown}")


def _queues(found: list[Queue.DeclareOk]) -> Iterator[Finding]:
    if len(found) < len(QUEUES):
        yield warn(
            RABBITMQ,
            f"Hay {len(found)} de las {len(QUEUES)} colas del hub.",
            "`hub run` las crea al arrancar.",
        )
    waiting = sum(queue.message_count or 0 for queue in found)
    forgotten = sorted(
        str(queue.queue) for queue in found if queue.message_count and not queue.consumer_count
    )
    if forgotten:
        yield warn(
            RABBITMQ,
            f"{counted(waiting, 'mensaje', 'mensajes')} en cola, y nadie atiende {', '.join(forgotten)}.",
            "Arranque `hub run`, o el papel que falta: intake para hub.events, delivery para hub.messages.",
        )
    elif found:
        yield ok(RABBITMQ, f"{counted(waiting, 'mensaje', 'mensajes')} en cola.")


async def redis(settings: Settings) -> list[Finding]:
    """Check the version, persistence, and that the appointments are there."""
    client = Redis.from_url(settings.redis_url.reveal(), decode_responses=True)
    try:
        info: dict[str, Any] = await client.info()
        armed = bool(await client.exists(EPOCH_KEY))
    except (RedisError, OSError) as exc:
        raise AppointmentsUnavailable from exc
    finally:
        await client.aclose()
    return [ok(REDIS, f"{info['redis_version']} en {settings.redis_url.shown}"), *keeping(info, armed=armed)]


def keeping(info: Mapping[str, Any], *, armed: bool) -> Iterator[Finding]:
    """Judge from INFO whether Redis keeps its data; `armed`: the appointments are there."""
    if not info.get("aof_enabled"):
        yield warn(
            REDIS,
            "Sin AOF: al reiniciarse olvida las citas y el hub las rehace desde SQL.",
            "En producción: appendonly yes.",
        )
    if (eviction := info.get("maxmemory_policy", "noeviction")) != "noeviction":
        yield warn(
            REDIS,
            f"Con poca memoria borra claves (maxmemory-policy {eviction}).",
            "Ponga maxmemory-policy noeviction.",
        )
    if not armed:
        yield warn(REDIS, "Las citas aún no están puestas.", "El papel timers las pone al arrancar.")


async def postgresql(settings: Settings) -> list[Finding]:
    """Check the version, the schema, and what in the log needs an operator."""
    url = settings.database_url.reveal()
    with translated():
        connection = await asyncpg.connect(url)
        try:
            version = str(await connection.fetchval("SHOW server_version")).partition(" ")[0]
        finally:
            await connection.close()
    reached = ok(POSTGRESQL, f"{version} en {settings.database_url.shown}")
    revision = await current(url)
    if revision != HEAD:
        missing = f"El esquema es {revision}" if revision else "Falta el esquema"
        return [
            reached,
            bad(POSTGRESQL, f"{missing}; este hub necesita {HEAD}.", "Ejecute `hub db upgrade`."),
        ]
    return [
        reached,
        ok(POSTGRESQL, f"Esquema al día ({HEAD})."),
        *await _waiting(url),
        *await _accounts(settings),
        *await _unknown_documents(settings),
        *await _duty(settings),
    ]


async def _waiting(url: str) -> list[Finding]:
    async with Database(url, size=1) as database:
        counts = await PostgresLog(database).counts()
    findings = []
    if dead := counts["dead"].get("open", 0):
        findings.append(
            warn(
                POSTGRESQL,
                f"{counted(dead, 'carta muerta pendiente', 'cartas muertas pendientes')}.",
                "Mírelas con `hub dead list`.",
            )
        )
    if breached := counts["clocks"].get("breached", 0):
        to_do = "Mírelos con `hub clocks --state breached`."
        findings.append(
            warn(
                POSTGRESQL,
                f"{counted(breached, 'plazo incumplido', 'plazos incumplidos')} sin respuesta.",
                to_do,
            )
        )
    return findings


async def _accounts(settings: Settings) -> list[Finding]:
    """Warn if nobody has an account. Without HUB_API_KEY the page needs none."""
    if settings.api_key is None:
        return []
    async with Database(settings.database_url.reveal(), size=1) as database:
        accounts = await PostgresAccounts(database).accounts()
    if any(account.disabled_at is None for account in accounts):
        return []
    to_do = 'Ejecute `hub accounts create USUARIO --name "NOMBRE" --office administrator --everywhere`.'
    return [warn(POSTGRESQL, "Nadie tiene cuenta: a la página solo se entra con HUB_API_KEY.", to_do)]


async def _unknown_documents(settings: Settings) -> list[Finding]:
    """Warn if a key that still hashes people's documents was removed from HUB_SECRET."""
    ids = KeyRing(settings.secrets).ids
    async with Database(settings.database_url.reveal(), size=1) as database:
        documents = await PostgresSecrets(database).documents()
    lost = sum(people for key, people in documents.items() if key not in ids)
    if not lost:
        return []
    what = (
        f"El documento de {counted(lost, 'persona', 'personas')} tiene una clave que no está en HUB_SECRET."
    )
    return [warn(POSTGRESQL, what, "Devuelva esa clave a HUB_SECRET o importe de nuevo a esas personas.")]


async def _duty(settings: Settings) -> list[Finding]:
    notify = load_policy(settings.policy).monitor.notify
    async with Database(settings.database_url.reveal(), size=1) as database:
        if notify or await PostgresMonitor(database, ()).anybody_on_duty():
            return []
    to_do = "Dé el cargo ops a alguien del personal, o defina `[monitor] notify` en el archivo de HUB_POLICY."
    return [warn(POSTGRESQL, "Sin nadie con el cargo ops, las averías van al correo de la empresa.", to_do)]


async def hub(settings: Settings) -> list[Finding]:
    """Check whether a hub answers at HUB_HTTP."""
    host = settings.http.host if settings.http.host not in {"", "0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104 - read, not bound
    url = f"http://{Address(host, settings.http.port)}"
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/health/live") as answer:
            lives = answer.status == 200
    except (aiohttp.ClientError, OSError):
        lives = False
    if lives:
        return [ok(HUB, f"Responde en {url}/")]
    return [warn(HUB, f"Nadie responde en {url}/", "Arránquelo con `hub run`.")]
