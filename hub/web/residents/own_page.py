"""
A person's own page, `/mi`: open to the browser that entered a one-time code, for half an hour.

Each change needs the cookie, a token derived from it, and a browser header that names our origin. Data of
somebody else is not found under any id.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

from aiohttp import web

from hub.access import sessions
from hub.access.actor import Actor
from hub.catalog import BY_NAME
from hub.model import Event
from hub.model.actors import of_person
from hub.model.given_files import GivenFile
from hub.model.ids import event_key, uuid_in
from hub.model.residents import ResidentSession
from hub.operations.preferences import change_preferences, read_preferences
from hub.operations.residents import wishes
from hub.operations.residents.acts import (
    DATA,
    PETITIONS,
    SUBJECT,
    ClaimKind,
    claim_of,
    correction,
    petition_of,
    read_kind,
    said,
)
from hub.operations.residents.consent_words import OFFERED
from hub.operations.residents.not_answered import climb
from hub.operations.residents.own_file import marks_shown, own_file
from hub.operations.residents.schemas import ShownFile
from hub.rendering.identities import Look
from hub.storage import given_files
from hub.web.auth.csrf import require_own_page, require_token
from hub.web.auth.refusals import REASON
from hub.web.bodies import MULTIPART, fields_of
from hub.web.console.pages import redirect
from hub.web.requests import found, unknown
from hub.web.residents import cookies
from hub.web.residents.download import FORMS, WAY, handed_over
from hub.web.residents.message_page import NOT_ANSWERED
from hub.web.residents.pages import MOST_SENT, NOT_KEPT, brake, resident_page, sent_files
from hub.web.responses import Refusal
from hub.web.services import services

OWN: Final = "/mi"
Given: TypeAlias = Mapping[str, str]
"""The fields of a form."""
_Act: TypeAlias = Callable[[web.Request, ResidentSession, Given], Awaitable[web.StreamResponse]]
_CODE: Final = "code"
_MESSAGE: Final = "message"


async def show(request: web.Request) -> web.StreamResponse:
    """Show the person's own page; else the form for the code, or how to get one."""
    session = await session_of(request)
    return await closed(request) if session is None else await _own(request, session)


async def show_message(request: web.Request) -> web.StreamResponse:
    """Show a message of this person. One of somebody else is not found."""
    session = await session_of(request)
    if session is None:
        return await closed(request)
    return await _message(request, session, request.match_info["id"])


async def act(request: web.Request) -> web.StreamResponse:
    """Enter the code, do the act of a button, or leave."""
    require_own_page(request)
    session = await session_of(request)
    if session is None and request.content_type == MULTIPART:
        return await closed(request, state="ended")
    given = await fields_of(request, upload=MOST_SENT)
    if given.get("action") == _CODE:
        return await _enter(request, given.get("code", ""))
    if session is None:
        return await closed(request, state="ended")
    await require_token(request, csrf_of(request))
    act_of = _ACTS.get(given.get("action", ""))
    if act_of is None:
        raise Refusal(400, "The form asks for nothing.", "Press a button of the page.")
    return await act_of(request, session, given)


async def _leave(request: web.Request, _: ResidentSession, __: Given) -> web.StreamResponse:
    await services(request).resident_sign_in.leave(cookies.open_cookie(request))
    answer = redirect(OWN)
    cookies.close(request, answer)
    return answer


async def _consent(
    request: web.Request, session: ResidentSession, given: Given, *, granted: bool
) -> web.StreamResponse:
    brake(request, session)
    deps, held = services(request), await services(request).residents.file(session.person)
    if held is None:
        return await closed(request)
    purpose, acts = given.get("purpose", ""), deps.resident_acts
    asked: dict[str, Any] = {"form": given.get("form", ""), "now": deps.now()}
    if not granted:
        done = await acts.revoke(held, purpose, **asked)
        return await _own(request, session, state="revoked" if done else "wrong")
    if await acts.grant(held, purpose, given.get("channels", "").split(), **asked):
        return await _own(request, session, state="granted")
    # Else the contacts have changed since the page was shown: the sentence is another one now.
    return await _own(request, session, state="reread" if purpose in OFFERED else "wrong")


