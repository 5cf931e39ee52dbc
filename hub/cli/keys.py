"""`hub keys`: the API keys of systems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from hub.access import api_keys, grant_keys
from hub.access.grant_keys import KeyRow
from hub.app import container
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
    scope: Annotated[list[Scope], typer.Option(help="What it may do; may be repeated.", show_default=False)],
    source: Annotated[
        str | None, typer.Option(metavar="URI", help="The only source it may publish for.")
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE", help="The only event types it may publish: pqrs.received. May be repeated."
        ),
    ] = None,
    amqp_user: Annotated[
        str | None, typer.Option(metavar="USER", help="The RabbitMQ user bound to the source.")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option(parser=as_instant, metavar="TIME", help="When it expires.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Create a key and show its token once: the hub stores only a hash.

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
    async with container.open_keys(given) as keys, container.open_audit(given) as notes:
        await grant_keys.grant(key, keys=keys, notes=notes)


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List keys, newest first, without their secrets."""
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
    async with container.open_keys(settings()) as store:
        return [grant_keys.row(key, now=datetime.now(UTC)) for key in await store.keys()]


def _joined(row: KeyRow) -> dict[str, Any]:
    facts = msgspec.structs.asdict(row)
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in facts.items()}


@app.command()
def rotate(
    name: Name,
    old_ends: Annotated[
        datetime | None,
        typer.Option(
            parser=as_instant, metavar="TIME", help="When the old key expires; by default in a day."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Create the successor of a key, with the same scopes, and show its token once.

    Both keys work until the old one expires, so that the system can change over in between.
    """
    key, token = wait(_rotate(name, old_ends))
    _show(key, token, as_json=as_json)


async def _rotate(name: str, old_ends: datetime | None) -> tuple[ApiKey, str]:
    given, who, now = settings(), audit.operator(), datetime.now(UTC)
    async with container.open_keys(given) as keys, container.open_audit(given) as notes:
        return await grant_keys.rotate(name, old_ends_at=old_ends, keys=keys, notes=notes, who=who, now=now)


@app.command()
def revoke(
    named: Annotated[str, typer.Argument(metavar="NAME|PREFIX", show_default=False)], as_json: AsJson = False
) -> None:
    """Revoke the live keys of a name, or the key of a prefix. Every process applies it within a second."""
    revoked = wait(_revoke(named))
    if as_json:
        print_json({"revoked": revoked})
    else:
        typer.echo(f"{revoked} revoked")


async def _revoke(named: str) -> int:
    given = settings()
    async with container.open_keys(given) as keys, container.open_audit(given) as notes:
        return await grant_keys.revoke(named, keys=keys, notes=notes, who=audit.operator())


def _show(key: ApiKey, token: str, *, as_json: bool) -> None:
    if as_json:
        print_json(grant_keys.made(key, token, now=datetime.now(UTC)))
        return
    typer.echo(token)
    typer.secho("Shown once: only a hash of it is kept.", fg=typer.colors.YELLOW, err=True)
