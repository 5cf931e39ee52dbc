"""Cuentas: who signs in, with which offices where; create, grant, take, reset, close, unlock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.access import accounts
from hub.access.account_rows import ALL, AccountRow, row
from hub.doors.act import Once
from hub.errors import InvalidAccount
from hub.model import EVERYWHERE, Account, Grant, Office, Scope, Word
from hub.rendering.page_links import account_path
from hub.web.api.accounts import admin_of
from hub.web.auth.caller import caller_of
from hub.web.console.accounts_sheet import COLUMNS, account_lines
from hub.web.console.shell import console_page, done, spreadsheet, with_query
from hub.web.console.wrong_es import REFUSED, Wrong, wrong_of
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

PATH: Final = "/accounts"
ONE: Final = f"{PATH}/{{name}}"

Act = Literal["grant", "take", "reset", "disable", "enable", "unlock", "forget", "person"]


class AccountsQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class AccountQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `sure` the page asks once more."""

    sure: Literal["take", "reset", "disable", "forget"] | None = None
    office: Office | None = None
    place: Word | None = None


class AccountForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Word
    display_name: Word
    office: Office
    place: Annotated[Word, Meta(description="`*` is everywhere.")]


class AccountChangeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    act: Act
    office: Office | None = None
    place: Annotated[Word, Meta(description="`*` is everywhere.")] | None = None
    person: Word | None = None


class ConfirmQuestion(Struct, frozen=True):
    """A question before something that is hard to undo."""

    title: str
    means: str
    button: str


_SURE: Final[Mapping[str, ConfirmQuestion]] = MappingProxyType(
    {
        "take": ConfirmQuestion(
            "¿Quitar este cargo?",
            "La cuenta deja de poder lo que ese cargo permite, y sus sesiones terminan ya. "
            "Sin ningún cargo no abre nada.",
            "Quitar el cargo",
        ),
        "reset": ConfirmQuestion(
            "¿Dar otra contraseña de un solo uso?",
            "La contraseña de ahora deja de servir y sus sesiones terminan ya. "
            "Usted ve la nueva una sola vez, y se la da a la persona en persona o por teléfono.",
            "Dar otra contraseña",
        ),
        "disable": ConfirmQuestion(
            "¿Cerrar esta cuenta?",
            "No entra más, y sus sesiones terminan ya. Lo que hizo queda en la auditoría. "
            "Se puede volver a abrir.",
            "Cerrar la cuenta",
        ),
        "forget": ConfirmQuestion(
            "¿Quitar el segundo factor?",
            "Sirve cuando alguien perdió su teléfono. Sus sesiones terminan ya; si su cargo lo exige, "
            "registra otro al entrar. Confirme antes que es esa persona quien lo pide.",
            "Quitar el segundo factor",
        ),
    }
)


async def show(request: web.Request, query: AccountsQuery) -> web.StreamResponse:
    """List the accounts that the caller may change."""
    if query.format is not None:
        where = _common(request, await _places(request))["place_name"]
        return spreadsheet("cuentas", COLUMNS, account_lines(await _rows(request), where))
    return await _list(request)


async def _rows(request: web.Request) -> list[AccountRow]:
    now = services(request).now()
    return [row(account, now=now) for account in await accounts.listed(admin_of(request))]


async def _list(request: web.Request, wrong: Wrong | None = None, form: object = None) -> web.Response:
    places = await _places(request)
    return console_page(
        "console/accounts.html",
        request,
        here=PATH,
        status=200 if wrong is None else wrong.status,
        rows=await _rows(request),
        sheet=with_query(request, format="csv"),
        wrong=wrong,
        form=form,
        **_common(request, places),
    )


async def create(request: web.Request, form: AccountForm) -> web.StreamResponse:
    """Create an account, and show its one-time password."""
    grants = [Grant(office=form.office, copropiedad_id=_id(form.place))]
    try:
        account, password = await accounts.create(admin_of(request), form.name, form.display_name, grants)
    except REFUSED as error:
        return await _list(request, wrong_of(error), form)
    return _once(request, account, password)


async def show_one(request: web.Request, query: AccountQuery) -> web.StreamResponse:
    """Show an account, or ask once more before a change."""
    account = await accounts.account_of(admin_of(request), request.match_info["name"])
    if query.sure is None:
        return await _one(request, account)
    return console_page(
        "console/account_sure.html",
        request,
        here=PATH,
        account=account,
        sure=_SURE[query.sure],
        query=query,
        path=account_path(account.name),
        **_common(request, await _places(request)),
    )


