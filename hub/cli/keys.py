"""`hub keys`: the API keys of systems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.access import api_keys, grant_keys
from hub.access.grant_keys import KeyAdmin
from hub.app.openers import open_audit, open_keys
from hub.catalog import BY_NAME
from hub.cli import audit
from hub.doors.terminal import (
    AsJson,
    fields,
    instant_option,
    print_done,
    print_json,
    print_list,
    settings,
    warn,
)
from hub.model import EVERYTHING, ApiKey, Scope

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final = fields(
    *("name", "prefix", "state", "scopes", "source", "event_types", "amqp_user"),
    *("created_at", "expires_at", "used_at"),
)

Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


@app.command()
async def create(
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
    expires: Annotated[datetime | None, instant_option("When it expires.")] = None,
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
    async with _admin() as admin:
        await grant_keys.grant(admin, key)
    _show(key, token, as_json=as_json)


@app.command("list")
async def list_keys(as_json: AsJson = False) -> None:
    """List keys, newest first, without their secrets."""
    async with open_keys(settings()) as store:
        rows = [grant_keys.row(key, now=datetime.now(UTC)) for key in await store.keys()]
    print_list(rows, _COLUMNS, as_json=as_json)


@app.command()
async def rotate(
    name: Name,
    old_ends: Annotated[
        datetime | None, instant_option("When the old key expires; by default in a day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Create the successor of a key, with the same scopes, and show its token once.

    Both keys work until the old one expires, so that the system can change over in between.
    """
    async with _admin() as admin:
        key, token = await grant_keys.rotate(admin, name, old_ends_at=old_ends)
    _show(key, token, as_json=as_json)


@app.command()
async def revoke(
    named: Annotated[str, typer.Argument(metavar="NAME|PREFIX", show_default=False)], as_json: AsJson = False
) -> None:
    """Revoke the live keys of a name, or the key of a prefix. Every process applies it within a second."""
    async with _admin() as admin:
        revoked = await grant_keys.revoke(admin, named)
    print_done({"revoked": revoked}, f"{revoked} revoked", as_json=as_json)


@asynccontextmanager
async def _admin() -> AsyncIterator[KeyAdmin]:
    """Open the administration of keys for the operator, who may give anything."""
    async with open_keys(settings()) as store, open_audit(settings()) as notes:
        yield KeyAdmin(
            store=store, audit=notes, who=audit.operator(), reach=EVERYTHING, now=datetime.now(UTC)
        )


def _show(key: ApiKey, token: str, *, as_json: bool) -> None:
    if as_json:
        print_json(grant_keys.made(key, token, now=datetime.now(UTC)))
        return
    typer.echo(token)
    warn("Shown once: only a hash of it is kept.")