async def _claim(request: web.Request, session: ResidentSession, given: Given) -> web.StreamResponse:
    files = sent_files(request)
    again: dict[str, Any] = {name: given.get(name, "") for name in ("kind", "about", "detail", "place")}
    words, kind = said(again["about"], again["detail"]), read_kind(again["kind"])
    asked: dict[str, Any] = {"form": given.get("form", ""), "now": services(request).now()}
    if kind is None and again["kind"] not in PETITIONS:
        return await _own(request, session, state="wrong")
    if kind is None and (not words or len(words) > SUBJECT):
        return await _own(request, session, state="too_long" if words else "no_words", **again)
    if files is None:
        return await _own(request, session, state=NOT_KEPT, **again)
    brake(request, session)
    if kind is not None:
        return await _opened(request, session, claim_of(session.person, kind, words, **asked), files)
    held = await services(request).residents.file(session.person)
    if held is None:
        return await closed(request)
    event = petition_of(held, again["kind"], words, place=again["place"], **asked)
    return await _opened(request, session, event, files)


async def _opened(
    request: web.Request, session: ResidentSession, event: Event, files: Sequence[GivenFile]
) -> web.StreamResponse:
    """Open a case, with the files that belong to it, and say its number."""
    deps = services(request)
    await given_files.keep(deps.database, event_key(event), files, person=session.person)
    await deps.publisher.event(event)
    return await _own(request, session, state="claimed", number=event.data[BY_NAME[event.name].case])


async def _correct(request: web.Request, session: ResidentSession, given: Given) -> web.StreamResponse:
    detail = correction(given.get("datum", ""), given.get("right", ""))
    if not detail:
        return await _own(request, session, state="no_datum", datum=given.get("datum", ""))
    asked = {"kind": ClaimKind.CORRECTION, "detail": detail, "form": given.get("form", "")}
    return await _claim(request, session, asked)


async def _download(
    request: web.Request, session: ResidentSession, _: Given, *, form: str
) -> web.StreamResponse:
    file = await handed_over(request, session.person, form)
    return await _own(request, session, state=file) if isinstance(file, str) else file


async def _wish(request: web.Request, session: ResidentSession, given: Given) -> web.StreamResponse:
    draft = wishes.read_form(given)
    if errors := wishes.problems(draft):
        return await _own(request, session, draft=draft, errors=errors)
    brake(request, session)
    deps, person = services(request), session.person
    by = Actor(who=of_person(person), notes=deps.audit, now=deps.now())
    await change_preferences(by, deps.preferences, person, partial(wishes.wishes_of, draft), way=WAY)
    return await _own(request, session, state="wished")


async def _not_answered(request: web.Request, session: ResidentSession, given: Given) -> web.StreamResponse:
    brake(request, session)
    deps, asked = services(request), found(_MESSAGE, uuid_in(given.get("id", "")))
    message = found(_MESSAGE, await deps.residents.message(asked))
    if message.person != session.person:
        raise unknown(_MESSAGE)
    came = await climb(message, store=deps.residents, publisher=deps.publisher, now=deps.now())
    return await _message(request, session, str(asked), state=str(came))


async def _message(
    request: web.Request, session: ResidentSession, given: str, *, state: str = ""
) -> web.StreamResponse:
    deps, asked = services(request), found(_MESSAGE, uuid_in(given))
    message, look = found(_MESSAGE, await deps.own_messages.show(asked, deps.now(), person=session.person))
    values: dict[str, Any] = {"message": message, "building": message.building, "state": state}
    values |= {"csrf": csrf_of(request), "id": asked, "here": request.path}
    return resident_page("resident_own_message.html", request, look=look, **values)


