"""`hub keys`: what systems show to be let in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from hub.access import api_keys, grant_keys
from hub.access.grant_keys import KeyRow
from hub.app import process
from hub.catalog import BY_NAME
from hub.cli import audit
from hub.cli.common import (
    AsJson,
    as_instant,
    cell,
    print_items,
    print_json,
    print_table,
    settings,
    title,
    wait,
)
from hub.model import ApiKey, Scope

app = typer.Typer(no_args_is_help=True, help="Keys of systems: create, list, rotate, revoke.")

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


@app.command()
def create(
    name: Name,
    *,
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give each.", show_default=False)],
    source: Annotated[
        str | None, typer.Option(metavar="URI", help="It publishes for this source alone.")
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option(metavar="TYPE", help="And these alone: pqrs.received. Give each.")
    ] = None,
    amqp_user: Annotated[
        str | None, typer.Option(metavar="USER", help="Over RabbitMQ the source is this user's.")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option(parser=as_instant, metavar="TIME", help="When it ends by itself.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Make a key and show its token, once: only a hash of it is kept.

      hub keys create crm --scope publish --source urn:coproservicios:crm --event pqrs.received

      hub keys create tablero --scope read --scope operate --expires 2027-01-01
    """
    key, token = api_keys.issue(
        name,
        scopes=scope,
        source=source,
        event_types=event or (),
        amqp_user=amqp_user,
        expires_at=expires,
        known_types=BY_NAME,
        by=audit.operator(),
        now=datetime.now(UTC),
    )
    wait(_grant(key))
    _show(key, token, as_json=as_json)


async def _grant(key: ApiKey) -> None:
    given = settings()
    async with process.open_keys(given) as keys, process.open_audit(given) as notes:
        await grant_keys.grant(key, keys=keys, notes=notes)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List them, newest first, without their secrets."""
    items = wait(_rows())
    if as_json:
        print_items(items)
        return
    columns = (
        *("name", "prefix", "state", "scopes", "source", "event_types", "amqp_user"),
        *("created_at", "expires_at", "used_at"),
    )
    print_table(
        [title(column) for column in columns],
        [[cell(_joined(row), column) for column in columns] for row in items],
    )


async def _rows() -> list[KeyRow]:
    async with process.open_keys(settings()) as store:
        return [grant_keys.row(key, now=datetime.now(UTC)) for key in await store.keys()]


def _joined(row: KeyRow) -> dict[str, Any]:
    facts = msgspec.structs.asdict(row)
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in facts.items()}


@app.command()
def rotate(
    name: Name,
    old_ends: Annotated[
        datetime | None,
        typer.Option(parser=as_instant, metavar="TIME", help="When the old one ends; else in a day."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Make the successor of a key, which may do the same, and show its token once.

    Until the old one ends both open, so that the system can be given the new one meanwhile.
    """
    key, token = wait(_rotate(name, old_ends))
    _show(key, token, as_json=as_json)


async def _rotate(name: str, old_ends: datetime | None) -> tuple[ApiKey, str]:
    given, who, now = settings(), audit.operator(), datetime.now(UTC)
    async with process.open_keys(given) as keys, process.open_audit(given) as notes:
        return await grant_keys.rotate(name, old_ends_at=old_ends, keys=keys, notes=notes, who=who, now=now)


@app.command()
def revoke(
    named: Annotated[str, typer.Argument(metavar="NAME|PREFIX", show_default=False)], as_json: AsJson = False
) -> None:
    """End the live keys of a name, or the one of a prefix. Every process hears of it within a second."""
    revoked = wait(_revoke(named))
    if as_json:
        print_json({"revoked": revoked})
    else:
        typer.echo(f"{revoked} revoked")


async def _revoke(named: str) -> int:
    given = settings()
    async with process.open_keys(given) as keys, process.open_audit(given) as notes:
        return await grant_keys.revoke(named, keys=keys, notes=notes, who=audit.operator())


def _show(key: ApiKey, token: str, *, as_json: bool) -> None:
    if as_json:
        print_json(grant_keys.made(key, token, now=datetime.now(UTC)))
        return
    typer.echo(token)
    typer.secho("Shown once: only a hash of it is kept.", fg=typer.colors.YELLOW, err=True)
