"""Cartas: waiting letters of each building, the list, one letter, its files, and the batches of printing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct

from hub.access.sight import Field
from hub.desk.letters import acts
from hub.desk.letters.document import WRONG_ES
from hub.desk.letters.noun import PATH, PATH_OF_BATCHES
from hub.desk.letters.rows import (
    BatchBody,
    BatchesQuery,
    DocumentBody,
    LetterRow,
    LettersQuery,
    PrintBatch,
)
from hub.doors.act import OPERATE, PRIVACY, READ
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.errors import HubError
from hub.model import NOWHERE, Scope
from hub.model.letters import PaperSize
from hub.model.pages import ListQuery
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.titles_es import EVENTS
from hub.web.bodies import file_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.named import Person, recipients_of
from hub.web.console.shell import console_page, done, paged, sheet_of, sheet_of_rows
from hub.web.console.staff import staff_names
from hub.web.hooks.linked_document import as_file
from hub.web.requests import ButtonForm, FormQuery, Sheet, read_id
from hub.web.responses import file_answer, refusal_of

TABS: Final = (
    (PATH, "Cartas"),
    (PATH_OF_BATCHES, "Lotes"),
    ("/posters", "Carteles"),
)
MOST_BYTES: Final = 50_000_000
"""The greatest `[documents] max_bytes`: what a form may carry at all."""
STEPS: Final = (
    ("open", "Por imprimir"),
    ("batched", "En un lote"),
    ("printed", "Impresas"),
    ("posted", "En el correo"),
)
"""State of a letter that waits → its figure on the page."""
SIZES: Final = {"letter": "carta", "a4": "A4"}
_PAGE_POLICY: Final = (
    # The stored page contains its style sheet; it runs no script and loads nothing.
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class LetterListQuery(LettersQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class BatchListQuery(BatchesQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class BatchQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sure: Annotated[bool, Meta(description="Ask once more: all of it was handed over.")] = False


class BatchForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[str, Meta(max_length=200)] | None = None
    size: PaperSize | None = None


async def show(request: web.Request, query: LetterListQuery) -> web.StreamResponse:
    """Show the waiting letters of each building, and list letters."""
    by = operator_of(request, READ)
    page = await acts.list_letters(by, query)
    buildings = await buildings_of(request)
    people = await recipients_of(request, [row.id for row in page.items])
    if query.format is not None:
        return sheet_of_rows("cartas", _sheet(buildings, people), page.items)
    return console_page(
        "desk/letters/list.html",
        request,
        here=PATH,
        tabs=TABS,
        steps=STEPS,
        rows=page.items,
        people=people,
        waiting=(await acts.list_buildings(by, ListQuery())).items,
        buildings=buildings,
        query=query,
        events=EVENTS,
        may_act=by.may(Scope.OPERATE),
        bulk=_bulk(query),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def show_life(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show the progress of a letter, and its next acts."""
    return await _life(request)


async def _life(request: web.Request, *, wrong: HubError | None = None) -> web.StreamResponse:
    by = operator_of(request, READ)
    letter = await acts.look_at_letter(by, read_id(request, acts.LETTER))
    return console_page(
        "desk/letters/letter.html",
        request,
        here=PATH,
        letter=letter,
        person=(await recipients_of(request, [letter.id])).get(letter.id),
        event=EVENTS.get(letter.event, letter.event),
        may_read=by.sight.where(Field.DOCUMENT) != NOWHERE,
        may_act=by.may(Scope.OPERATE),
        wrong=None if wrong is None else WRONG_ES[type(wrong)],
        exact=str(wrong or ""),
        status=200 if wrong is None else refusal_of(wrong).status,
        most=by.stores.policy.documents.max_bytes,
    )


