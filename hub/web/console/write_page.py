"""The page to write to one person first: by a channel that reaches them, about a copropiedad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.desk.cases.answering import conversation_with, write_to_person
from hub.desk.cases.rows import FirstWordBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.operations.cases.acts import LONGEST
from hub.rendering.page_links import person_path
from hub.web.console.composer import WRONG_ES, composer_of, documents_given
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.requests import FormQuery
from hub.web.responses import refusal_of
from hub.web.services import services

PATH: Final = "/people/{ref}/write"
_PEOPLE: Final = "/people"


class FirstWordForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The composer of the page: what is said, by which channel, about what."""

    words: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    channel: Literal["", "email", "whatsapp", "sms"] = ""
    form: Annotated[str, Meta(max_length=100)] = ""
    subject: Annotated[str, Meta(max_length=200)] = ""
    copropiedad: Annotated[str, Meta(max_length=200)] = ""


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Ask what to write to a person, by which channel and about which copropiedad."""
    return await _shown(request, status=200)


async def write(request: web.Request, form: FirstWordForm) -> web.StreamResponse:
    """Write to the person; the conversation is the page that follows."""
    by, ref = operator_of(request, OPERATE), request.match_info["ref"]
    body = FirstWordBody(
        words=form.words,
        channel=form.channel or None,
        form=form.form,
        subject=form.subject,
        copropiedad=form.copropiedad or None,
        **documents_given(request),
    )
    try:
        await write_to_person(by, ref, body)
    except tuple(WRONG_ES) as wrong:
        status, words = refusal_of(wrong).status, WRONG_ES[type(wrong)]
        return await _shown(request, status=status, wrong=words, said=form)
    # The conversation begins once its event is taken in: some seconds later.
    return done(person_path(ref), write_to_person.__name__)


async def _shown(request: web.Request, *, status: int, **again: Any) -> web.StreamResponse:
    by, ref = operator_of(request, OPERATE), request.match_info["ref"]
    talk = await conversation_with(by, ref)
    given: Mapping[str, Any] = {"wrong": None, "said": None, **again}
    return console_page(
        "console/write.html",
        request,
        here=_PEOPLE,
        status=status,
        path=person_path(ref),
        talk=talk,
        firsts=True,
        buildings=await buildings_of(request),
        **composer_of(talk, services(request).now()),
        **given,
    )
