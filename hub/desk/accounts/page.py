"""Pages of accounts: their sheet, their forms, and the questions before a change that is hard to undo."""

from __future__ import annotations

from functools import partial
from typing import Any

from hub.desk.accounts.acts import list_accounts, opens, show_account
from hub.desk.accounts.rows import (
    ALL,
    AccountBody,
    AccountForm,
    AccountLine,
    AccountRow,
    GrantsBody,
    OfficeForm,
    PersonBody,
    PersonForm,
)
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.model import Scope
from hub.model.pages import ListQuery
from hub.people.units import own_name
from hub.rendering.labels_es import OFFICES


async def sheet_of_accounts(by: Operator, query: ListQuery) -> list[AccountLine]:
    """Return a line for each office of an account in each place."""
    places = await by.stores.directory.place_names(by.places)
    return [
        AccountLine(
            name=account.name,
            display_name=account.display_name,
            office=office,
            place="Todas" if place == ALL else places.get(place, place),
            state=account.state,
            second_factor=account.second_factor,
            signed_in_at=account.signed_in_at,
        )
        for account in (await list_accounts(by, query)).items
        for office, place in _held(account)
    ]


def _held(account: AccountRow) -> list[tuple[str, str]]:
    """Return the offices and where they are; a line of nothing for an account without one."""
    return [(OFFICES[one.office], one.copropiedad_id) for one in account.grants] or [("", "")]


async def ask_take(by: Operator, name: str, query: OfficeForm) -> Question:
    """Ask once more before an office is taken."""
    places = {ALL: "Todas", **await by.stores.directory.place_names(by.places)}
    office = f"{OFFICES[query.office]} en {own_name(places.get(query.place, query.place))}"
    return await _question(
        by,
        name,
        "¿Quitar este cargo?",
        "La cuenta deja de poder lo que ese cargo permite, y sus sesiones terminan ya. "
        "Sin ningún cargo no abre nada.",
        "Quitar el cargo",
        facts={"Cargo": office},
        kept={"office": query.office, "place": query.place},
    )


async def ask_reset(by: Operator, name: str) -> Question:
    """Ask once more before a password is replaced."""
    return await _question(
        by,
        name,
        "¿Dar otra contraseña de un solo uso?",
        "La contraseña de ahora deja de servir y sus sesiones terminan ya. "
        "Usted ve la nueva una sola vez, y se la da a la persona en persona o por teléfono.",
        "Dar otra contraseña",
    )


async def ask_disable(by: Operator, name: str) -> Question:
    """Ask once more before an account is closed."""
    return await _question(
        by,
        name,
        "¿Cerrar esta cuenta?",
        "No entra más, y sus sesiones terminan ya. Lo que hizo queda en la auditoría. "
        "Se puede volver a abrir.",
        "Cerrar la cuenta",
    )


async def ask_forget(by: Operator, name: str) -> Question:
    """Ask once more before a second factor is removed."""
    return await _question(
        by,
        name,
        "¿Quitar el segundo factor?",
        "Sirve cuando alguien perdió su teléfono. Sus sesiones terminan ya; si su cargo lo exige, "
        "registra otro al entrar. Confirme antes que es esa persona quien lo pide.",
        "Quitar el segundo factor",
    )


def account_of_form(_: Operator, form: AccountForm) -> AccountBody:
    return AccountBody(name=form.name, display_name=form.display_name, grants=form.grants)


def grants_of_form(_: Operator, form: OfficeForm) -> GrantsBody:
    return GrantsBody(grants=form.grants)


def person_of_form(_: Operator, form: PersonForm) -> PersonBody:
    return PersonBody(person=form.person)


async def page_words(by: Operator) -> dict[str, Any]:
    """
    Return the other values of the pages of accounts: the operator, what it opens, and the places where it
    gives offices.
    """
    names = await by.stores.directory.place_names(by.places)
    places = {place: own_name(name) for place, name in names.items()}
    return {
        "places": places,
        "everywhere": by.places is None,
        "place_names": {ALL: "Todas", **places},
        "acting": by.who,
        "opens": partial(opens, by),
        "may_person": by.places is None and by.places_with(Scope.PRIVACY) is None,
        "may_audit": by.places_with(Scope.ADMIN, Scope.PRIVACY) is None,
    }


async def _question(
    by: Operator,
    name: str,
    title: str,
    follows: str,
    press: str,
    *,
    facts: dict[str, object] | None = None,
    kept: dict[str, str] | None = None,
) -> Question:
    account = await show_account(by, name)
    whose = {"Cuenta": f"{account.display_name} ({account.name})", **(facts or {})}
    return Question(title=title, follows=follows, press=press, facts=whose, kept=kept or {})
