"""Accounts: their list, page and acts, as the doors have them. `hub accounts` calls the acts itself."""

from __future__ import annotations

from functools import partial
from http import HTTPMethod
from typing import Final

from hub.desk.accounts import acts, page
from hub.desk.accounts.rows import AccountBody, AccountMade, AccountRow, GrantsBody, PersonBody
from hub.doors.act import ADMIN, Act, List, Noun, Once, Read, Where
from hub.errors import LastAdministrator
from hub.rendering.page_links import account_path

_PATH: Final = "/accounts"
_ONE: Final = f"{_PATH}/{{name}}"
_GRANTS: Final = [{"office": "viewer", "copropiedad_id": "ph-altos-del-rosal"}]
_act: Final = partial(Act, needs=ADMIN)


def _once(made: AccountMade) -> Once:
    return Once(
        title="Contraseña de un solo uso",
        what=f"de {made.display_name} ({made.name})",
        secret=made.password,
        until=made.password_until,
        to_do="Désela en persona o por teléfono, nunca por correo. Al entrar, la persona elige la suya.",
        back=account_path(made.name),
        back_label="Ir a la cuenta",
    )


NOUN: Final = Noun(
    name="accounts",
    one="account",
    lists=(
        List(
            acts.list_accounts,
            _PATH,
            needs=ADMIN,
            row=AccountRow,
            title="Cuentas",
            file="cuentas",
            tabs=((_PATH, "Cuentas"), ("/keys", "Llaves"), ("/webhooks", "Webhooks y resultados")),
            tabs_label="Cuentas y llaves",
            template="desk/accounts/list.html",
            more=page.page_words,
            sheet=page.sheet_of_accounts,
        ),
    ),
    reads=(
        Read(
            acts.show_account,
            _ONE,
            needs=ADMIN,
            api=False,
            template="desk/accounts/page.html",
            more=page.page_words,
        ),
    ),
    acts=(
        _act(
            acts.create,
            _PATH,
            status=201,
            label="Crear y ver su contraseña",
            form=page.account_of_form,
            once=_once,
        ),
        _act(
            acts.grant,
            f"{_ONE}/grant",
            label="Dar el cargo",
            form=page.grants_of_form,
            done="La cuenta tiene el cargo.",
        ),
        _act(
            acts.take,
            f"{_ONE}/take",
            refuses=(LastAdministrator,),
            label="Quitar el cargo",
            form=page.grants_of_form,
            asks=page.ask_take,
            done="La cuenta ya no tiene el cargo, y sus sesiones terminaron.",
        ),
        _act(acts.reset, f"{_ONE}/reset", label="Dar otra contraseña", asks=page.ask_reset, once=_once),
        _act(
            acts.disable,
            f"{_ONE}/disable",
            refuses=(LastAdministrator,),
            label="Cerrar la cuenta",
            asks=page.ask_disable,
            done="La cuenta quedó cerrada, y sus sesiones terminaron.",
        ),
        _act(
            acts.enable,
            f"{_ONE}/enable",
            label="Volver a abrirla",
            done="La cuenta quedó abierta.",
        ),
        _act(
            acts.unlock,
            f"{_ONE}/unlock",
            label="Quitar el bloqueo",
            done="La cuenta quedó sin bloqueo.",
        ),
        _act(
            acts.forget_factor,
            f"{_ONE}/second-factor",
            method=HTTPMethod.DELETE,
            label="Quitar el segundo factor",
            asks=page.ask_forget,
            done="La cuenta quedó sin segundo factor.",
        ),
        _act(
            acts.set_person,
            f"{_ONE}/person",
            where=Where.EVERYWHERE,
            label="Guardar",
            form=page.person_of_form,
            done="Quedó dicho quién es en el directorio.",
        ),
    ),
    examples={
        AccountBody: {"name": "luz.marina", "display_name": "Luz Marina Restrepo", "grants": _GRANTS},
        GrantsBody: {"grants": _GRANTS},
        PersonBody: {"person": "per-001"},
    },
)
