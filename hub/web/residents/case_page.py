"""The page of one matter of a person, below `/mi`: its promises, what both sides have said, and an answer."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from hub.model import Reply
from hub.model.ids import uuid_in
from hub.model.residents import ResidentMessage, ResidentSession
from hub.operations.residents.acts import LONGEST
from hub.operations.residents.own_words_es import conversation
from hub.operations.residents.promises_es import case_of
from hub.rendering.typed_words import tidy
from hub.web.auth.csrf import require_own_page, require_token
from hub.web.bodies import fields_of
from hub.web.requests import found, unknown
from hub.web.residents.own_page import closed, csrf_of, session_of
from hub.web.residents.pages import MOST_SENT, NOT_KEPT, brake, resident_page, sent_files
from hub.web.services import services

_MATTER: Final = "matter"
_PROVIDER: Final = "page"
"""The provider of what somebody writes on the own page, in the table of replies."""


async def show(request: web.Request) -> web.StreamResponse:
    """Show a matter of this person. One of somebody else is not found."""
    session = await session_of(request)
    return await closed(request) if session is None else await _shown(request, session)


async def act(request: web.Request) -> web.StreamResponse:
    """Take the person's answer in, as a reply to the newest message that reached them about the matter."""
    require_own_page(request)
    session = await session_of(request)
    if session is None:
        return await closed(request, state="ended")
    given = await fields_of(request, upload=MOST_SENT)
    await require_token(request, csrf_of(request))
    message, words = await _own(request, session), tidy(given.get("words", ""), LONGEST)
    files = sent_files(request)
    if not words or files is None:
        return await _shown(request, session, state="no_words" if not words else NOT_KEPT, words=words)
    talk = await services(request).residents.talk(session.person, message.case or "")
    if talk.way is None:
        raise unknown(_MATTER)
    brake(request, session)
    form = f"{given.get('form', '')}\0{session.person}\0{message.message_id}\0{words}"
    reply = Reply(
        channel=talk.way.channel,
        provider=_PROVIDER,
        reference=sha256(form.encode(errors="surrogateescape")).hexdigest(),
        address=talk.way.address,
        text=words,
        at=services(request).now(),
        message_id=talk.way.message_id,
        files=tuple(files),
    )
    await services(request).hooks.take_reply(reply)
    return await _shown(request, session, state="answered")


async def _own(request: web.Request, session: ResidentSession) -> ResidentMessage:
    """Return the message by which the person knows of the matter. Raises as for one that does not exist."""
    asked: UUID = found(_MATTER, uuid_in(request.match_info["id"]))
    message = found(_MATTER, await services(request).residents.message(asked))
    if message.person != session.person:
        raise unknown(_MATTER)
    return message


async def _shown(
    request: web.Request, session: ResidentSession, *, state: str = "", words: str = ""
) -> web.StreamResponse:
    deps, message = services(request), await _own(request, session)
    case = found(_MATTER, case_of(message, now=deps.now(), calendar=deps.policy.calendar))
    talk = await deps.residents.talk(session.person, message.case or "")
    values: dict[str, Any] = {"case": case, "said": conversation(message, talk), "may_answer": talk.way}
    values |= {"state": state, "csrf": csrf_of(request), "form": secrets.token_urlsafe(12)}
    values |= {"words": words, "here": request.path, "id": message.message_id, "longest": LONGEST}
    look = deps.look(message.brand)
    return resident_page("resident_own_case.html", request, look=look, building=message.building, **values)
