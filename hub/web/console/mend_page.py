"""
Rejected events at their page: what mends one or publishes it again, asked first with what a dry run has
counted; shown again with the mistakes that are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
from aiohttp import web

from hub.desk.dead_letters import acts, event_form, mending
from hub.desk.dead_letters.noun import NOUN, ONE, PATH
from hub.desk.dead_letters.publishing import Publishing, publishing
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.console import row_answer
from hub.doors.operator import Operator
from hub.errors import InvalidEvent, TooLarge, TooLate
from hub.intake.dry_run_schemas import DryRun
from hub.model import DeadLetter, Event
from hub.rendering.titles_es import event_title
from hub.web.bodies import fields_of
from hub.web.console.pages import redirect
from hub.web.console.shell import console_page, done
from hub.web.requests import FormQuery, read_id
from hub.web.services import services

MEND: Final = f"{ONE.path}/mend"
REPLAY: Final = f"{ONE.path}/replay"
MANY: Final = f"{PATH}/discard"
_BODY: Final = "body"
_SURE: Final = "sure"
_TYPED: Final = "typed"


async def mend(request: web.Request) -> web.StreamResponse:
    """Publish a rejected event with other words, once somebody has seen whom it reaches."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    fields = await fields_of(request)
    words = await _words(by, letter_id, fields)
    try:
        letter, whole, event = await acts.prepared(by, letter_id, words)
        question = await _question(request, by, event, mending.changed_paths(letter.body, whole.body))
        if not _is_sure(question, fields):
            return _ask(request, letter_id, "mend", question, fields, {_BODY: words.decode()})
        await acts.mend_dead(by, letter_id, words)
    except InvalidEvent as wrong:
        view = await acts.view_dead(by, letter_id, typed=words, wrong=wrong)
        return row_answer(ONE, NOUN, request, view, status=422)
    except TooLate:
        view = msgspec.structs.replace(await acts.view_dead(by, letter_id), late=True)
        return row_answer(ONE, NOUN, request, view, status=409)
    return done(PATH, "mended")


async def ask_replay(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Ask whether a rejected event is to be published as it came."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    return _ask(request, letter_id, "replay", await _as_it_came(request, by, letter_id), {}, {})


async def replay(request: web.Request) -> web.StreamResponse:
    """Publish a rejected event as it came, once somebody has seen whom it reaches."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    question, fields = await _as_it_came(request, by, letter_id), await fields_of(request)
    if question.typed and not _is_sure(question, fields):
        return _ask(request, letter_id, "replay", question, fields, {})
    await acts.replay_dead(by, letter_id)
    return done(PATH, "replay_dead")


async def discard_many(request: web.Request) -> web.StreamResponse:
    """Lead to the plan of the bulk action, from where it was planned before."""
    return redirect(f"/bulk/discard?{request.query_string}")


async def _words(by: Operator, letter_id: UUID, fields: Mapping[str, str]) -> bytes:
    """Return the words of the form: those of its fields, or the whole event as JSON."""
    if _BODY in fields:
        # A form has the line ends of the web; the digest in the audit is of the published bytes.
        return fields[_BODY].replace("\r\n", "\n").encode()
    return await acts.typed(by, letter_id, fields)


async def _as_it_came(request: web.Request, by: Operator, letter_id: UUID) -> Publishing:
    letter = await acts.letter_of(by, letter_id)
    try:
        return await _question(request, by, acts.event_of(by, letter), ())
    except InvalidEvent:
        return _refused_again(letter)


def _refused_again(letter: DeadLetter) -> Publishing:
    title = event_title(letter.event_type or "") or "este aviso"
    lead = "Así como está se rechaza otra vez, y vuelve a esta lista: corríjalo primero."
    return Publishing(
        title=f"¿Publicar otra vez «{title}»?", lead=lead, points=(), texts=(), press="Publicar", typed=""
    )


async def _question(request: web.Request, by: Operator, event: Event, changed: Sequence[str]) -> Publishing:
    place = event.data.get("copropiedad_id") if isinstance(event.data, dict) else None
    names = await by.stores.directory.place_names(frozenset({place})) if place else {}
    labels = event_form.labels_of(changed, event.type, by.stores.schemas.by_name)
    run = await _counted(request, by, event)
    building = names.get(place, place) if place else ""
    return publishing(event, run, building=building or "", now=by.now, changed=labels)


async def _counted(request: web.Request, by: Operator, event: Event) -> DryRun | None:
    try:
        return await services(request).dry_run(by.actor, [event], everybody=True)
    except TooLarge:
        return None


def _is_sure(question: Publishing, fields: Mapping[str, str]) -> bool:
    return fields.get(_SURE) == "true" and question.is_answered(fields.get(_TYPED, ""))


def _ask(
    request: web.Request,
    letter_id: UUID,
    act: str,
    question: Publishing,
    fields: Mapping[str, str],
    keep: Mapping[str, str],
) -> web.StreamResponse:
    again = fields.get(_SURE) == "true"
    return console_page(
        "desk/dead_letters/publish.html",
        request,
        here=PATH,
        status=422 if again else 200,
        question=question,
        again=again,
        action=f"{PATH}/{letter_id}/{act}",
        back=f"{PATH}/{letter_id}",
        keep={**keep, _SURE: "true"},
    )
