"""
`hub check`: one screen of the configured, reachable and missing parts, with remedies, in Spanish.

Checks that wait run concurrently, with at most three seconds per server. They change and send nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import typer
from rich.table import Table
from rich.text import Text

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
from hub.doors.terminal import AsJson, console, print_json, settings
from hub.errors import ConfigurationError, HubError, Unavailable
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


_MARKS: Final = {"ok": ("✔", "green"), "warn": ("!", "yellow"), "bad": ("✘", "bold red")}


async def check(as_json: AsJson = False) -> None:
    """Revisa todo lo que el hub necesita y dice qué corregir; termina con 1 si algo está mal."""
    findings = await _examined()
    if as_json:
        print_json({"items": findings, "next": None})
    else:
        _print(findings)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


async def _examined() -> list[Finding]:
    try:
        given = settings()
    except ConfigurationError as error:
        # Without settings nothing else can be checked; this error is the finding.
        to_do = "Corrija esa variable y repita `hub check`."
        return [Finding(area="Variables", state="bad", what=str(error), to_do=to_do)]
    return await examine(given)


def _print(findings: Sequence[Finding]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for area, group in groupby(findings, key=lambda finding: finding.area):
        for place, finding in enumerate(group):
            mark, style = _MARKS[finding.state]
            words = Text(finding.what)
            if finding.to_do:
                words.append(f"\n→ {finding.to_do}", style=style)
            table.add_row(Text("" if place else area, style="bold"), Text(mark, style=style), words)
    console().print(table)
    _print_end(findings)


def _print_end(findings: Sequence[Finding]) -> None:
    bad = sum(finding.state == "bad" for finding in findings)
    warnings = sum(finding.state == "warn" for finding in findings)
    if not bad and not warnings:
        typer.secho("\nTodo está en orden.", fg=typer.colors.GREEN)
    else:
        typer.secho(f"\n{bad} por corregir, {warnings} por revisar.", fg="red" if bad else "yellow")


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
