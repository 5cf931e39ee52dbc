"""`hub accounts`: the accounts of the console."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.accounts import acts
from hub.desk.accounts.rows import (
    ALL,
    AccountBody,
    AccountMade,
    AccountRow,
    GrantBody,
    GrantsBody,
    PersonBody,
)
from hub.doors.act import ADMIN
from hub.doors.operator import Operator
from hub.doors.terminal import (
    AsJson,
    Columns,
    local_time,
    print_facts,
    print_json,
    print_list,
    warn,
)
from hub.model import Office
from hub.model.pages import ListQuery
from hub.rendering.labels_es import ACCOUNT_STATES

app = typer.Typer(no_args_is_help=True)


def _grants(row: AccountRow) -> str:
    return " ".join(f"{grant.office}:{grant.copropiedad_id}" for grant in row.grants)


_COLUMNS: Final[Columns] = {
    "usuario": "name",
    "nombre": "display_name",
    "estado": lambda row: ACCOUNT_STATES[row.state].lower(),
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
    async with open_operator(ADMIN) as by:
        page = await acts.list_accounts(by, ListQuery())
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


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
    async with open_operator(ADMIN) as by:
        made = await acts.create(by, AccountBody(name=name, display_name=display_name, grants=grants))
    _show_password(made, as_json=as_json)


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
    async with open_operator(ADMIN) as by:
        _show(await acts.set_person(by, name, PersonBody(person=ref)), as_json=as_json)


@app.command()
async def reset(name: Name, as_json: AsJson = False) -> None:
    """Da otra contraseña de un solo uso, quita el bloqueo y termina las sesiones."""
    async with open_operator(ADMIN) as by:
        made = await acts.reset(by, name)
    _show_password(made, as_json=as_json)


def _changes(
    name: str, act: Callable[[Operator, str, GrantsBody], Awaitable[AccountRow]], words: str
) -> None:
    """Make the command that gives or takes an office."""

    @app.command(name, help=words)
    async def change(
        name: Name,
        *,
        office: OfOffice,
        copropiedad: Where = None,
        everywhere: Everywhere = False,
        as_json: AsJson = False,
    ) -> None:
        grants = _asked(office, copropiedad, everywhere=everywhere)
        async with open_operator(ADMIN) as by:
            _show(await act(by, name, GrantsBody(grants=grants)), as_json=as_json)


_changes("grant", acts.grant, "Da un cargo en una o varias copropiedades, o en todas.")
_changes("take", acts.take, "Quita un cargo; las sesiones de la cuenta terminan.")


def _does(name: str, act: Callable[[Operator, str], Awaitable[AccountRow]], words: str) -> None:
    """Make the command of an act that takes nothing but the account."""

    @app.command(name, help=words)
    async def does(name: Name, as_json: AsJson = False) -> None:
        async with open_operator(ADMIN) as by:
            _show(await act(by, name), as_json=as_json)


_does("disable", acts.disable, "Cierra la cuenta: no entra más y sus sesiones terminan ya.")
_does("enable", acts.enable, "Vuelve a abrir una cuenta cerrada.")
_does("unlock", acts.unlock, "Quita antes de tiempo el bloqueo por intentos fallidos.")
_does(
    "forget-factor",
    acts.forget_factor,
    "Quita el segundo factor; las sesiones terminan, y quien lo necesita registra otro al entrar.",
)


def _asked(office: Office, copropiedades: list[str] | None, *, everywhere: bool) -> list[GrantBody]:
    # A missing option, or an empty variable of a script, must not mean everywhere.
    places = copropiedades or []
    if everywhere == bool(places) or not all(places):
        raise typer.BadParameter("dé --copropiedad ID, una o varias veces, o --everywhere")
    return [GrantBody(office=office, copropiedad_id=place) for place in places or [ALL]]


def _show(shown: AccountRow, *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
    else:
        print_facts(shown, _COLUMNS)


def _show_password(made: AccountMade, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    typer.echo(made.password)
    until = local_time(made.password_until)
    warn(f"Se muestra una sola vez y abre hasta {until} (hora de Bogotá); al entrar con ella se elige otra.")
