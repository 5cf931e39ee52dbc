"""Checks of RabbitMQ, Redis and PostgreSQL, and of the hub itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import asyncpg
from aio_pika.abc import AbstractConnection, AbstractQueue
from aiormq.exceptions import ChannelAccessRefused

from hub.access.keyring import KeyRing
from hub.cli.check.bindings import bindings, second_factors
from hub.cli.check.contact import exclusions
from hub.cli.check.finding import Finding, bad, counted, ok, silent, warn
from hub.client.connection import broker_errors
from hub.consumers import canary
from hub.consumers.broker import connect
from hub.consumers.canary import TopologyFindings
from hub.consumers.topology import QUEUES
from hub.errors import AppointmentsUnavailable, StorageUnavailable
from hub.hosts import Hosts
from hub.model.months import missing
from hub.operations.months import MonthReport, read_months
from hub.policy import load_policy
from hub.policy.monitoring import MonitorPolicy
from hub.settings import Address, Settings
from hub.storage.accounts import PostgresAccounts
from hub.storage.appointments import EPOCH_KEY, TIMEOUT
from hub.storage.connection import connect as connect_database
from hub.storage.connection import translated
from hub.storage.database import Database
from hub.storage.keys import PostgresKeys
from hub.storage.log import PostgresLog
from hub.storage.migrations import HEAD, current
from hub.storage.monitor import PostgresMonitor
from hub.storage.months import PostgresMonths
from hub.storage.redis_connection import CLUSTER_SCHEMES, at_keys, client, failures
from hub.storage.rights import AuditRights, audit_rights
from hub.storage.secrets import PostgresSecrets

_NO_ACCOUNT: Final = (
    "Nadie tiene cuenta: a la página solo se entra con HUB_API_KEY.",
    'Ejecute `hub accounts create USUARIO --name "NOMBRE" --office administrator --everywhere`.',
)
_MEND: Final = (
    "Un `hub run` lo declara de nuevo en segundos; si sigue así, mire su registro (broker.topology_missing) "
    "y los permisos de su usuario de RabbitMQ."
)
_UNTOLD_CLUSTER: Final = (
    "HUB_REDIS_URL nombra un nodo de un clúster como si fuera un servidor solo.",
    "Escriba redis+cluster://NODO:PUERTO,NODO:PUERTO (o rediss+cluster://).",
)
_TWO_USERS: Final = (
    "Use dos usuarios: el dueño en HUB_DATABASE_OWNER_URL, solo para `hub db upgrade`, y otro para los "
    "papeles (docs/operations/protect.md, Two users of the database)."
)
_RIGHTS_AGAIN: Final = (
    "Quítele CREATEROLE y los papeles que tenga, y repita `hub db upgrade` con HUB_DATABASE_OWNER_URL."
)
_NO_DUTY: Final = (
    "Sin nadie con el cargo ops, las averías van al correo de la empresa.",
    "Dé el cargo ops a alguien del personal, o defina `[monitor] notify` en el archivo de HUB_POLICY.",
)
_NO_OFFICER: Final = (
    "Nadie de toda la empresa es privacy_officer: un reclamo sobre datos puede no llegarle a nadie.",
    "Dé ese cargo a alguien (Decreto 1377 de 2013, art. 23); por conjunto lo dice `hub people readiness`.",
)


async def rabbitmq(settings: Settings) -> list[Finding]:
    """Check the version, the way of the events, the queues, and the messages waiting in them."""
    connection = await connect(settings.amqp_url.reveal(), "hub check")
    down = [finding async for finding in silent(settings.amqp_url, _try_node)]
    try:
        async with broker_errors():
            found = await canary.look(connection)
            way = [] if found.missing else [finding async for finding in _way(connection)]
        return [_broker(connection, settings), *down, *_missing(found), *way, *_queues(found.queues)]
    finally:
        await connection.close()


async def _try_node(url: str) -> None:
    await (await connect(url, "hub check")).close()


def _broker(connection: AbstractConnection, settings: Settings) -> Finding:
    properties = connection.transport.connection.server_properties if connection.transport else {}
    version = properties.get("version", b"?")
    shown = version.decode() if isinstance(version, bytes) else version
    return ok(f"{shown} en {settings.amqp_url.shown}")


def _missing(found: TopologyFindings) -> Iterator[Finding]:
    """Name the missing parts; where no hub of this version has run yet, that is no fault."""
    if found.missing and found.is_set_up:
        yield bad(f"Falta {', '.join(found.missing)}.", _MEND)
    elif len(found.queues) < len(QUEUES):
        what = f"Hay {len(found.queues)} de las {len(QUEUES)} colas del hub."
        yield warn(what, "`hub run` las crea al arrancar.")


async def _way(connection: AbstractConnection) -> AsyncIterator[Finding]:
    """Report that events would not arrive, or that nobody can know."""
    try:
        if not await canary.arrives(connection):
            what = "Los eventos no llegan: falta el enlace de domain.events a hub.lanes."
            yield bad(what, _MEND)
    except ChannelAccessRefused:
        what = "El usuario de HUB_AMQP_URL no puede declarar: no se sabe si los eventos llegan."
        yield bad(what, "Dele los permisos de docs/security.md.")


def _queues(found: Sequence[AbstractQueue]) -> Iterator[Finding]:
    results = [queue.declaration_result for queue in found]
    count = sum(queue.message_count or 0 for queue in results)
    waiting = f"{counted(count, 'mensaje', 'mensajes')} en cola"
    forgotten = sorted(
        str(queue.queue) for queue in results if queue.message_count and not queue.consumer_count
    )
    if forgotten:
        to_do = (
            "Arranque `hub run`, o el papel que falta: intake para hub.events, delivery para hub.messages."
        )
        yield warn(f"{waiting}, y nadie atiende {', '.join(forgotten)}.", to_do)
    elif found:
        yield ok(f"{waiting}.")


async def redis(settings: Settings) -> list[Finding]:
    """Check the version, persistence, and that the appointments are there."""
    server = client(settings.redis_url.reveal(), TIMEOUT)
    try:
        info: dict[str, Any] = await server.info(**await at_keys(server))
        if info.get("cluster_enabled") and settings.redis_url.scheme not in CLUSTER_SCHEMES:
            return [bad(*_UNTOLD_CLUSTER)]
        armed = bool(await server.exists(EPOCH_KEY))
    except failures(server) as exc:
        raise AppointmentsUnavailable from exc
    finally:
        await server.aclose()
    return [ok(f"{info['redis_version']} en {settings.redis_url.shown}"), *keeping(info, armed=armed)]


def keeping(info: Mapping[str, Any], *, armed: bool) -> Iterator[Finding]:
    """Judge from INFO whether Redis keeps its data; `armed`: the appointments are there."""
    if not info.get("aof_enabled"):
        what = "Sin AOF: al reiniciarse olvida las citas y el hub las rehace desde SQL."
        yield warn(what, "En producción: appendonly yes.")
    if (eviction := info.get("maxmemory_policy", "noeviction")) != "noeviction":
        what = f"Con poca memoria borra claves (maxmemory-policy {eviction})."
        yield warn(what, "Ponga maxmemory-policy noeviction.")
    if not armed:
        yield warn("Las citas aún no están puestas.", "El papel timers las pone al arrancar.")


async def postgresql(settings: Settings) -> list[Finding]:
    """Check the version, the schema, and the rows of the log that need an operator."""
    url = settings.database_url.reveal()
    version = await _version(url)
    reached = ok(f"{version} en {settings.database_url.shown}")
    revision = await current(url)
    if revision != HEAD:
        missing = f"El esquema es {revision}" if revision else "Falta el esquema"
        return [
            reached,
            bad(f"{missing}; este hub necesita {HEAD}.", "Ejecute `hub db upgrade`."),
        ]
    return [
        reached,
        ok(f"Esquema al día ({HEAD})."),
        *[finding async for finding in silent(settings.database_url, _try_host)],
        *[finding async for finding in _to_do(settings)],
    ]


async def _version(url: str) -> str:
    with translated():
        connection = await connect_database(Hosts(url))
        try:
            return str(await connection.fetchval("SHOW server_version")).partition(" ")[0]
        finally:
            await connection.close()


async def _try_host(url: str) -> None:
    try:
        await _version(url)
    except StorageUnavailable as exc:
        if not isinstance(exc.__cause__, asyncpg.TargetServerAttributeNotMatched):  # a standby answers
            raise


async def _to_do(settings: Settings) -> AsyncIterator[Finding]:
    """Warn of rows that wait for an operator."""
    async with Database(settings.database_url.reveal(), size=1) as database:
        for finding in of_audit(await audit_rights(database)):
            yield finding
        for finding in _waiting(await PostgresLog(database).live_counts()):
            yield finding
        if not await _has_account(settings, database):
            yield warn(*_NO_ACCOUNT)
        yield bindings(await PostgresKeys(database).senders())
        if lost := await _lost_documents(settings, database):
            whose = counted(lost, "persona", "personas")
            what = f"El documento de {whose} tiene una clave que no está en HUB_SECRET."
            yield warn(what, "Devuelva esa clave a HUB_SECRET o importe de nuevo a esas personas.")
        accounts, sealed = PostgresAccounts(database), PostgresSecrets(database)
        ring = KeyRing(settings.secrets)
        for finding in second_factors(ring, await accounts.accounts(), await sealed.factors()):
            yield finding
        policy = load_policy(settings.policy)
        for finding in await exclusions(settings, database, policy, datetime.now(UTC)):
            yield finding
        months = await read_months(PostgresMonths(database), policy.retention.months, datetime.now(UTC))
        for finding in of_months(months, datetime.now(UTC)):
            yield finding
        async for finding in _duties(PostgresMonitor(database, ()), policy.monitor):
            yield finding


async def _duties(monitor: PostgresMonitor, rules: MonitorPolicy) -> AsyncIterator[Finding]:
    """Warn of duties that nobody has."""
    if not (rules.notify or await monitor.anybody_on_duty()):
        yield warn(*_NO_DUTY)
    if not await monitor.anybody_on_duty("privacy_officer"):
        yield warn(*_NO_OFFICER)


def _waiting(counts: Mapping[str, Mapping[str, int]]) -> Iterator[Finding]:
    if dead := counts["dead"].get("open", 0):
        what = f"{counted(dead, 'evento rechazado pendiente', 'eventos rechazados pendientes')}."
        yield warn(what, "Mírelos con `hub dead list`.")
    if breached := counts["clocks"].get("breached", 0):
        what = f"{counted(breached, 'promesa incumplida', 'promesas incumplidas')} sin respuesta."
        yield warn(what, "Mírelas con `hub clocks --state breached`.")


def of_audit(rights: AuditRights) -> Iterator[Finding]:
    """Warn if the roles' user can rewrite the audit."""
    if rights.is_superuser:
        yield warn("El usuario de HUB_DATABASE_URL es superusuario: puede cambiar todo.", _TWO_USERS)
    elif rights.is_owner:
        what = "El usuario de HUB_DATABASE_URL es dueño de las tablas: puede cambiar la auditoría."
        yield warn(what, _TWO_USERS)
    elif rights.may_change:
        what = "El usuario de HUB_DATABASE_URL puede cambiar la auditoría, o darse el permiso."
        yield warn(what, _RIGHTS_AGAIN)