async def _one(request: web.Request, account: Account, wrong: Wrong | None = None) -> web.Response:
    caller, places = caller_of(request), await _places(request)
    return console_page(
        "console/one_account.html",
        request,
        here=PATH,
        status=200 if wrong is None else wrong.status,
        row=row(account, now=services(request).now()),
        wrong=wrong,
        path=account_path(account.name),
        is_own=caller.who == accounts.account_label(account),
        may_person={Scope.ADMIN, Scope.PRIVACY} <= {s for s in Scope if caller.places({s}) is None},
        may_audit=caller.places({Scope.ADMIN, Scope.PRIVACY}) is None,
        **_common(request, places),
    )


async def act(request: web.Request, form: AccountChangeForm) -> web.StreamResponse:
    """Change an account."""
    name = request.match_info["name"]
    try:
        return await _ACTS[form.act](request, name, form)
    except REFUSED as error:
        account = await accounts.account_of(admin_of(request), name)
        return await _one(request, account, wrong_of(error))


async def _grant(request: web.Request, name: str, form: AccountChangeForm) -> web.Response:
    return await _moved(request, name, form, accounts.grant, "office_granted")


async def _take(request: web.Request, name: str, form: AccountChangeForm) -> web.Response:
    return await _moved(request, name, form, accounts.take, "office_taken")


async def _moved(
    request: web.Request,
    name: str,
    form: AccountChangeForm,
    move: Callable[..., Awaitable[Account]],
    word: str,
) -> web.Response:
    if form.office is None or form.place is None:
        raise InvalidAccount("Name the office and the copropiedad.")
    grant = Grant(office=form.office, copropiedad_id=_id(form.place))
    account = await move(admin_of(request), name, [grant])
    return done(account_path(account.name), word)


async def _reset(request: web.Request, name: str, form: AccountChangeForm) -> web.Response:  # noqa: ARG001 - as the others
    return _once(request, *await accounts.reset(admin_of(request), name))


async def _set_person(request: web.Request, name: str, form: AccountChangeForm) -> web.Response:
    account = await accounts.set_person(admin_of(request), name, form.person)
    return done(account_path(account.name), "person_said")


def _by_name(
    change: Callable[[accounts.AccountAdmin, str], Awaitable[Account]], word: str
) -> Callable[[web.Request, str, AccountChangeForm], Awaitable[web.Response]]:
    async def handler(request: web.Request, name: str, form: AccountChangeForm) -> web.Response:  # noqa: ARG001 - as the others
        account = await change(admin_of(request), name)
        return done(account_path(account.name), word)

    return handler


_ACTS: Final[Mapping[Act, Callable[[web.Request, str, AccountChangeForm], Awaitable[web.Response]]]] = (
    MappingProxyType(
        {
            "grant": _grant,
            "take": _take,
            "reset": _reset,
            "person": _set_person,
            "disable": _by_name(accounts.disable, "account_closed"),
            "enable": _by_name(accounts.enable, "account_opened"),
            "unlock": _by_name(accounts.unlock, "account_unlocked"),
            "forget": _by_name(accounts.forget_factor, "factor_forgotten"),
        }
    )
)


def _once(request: web.Request, account: Account, password: str) -> web.Response:
    """Show a secret in the answer itself: no address and no store ever has it."""
    return console_page(
        "doors/once.html",
        request,
        here=PATH,
        once=Once(
            title="Contraseña de un solo uso",
            what=f"de {account.display_name} ({account.name})",
            secret=password,
            until=account.password_until,
            to_do="Désela en persona o por teléfono, nunca por correo. Al entrar, la persona elige la suya.",
            back=account_path(account.name),
            back_label="Ir a la cuenta",
        ),
    )


async def _places(request: web.Request) -> Mapping[str, str]:
    """Return the copropiedades where the caller gives offices."""
    return await services(request).directory.place_names(admin_of(request).places)


def _common(request: web.Request, places: Mapping[str, str]) -> dict[str, Any]:
    everywhere = admin_of(request).places is None
    return {
        "places": places,
        "everywhere": everywhere,
        "place_name": lambda place: "Todas" if place in {ALL, EVERYWHERE} else places.get(place, place),
        "tabs": tabs(everywhere=everywhere),
        "offices_of": _offices_of,
    }


def tabs(*, everywhere: bool) -> list[tuple[str, str]]:
    """Return the parts of the section: keys and webhooks are of the whole company."""
    parts = [(PATH, "Cuentas")]
    return [*parts, ("/keys", "Llaves"), ("/webhooks", "Webhooks y resultados")] if everywhere else parts


def _offices_of(found: AccountRow) -> Mapping[Office, list[str]]:
    """Return office → where, as the list shows them."""
    return {
        office: [grant.copropiedad_id for grant in found.grants if grant.office is office]
        for office in Office
        if any(grant.office is office for grant in found.grants)
    }


def _id(place: str) -> str:
    return EVERYWHERE if place == ALL else place
