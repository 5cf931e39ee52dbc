"""`hub keys`: what systems show to be let in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from hub.errors import HubError
from hub.model import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.model import ApiKey

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
    from hub.access import api_keys  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.catalog import BY_NAME  # noqa: PLC0415 - the same

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
    wait(_add(key))
    _show(key, token, as_json=as_json)


async def _add(key: ApiKey) -> None:
    from hub.app import process as hub_app  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.web.api.api_keys import about  # noqa: PLC0415 - the same

    await audit.note("key.create", f"key:{key.name}", **about(key))
    async with hub_app.open_keys(settings()) as store:
        if not await store.add(key):
            raise HubError(f"a live key is called {key.name}: rotate it, revoke it, or choose another name")


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


async def _rows() -> list[dict[str, Any]]:
    from hub.app import process as hub_app  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.web.api.api_keys import row  # noqa: PLC0415 - the same

    async with hub_app.open_keys(settings()) as store:
        return [row(key, now=datetime.now(UTC)) for key in await store.keys()]


def _joined(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in row.items()}


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
    from hub.access import api_keys  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.app import process as hub_app  # noqa: PLC0415 - the same
    from hub.web.api.api_keys import about, newest  # noqa: PLC0415 - the same

    now = datetime.now(UTC)
    ends = old_ends or now + api_keys.OVERLAP
    async with hub_app.open_keys(settings()) as store:
        old = newest(await store.live_keys(), name)
        if old is None:
            raise HubError(f"there is no live key called {name}")
        key, token = api_keys.renew(old, by=audit.operator(), now=now)
        await audit.note("key.rotate", f"key:{name}", **about(key), old_ends_at=ends.isoformat())
        if not await store.rotate(key, old_ends_at=ends):
            raise HubError(f"there is no live key called {name}")
    return key, token


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
    from hub.app import process as hub_app  # noqa: PLC0415 - `hub --help` must not wait for it

    await audit.note("key.revoke", f"key:{named}")
    async with hub_app.open_keys(settings()) as store:
        revoked = await store.revoke(named)
    if not revoked:
        raise HubError(f"there is no live key called {named}")
    return revoked


def _show(key: ApiKey, token: str, *, as_json: bool) -> None:
    from hub.web.api.api_keys import row  # noqa: PLC0415 - `hub --help` must not wait for it

    if as_json:
        print_json({**row(key, now=datetime.now(UTC)), "token": token})
        return
    typer.echo(token)
    typer.secho("Shown once: only a hash of it is kept.", fg=typer.colors.YELLOW, err=True)