_ACTS: Final[Mapping[str, _Act]] = {
    "leave": _leave,
    "grant": partial(_consent, granted=True),
    "revoke": partial(_consent, granted=False),
    "claim": _claim,
    "correct": _correct,
    "wish": _wish,
    **{f"download-{form}": partial(_download, form=form) for form in FORMS},
    NOT_ANSWERED: _not_answered,
}
"""Name of a button of the page → its act."""


async def session_of(request: web.Request) -> ResidentSession | None:
    """Return the live session of this browser. Raises StorageUnavailable."""
    return await services(request).resident_sign_in.session(cookies.open_cookie(request))


def csrf_of(request: web.Request) -> str:
    return sessions.csrf_of(cookies.open_cookie(request))


async def _enter(request: web.Request, number: str) -> web.StreamResponse:
    cookie, deps = cookies.waiting_cookie(request), services(request)
    if await deps.resident_sign_in.waiting(cookie) is None:
        return await closed(request, state="ended")
    await require_token(request, sessions.csrf_of(cookie))
    opened = await deps.resident_sign_in.enter(cookie, number)
    if opened is None:
        # Counted, and an attacker who guesses is slowed (`hub.web.auth.refusals`).
        request[REASON] = "link"
        return await closed(request, state="wrong")
    answer = redirect(OWN)
    cookies.hold_open(request, answer, opened.value, opened.lasts)
    return answer


async def closed(request: web.Request, *, state: str = "") -> web.Response:
    """Ask for the code that this browser waits for; without one, say how to get one."""
    deps, cookie = services(request), cookies.waiting_cookie(request)
    code = await deps.resident_sign_in.waiting(cookie)
    left = None if code is None else deps.policy.residents.code_tries - code.tries
    # A reader who comes from a page in the building's colours should not take this one for somebody else's.
    file = None if code is None else await _file(request, code.person)
    building, look = (None, deps.look(None)) if file is None else await _place(request, file)
    return resident_page(
        "resident_code.html",
        request,
        look=look,
        building=building,
        status=403 if state else 200,
        state=state if code is not None or state != "wrong" else "ended",
        code=code,
        left=left,
        csrf=sessions.csrf_of(cookie),
    )


async def _own(
    request: web.Request,
    session: ResidentSession,
    *,
    draft: wishes.Draft | None = None,
    errors: Mapping[str, str] | None = None,
    **values: Any,
) -> web.StreamResponse:
    deps = services(request)
    file = await _file(request, session.person, after=uuid_in(request.query.get("after", "")))
    if file is None:
        # Removed meanwhile: there is nothing left to show.
        return await closed(request)
    whole = await read_preferences(deps.preferences, session.person)
    shown: dict[str, Any] = {"state": "", "number": "", "datum": "", "data": DATA, "file": file}
    shown |= {"kind": "", "about": "", "detail": "", "place": "", "petitions": PETITIONS}
    shown |= {"until": session.ends_at, "wishes": wishes.shown(whole, draft, errors)}
    shown |= {"marks": marks_shown(await deps.preferences.marks(session.person), deps.now()), **values}
    # One name for each page that is shown: a form that is sent twice is one act.
    shown |= {"csrf": csrf_of(request), "form": secrets.token_urlsafe(12)}
    building, look = await _place(request, file)
    return resident_page("resident_own.html", request, look=look, building=building, **shown)


async def _file(request: web.Request, person: str, *, after: UUID | None = None) -> ShownFile | None:
    deps = services(request)
    return await own_file(deps.residents, deps.policy.calendar, person, deps.now(), after=after)


async def _place(request: web.Request, file: ShownFile) -> tuple[str | None, Look]:
    """Return the name and look of the person's only copropiedad; else those of the company."""
    deps = services(request)
    if file.building is not None and file.sent:
        building, look = await deps.own_messages.place(UUID(file.sent[0].id))
        if building == file.building:
            return building, look
    return None, deps.look(None)