async def attach_document(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Keep the document that a letter lacks; what is no PDF is said on its page."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    try:
        await acts.attach_document(by, letter_id, DocumentBody(pdf=file_of(request).content))
    except tuple(WRONG_ES) as wrong:
        return await _life(request, wrong=wrong)
    return done(PATH, acts.attach_document.__name__)


async def show_batches(request: web.Request, query: BatchListQuery) -> web.StreamResponse:
    """List batches, newest first."""
    page = await acts.list_batches(operator_of(request, READ), query)
    staff = await staff_names(request)
    if query.format is not None:
        return sheet_of_rows("lotes", _sheet_of_batches(staff), page.items)
    return console_page(
        "desk/letters/batches.html",
        request,
        here=PATH,
        tabs=TABS,
        open=PATH_OF_BATCHES,
        staff=staff,
        rows=page.items,
        query=query,
        buildings=await buildings_of(request),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def make_batch(request: web.Request, form: BatchForm) -> web.StreamResponse:
    """Make a batch of the open letters of a building."""
    body = BatchBody(copropiedad=form.copropiedad, size=form.size)
    made = await acts.make_batch(operator_of(request, OPERATE), body)
    return done(f"{PATH_OF_BATCHES}/{made.id}", acts.make_batch.__name__)


async def show_batch(request: web.Request, query: BatchQuery) -> web.StreamResponse:
    """Show a batch with its letters, and its next acts."""
    by = operator_of(request, READ)
    batch = await acts.show_batch(by, read_id(request, acts.BATCH))
    return console_page(
        "desk/letters/batch.html",
        request,
        here=PATH,
        batch=batch,
        people=await recipients_of(request, [letter.id for letter in batch.items]),
        staff=await staff_names(request),
        path=f"{PATH_OF_BATCHES}/{batch.id}",
        sure=query.sure,
        size=SIZES.get(batch.size, batch.size),
        waiting=[letter for letter in batch.items if letter.state == "printed"],
        is_begun=any(letter.state in ("posted", "delivered") for letter in batch.items),
        events=EVENTS,
        may_print=by.sight.where(Field.DOCUMENT) != NOWHERE,
        may_act=by.may(Scope.OPERATE),
    )


async def print_letter(request: web.Request) -> web.Response:
    """Show the page to print."""
    letter = await acts.print_letter(*_private(request))
    return web.Response(
        text=letter.html, content_type="text/html", headers={"Content-Security-Policy": _PAGE_POLICY}
    )


async def show_document(request: web.Request) -> web.Response:
    """Send the document that belongs to a letter, to print it too."""
    return as_file(await acts.show_document(*_private(request)))


async def show_pdf(request: web.Request) -> web.Response:
    """Send a letter as it is printed, with its document."""
    return file_answer(await acts.show_pdf(*_private(request)))


def _private(request: web.Request) -> tuple[Operator, UUID]:
    return operator_of(request, PRIVACY), read_id(request, acts.LETTER)


def _bulk(query: LetterListQuery) -> str:
    """Return where all letters of this list are marked as printed."""
    asked = {"state": query.state, "copropiedad": query.copropiedad}
    return f"/bulk/printed?{urlencode({name: value for name, value in asked.items() if value})}"


def _sheet(
    names: Mapping[str, str], people: Mapping[UUID, Person]
) -> Mapping[str, Callable[[LetterRow], object]]:
    """Return title of a column of the sheet → what makes its cell of a letter."""
    nobody = Person(name="", unit="")
    return {
        "Hecha": lambda row: short_time(row.created_at),
        "Aviso": lambda row: EVENTS.get(row.event, row.event),
        "Persona": lambda row: people.get(row.id, nobody).name,
        "Unidad": lambda row: people.get(row.id, nobody).unit,
        "Estado": lambda row: labels_es.LETTER_STATES.get(row.state, row.state),
        "Copropiedad": lambda row: names.get(row.copropiedad_id or "", row.copropiedad_id),
        "Asunto": lambda row: row.subject,
        "Guía": lambda row: row.guide,
    }


def _sheet_of_batches(staff: Mapping[str, str]) -> Mapping[str, Callable[[PrintBatch], object]]:
    return {
        "Hecho": lambda row: short_time(row.made_at),
        "Por": lambda row: who_es(row.made_by, staff),
        "Copropiedad": lambda row: row.copropiedad or row.copropiedad_id or "",
        "Cartas": lambda row: row.letters,
        "Estado": lambda row: (
            "Deshecho" if row.cancelled_at else "Impreso" if row.printed_at else "Por imprimir"
        ),
        "Entregadas": lambda row: row.delivered,
        "En el correo": lambda row: row.posted,
        "Retiradas": lambda row: row.withdrawn,
    }
