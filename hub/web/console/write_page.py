"""The page to write to one person first: by a channel that reaches them, about a copropiedad."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from msgspec import structs

from hub.desk.cases.answering import conversation_with, write_to_person
from hub.desk.cases.rows import FirstWordBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE, status_of
from hub.errors import HubError
from hub.rendering.page_links import person_path
from hub.web.console.composer import composer_of, documents_given
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.console.wrong_es import wrong_of
from hub.web.requests import FormQuery
from hub.web.services import services

PATH: Final = "/people/{ref}/write"
_PEOPLE: Final = "/people"


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Ask what to write to a person, by which channel and about which copropiedad."""
    by, ref, again = operator_of(request, OPERATE), request.match_info["ref"], request.get(AGAIN, ONCE)
    talk = await conversation_with(by, ref)
    return console_page(
        "console/write.html",
        request,
        here=_PEOPLE,
        status=status_of(again["wrong"]),
        path=person_path(ref),
        talk=talk,
        firsts=True,
        buildings=await buildings_of(request),
        wrong=again["wrong"],
        said=again["form"],
        **composer_of(talk, services(request).now()),
    )


async def write(request: web.Request, form: FirstWordBody) -> web.StreamResponse:
    """Write to the person; the conversation is the page that follows."""
    by, ref = operator_of(request, OPERATE), request.match_info["ref"]
    try:
        await write_to_person(by, ref, structs.replace(form, **documents_given(request)))
    except HubError as error:
        request[AGAIN] = {**ONCE, "wrong": wrong_of(error), "form": form}
        return await show(request, FormQuery())
    # The conversation begins once its event is taken in: some seconds later.
    return done(person_path(ref), write_to_person.__name__)
