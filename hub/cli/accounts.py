"""`hub accounts`: the accounts of the console."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
import typer

from hub.access import accounts
from hub.access.account_rows import AccountRow, made, row
from hub.access.accounts import AccountAdmin
from hub.access.passwords import Passwords
from hub.app import container as hub_app
from hub.cli import audit as auditing
from hub.cli.common import AsJson, cell, print_items, print_json, print_table, settings, wait
from hub.model import EVERYWHERE, Account, Grant, Office

app = typer.Typer(
    no_args_is_help=True,
    help="Cuentas de la consola: list, create, grant, take, reset, disable, enable, unlock.",
)

_COLUMNS: Final = {
    "name": "usuario",
    "display_name": "nombre",
    "state": "estado",
    "grants": "cargos",
    "signed_in_at": "último ingreso",
    "locked_until": "bloqueada hasta",
}

Name = Annotated[str, typer.Argument(metavar="USUARIO", show_default=False)]
OfOffice = Annotated[Office, typer.Option("--office", help="Qué puede hacer.", show_default=False)]
Where = Annotated[
    list[str] | None,
    typer.Option("--copropiedad", metavar="ID", help="En cuál; se repite para varias.", show_default=False),
]
Everywhere = Annotated[
    bool, typer.Option("--everywhere", help="En todas, con lo que no es de ninguna copropiedad.")
]


@app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Muestra las cuentas, sus cargos y su estado."""
    items = wait(_rows())
    if as_json:
        print_items(items)
        return
    rows = [[cell(_joined(row), column) for column in _COLUMNS] for row in items]
    print_table(list(_COLUMNS.values()), rows)


async def _rows() -> list[AccountRow]:
    async with _admin() as admin:
        return [row(account, now=admin.now) for account in await accounts.listed(admin)]


@app.command()
def create(
    name: Name,
    *,
    display_name: Annotated[
        str, typer.Option("--name", metavar="TEXTO", help="Quién es.", show_default=False)
    ],
    office: OfOffice,
    copropiedad: Where = None,
    everywhere: Everywhere = False,
    as_json: AsJson = False,
) -> None:
    """
    Crea una cuenta y muestra, una sola vez, la contraseña con que entra y que debe cambiar.

      hub accounts create ana.ruiz --name "Ana Ruiz" --office manager --copropiedad ph-1 --copropiedad ph-2

      hub accounts create luis --name "Luis Paz" --office administrator --everywhere
    """
    grants = _grants(office, copropiedad, everywhere=everywhere)
    account, password = wait(_as_admin(lambda admin: accounts.create(admin, name, display_name, grants)))
    _show_password(account, password, as_json=as_json)


@app.command()
def grant(
    name: Name,
    *,
    office: OfOffice,
    copropiedad: Where = None,
    everywhere: Everywhere = False,
    as_json: AsJson = False,
) -> None:
    """Da un cargo en una o varias copropiedades, o en todas."""
    grants = _grants(office, copropiedad, everywhere=everywhere)
    _show(wait(_as_admin(lambda admin: accounts.grant(admin, name, grants))), as_json=as_json)


@app.command()
def take(
    name: Name,
    *,
    office: OfOffice,
    copropiedad: Where = None,
    everywhere: Everywhere = False,
    as_json: AsJson = False,
) -> None:
    """Quita un cargo; las sesiones de la cuenta terminan."""
    grants = _grants(office, copropiedad, everywhere=everywhere)
    _show(wait(_as_admin(lambda admin: accounts.take(admin, name, grants))), as_json=as_json)


@app.command()
def reset(name: Name, as_json: AsJson = False) -> None:
    """Da otra contraseña de un solo uso, quita el bloqueo y termina las sesiones."""
    account, password = wait(_as_admin(lambda admin: accounts.reset(admin, name)))
    _show_password(account, password, as_json=as_json)


@app.command()
def disable(name: Name, as_json: AsJson = False) -> None:
    """Cierra la cuenta: no entra más y sus sesiones terminan ya."""
    _show(wait(_as_admin(lambda admin: accounts.disable(admin, name))), as_json=as_json)


@app.command()
def enable(name: Name, as_json: AsJson = False) -> None:
    """Vuelve a abrir una cuenta cerrada."""
    _show(wait(_as_admin(lambda admin: accounts.enable(admin, name))), as_json=as_json)


@app.command()
def unlock(name: Name, as_json: AsJson = False) -> None:
    """Quita antes de tiempo el bloqueo por intentos fallidos."""
    _show(wait(_as_admin(lambda admin: accounts.unlock(admin, name))), as_json=as_json)


def _grants(office: Office, copropiedades: list[str] | None, *, everywhere: bool) -> list[Grant]:
    # A missing option, or an empty variable of a script, must not mean everywhere.
    places = copropiedades or []
    if everywhere == bool(places) or not all(places):
        raise typer.BadParameter("dé --copropiedad ID, una o varias veces, o --everywhere")
    return [Grant(office=office, copropiedad_id=place) for place in places or [EVERYWHERE]]


async def _as_admin(work: Callable[[AccountAdmin], Awaitable[Any]]) -> Any:
    async with _admin() as admin:
        return await work(admin)


@asynccontextmanager
async def _admin() -> AsyncIterator[AccountAdmin]:
    """Open the administration of accounts for the operator, who reaches everywhere."""
    async with hub_app.open_accounts(settings()) as store, hub_app.open_audit(settings()) as audit:
        yield AccountAdmin(
            store=store,
            audit=audit,
            passwords=Passwords(),
            who=auditing.operator(),
            places=None,
            now=datetime.now(UTC),
        )


def _show(account: Account, *, as_json: bool) -> None:
    shown = row(account, now=datetime.now(UTC))
    if as_json:
        print_json(shown)
    else:
        print_table(("", ""), [(title, cell(_joined(shown), name)) for name, title in _COLUMNS.items()])


def _show_password(account: Account, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made(account, password, now=datetime.now(UTC)))
        return
    typer.echo(password)
    once = "Se muestra una sola vez; al entrar con ella se elige otra."
    typer.secho(once, fg=typer.colors.YELLOW, err=True)


def _joined(row: AccountRow) -> dict[str, Any]:
    grants = " ".join(f"{grant.office}:{grant.copropiedad_id}" for grant in row.grants)
    return {**msgspec.structs.asdict(row), "grants": grants}