def of_months(found: Sequence[MonthReport], now: datetime) -> Iterator[Finding]:
    """Warn of a month that has not been made, and of those that are old and stay."""
    if any(missing([report.month for report in found], now, 0)):
        what = "El mes actual no tiene sus tablas; lo nuevo queda guardado «sin mes»."
        yield warn(what, "Las crea el papel timers; si no puede, su registro dice por qué.")
    if staying := [report for report in found if report.held_by]:
        what = f"Ya se podrían borrar {counted(len(staying), 'mes', 'meses')}, pero algo sigue vivo."
        yield warn(what, "Mire cuáles y por qué con `hub months`.")


async def _has_account(settings: Settings, database: Database) -> bool:
    """Return whether somebody can sign in. Without HUB_API_KEY the page needs no account."""
    if settings.api_key is None:
        return True
    return any(account.disabled_at is None for account in await PostgresAccounts(database).accounts())


async def _lost_documents(settings: Settings, database: Database) -> int:
    """Count the people whose document was hashed with a key that was removed from HUB_SECRET."""
    ids = KeyRing(settings.secrets).ids
    documents = await PostgresSecrets(database).documents()
    return sum(people for key, people in documents.items() if key not in ids)


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
        return [ok(f"Responde en {url}/")]
    return [warn(f"Nadie responde en {url}/", "Arránquelo con `hub run`.")]
