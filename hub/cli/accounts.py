"""`hub accounts`: the accounts of the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.access import accounts
from hub.access.account_rows import AccountRow, made, row
from hub.access.accounts import AccountAdmin
from hub.access.passwords import Passwords
from hub.app.openers import open_accounts, open_audit
from hub.cli.audit import operator
from hub.doors.terminal import (
    AsJson,
    Columns,
    local_time,
    print_facts,
    print_json,
    print_list,
    settings,
    warn,
)
from hub.model import EVERYTHING, EVERYWHERE, Account, Grant, Office

app = typer.Typer(no_args_is_help=True)


def _grants(row: AccountRow) -> str:
    return " ".join(f"{grant.office}:{grant.copropiedad_id}" for grant in row.grants)


_COLUMNS: Final[Columns] = {
    "usuario": "name",
    "nombre": "display_name",
    "estado": "state",
    "cargos": _grants,
    "contraseña hasta": lambda row: local_time(row.password_until),
    "segundo factor": lambda row: "sí" if row.second_factor else "no",
    "persona": "person",
    "último ingreso": "signed_in_at",
    "bloqueada hasta": "locked_until",
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
async def list_accounts(as_json: AsJson = False) -> None:
    """Muestra las cuentas, sus cargos y su estado."""
    async with _admin() as admin:
        rows = [row(account, now=admin.now) for account in await accounts.listed(admin)]
    print_list(rows, _COLUMNS, as_json=as_json)


@app.command()
async def create(
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
    grants = _asked(office, copropiedad, everywhere=everywhere)
    async with _admin() as admin:
        account, password = await accounts.create(admin, name, display_name, grants)
    _show_password(account, password, as_json=as_json)


@app.command()
async def grant(
    name: Name,
    *,
    office: OfOffice,
    copropiedad: Where = None,
    everywhere: Everywhere = False,
    as_json: AsJson = False,
) -> None:
    """Da un cargo en una o varias copropiedades, o en todas."""
    grants = _asked(office, copropiedad, everywhere=everywhere)
    async with _admin() as admin:
        _show(await accounts.grant(admin, name, grants), as_json=as_json)


@app.command()
async def take(
    name: Name,
    *,
    office: OfOffice,
    copropiedad: Where = None,
    everywhere: Everywhere = False,
    as_json: AsJson = False,
) -> None:
    """Quita un cargo; las sesiones de la cuenta terminan."""
    grants = _asked(office, copropiedad, everywhere=everywhere)
    async with _admin() as admin:
        _show(await accounts.take(admin, name, grants), as_json=as_json)


@app.command()
async def person(
    name: Name,
    ref: Annotated[str | None, typer.Argument(metavar="PERSONA", show_default=False)] = None,
    *,
    nobody: Annotated[bool, typer.Option("--nobody", help="Quita la que tiene.")] = False,
    as_json: AsJson = False,
) -> None:
    """Dice quién es la cuenta en el directorio: lee la bandeja de esa persona."""
    if nobody == bool(ref):
        raise typer.BadParameter("dé la referencia de la persona, o --nobody")
    async with _admin() as admin:
        _show(await accounts.set_person(admin, name, ref), as_json=as_json)


@app.command()
async def reset(name: Name, as_json: AsJson = False) -> None:
    """Da otra contraseña de un solo uso, quita el bloqueo y termina las sesiones."""
    async with _admin() as admin:
        account, password = await accounts.reset(admin, name)
    _show_password(account, password, as_json=as_json)


@app.command()
async def disable(name: Name, as_json: AsJson = False) -> None:
    """Cierra la cuenta: no entra más y sus sesiones terminan ya."""
    async with _admin() as admin:
        _show(await accounts.disable(admin, name), as_json=as_json)


@app.command()
async def enable(name: Name, as_json: AsJson = False) -> None:
    """Vuelve a abrir una cuenta cerrada."""
    async with _admin() as admin:
        _show(await accounts.enable(admin, name), as_json=as_json)


@app.command()
async def unlock(name: Name, as_json: AsJson = False) -> None:
    """Quita antes de tiempo el bloqueo por intentos fallidos."""
    async with _admin() as admin:
        _show(await accounts.unlock(admin, name), as_json=as_json)


@app.command("forget-factor")
async def forget_factor(name: Name, as_json: AsJson = False) -> None:
    """Quita el segundo factor; las sesiones terminan, y quien lo necesita registra otro al entrar."""
    async with _admin() as admin:
        _show(await accounts.forget_factor(admin, name), as_json=as_json)


def _asked(office: Office, copropiedades: list[str] | None, *, everywhere: bool) -> list[Grant]:
    # A missing option, or an empty variable of a script, must not mean everywhere.
    places = copropiedades or []
    if everywhere == bool(places) or not all(places):
        raise typer.BadParameter("dé --copropiedad ID, una o varias veces, o --everywhere")
    return [Grant(office=office, copropiedad_id=place) for place in places or [EVERYWHERE]]


@asynccontextmanager
async def _admin() -> AsyncIterator[AccountAdmin]:
    """Open the administration of accounts for the operator, who may give anything."""
    async with open_accounts(settings()) as store, open_audit(settings()) as audit:
        yield AccountAdmin(
            store=store,
            audit=audit,
            passwords=Passwords(),
            who=operator(),
            reach=EVERYTHING,
            now=datetime.now(UTC),
        )


def _show(account: Account, *, as_json: bool) -> None:
    shown = row(account, now=datetime.now(UTC))
    if as_json:
        print_json(shown)
    else:
        print_facts(shown, _COLUMNS)


def _show_password(account: Account, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made(account, password, now=datetime.now(UTC)))
        return
    typer.echo(password)
    until = local_time(account.password_until)
    warn(f"Se muestra una sola vez y abre hasta {until} (hora de Bogotá); al entrar con ella se elige otra.")
