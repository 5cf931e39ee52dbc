"""The second factor of one's own account: enrol it, replace it, and make new recovery codes."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from markupsafe import Markup

from hub.access import enrolment
from hub.access.second_factor import address, secret_text
from hub.access.sessions import csrf_of
from hub.access.sign_in import require_password
from hub.errors import InvalidAccount
from hub.model import Account
from hub.web.auth.device_cookie import device_of
from hub.web.auth.session_cookie import SESSION, hold
from hub.web.bodies import fields_of
from hub.web.console.own_account import ACCOUNT
from hub.web.console.pages import redirect
from hub.web.console.shell import own_page
from hub.web.services import services

RECOVERY_CODES: Final = f"{ACCOUNT}/recovery-codes"
_QR: Final = "Código QR para la aplicación de códigos"


async def show(request: web.Request) -> web.StreamResponse:
    """Show the state and the next secret, for an app."""
    account = request[SESSION].account
    if account is None or not _may_enrol(request, account):
        return redirect(ACCOUNT)
    return await _form(request, account)


async def enrol(request: web.Request) -> web.StreamResponse:
    """Enrol the secret of the page; only this response shows the recovery codes."""
    account, given, deps = request[SESSION].account, await fields_of(request), services(request).sign_in
    if account is None or not _may_enrol(request, account):
        return redirect(ACCOUNT)
    try:
        if not request[SESSION].must_enrol:
            await _require_password(request, account, given.get("password", ""))
        secret = enrolment.offered(deps.ring, account, request[SESSION].hash)
        enrolled = await enrolment.enrol(deps, account, secret, given.get("code", ""))
    except InvalidAccount as refused:
        return await _form(request, account, status=400, wrong=str(refused))
    answer = own_page(
        "recovery_codes.html",
        request,
        here=ACCOUNT,
        codes=enrolled.codes,
        enrolled=True,
        csrf=csrf_of(enrolled.token),
    )
    hold(request, answer, enrolled.token)
    return answer


async def renew(request: web.Request) -> web.StreamResponse:
    """Make new recovery codes, which only this response shows. The form needs the password."""
    account, given = request[SESSION].account, await fields_of(request)
    if account is None or not account.second_factor or not _may_enrol(request, account):
        return redirect(ACCOUNT)
    try:
        await _require_password(request, account, given.get("password", ""))
    except InvalidAccount as refused:
        return await _form(request, account, status=400, wrong_password=str(refused))
    codes = await enrolment.renew_codes(services(request).sign_in, account)
    return own_page("recovery_codes.html", request, here=ACCOUNT, codes=codes, enrolled=False)


def _may_enrol(request: web.Request, account: Account) -> bool:
    """Return whether it may now: a one-time password is changed first, and without a key nothing is kept."""
    return not account.must_change and bool(services(request).ring)


async def _require_password(request: web.Request, account: Account, password: str) -> None:
    device = device_of(request, account.name)
    await require_password(services(request).sign_in, account, password, device=device)


async def _form(
    request: web.Request, account: Account, *, status: int = 200, wrong: str = "", wrong_password: str = ""
) -> web.Response:
    deps, session = services(request), request[SESSION]
    secret = enrolment.offered(deps.ring, account, session.hash)
    uri = address(secret, name=account.name, company=deps.policy.company.name)
    return own_page(
        "second_factor.html",
        request,
        here=ACCOUNT,
        status=status,
        account=account,
        csrf=session.csrf,
        must_enrol=session.must_enrol,
        factor=await deps.factors.factor(account.id),
        secret=secret_text(secret),
        address=uri,
        qr=_qr(uri),
        wrong=wrong,
        wrong_password=wrong_password,
    )


def _qr(text: str) -> Markup:
    import segno  # noqa: PLC0415 - most processes never draw one

    # White behind it, also on a dark page: many cameras read no light code on dark.
    drawn = segno.make(text, error="m").svg_inline(omitsize=True, light="#fff", svgclass="qr", title=_QR)
    return Markup(drawn)  # noqa: S704 - of numbers alone
