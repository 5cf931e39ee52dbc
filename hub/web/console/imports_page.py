"""The pages of sheets of people: give one, look at what it would change, apply it, take it back."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from msgspec import Struct

from hub.desk.imports import acts
from hub.desk.imports.noun import PATH
from hub.desk.imports.rows import ApplyBody, ImportsQuery, SheetBody
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.errors import HubError, InvalidSheet, TooLate
from hub.model import Word
from hub.model.sheet_imports import ImportState
from hub.people.importing.columns import ROLE_WORDS
from hub.web.bodies import file_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.pages import redirect
from hub.web.console.people import PATH as PEOPLE
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.requests import ButtonForm, read_id
from hub.web.responses import refusal_of

MOST_BYTES: Final = acts.MOST_BYTES
_NOUNS_ES: Final = {
    "unit": "Unidades",
    "person": "Personas",
    "membership": "Papeles",
    "copropiedad": "Copropiedades",
}
_STATES_ES: Final = {
    ImportState.LOOKED: "Sin aplicar",
    ImportState.RUNNING: "Escribiendo",
    ImportState.DONE: "Aplicada",
    ImportState.UNDOING: "Deshaciendo",
    ImportState.UNDONE: "Deshecha",
    ImportState.FAILED: "No se escribió",
    ImportState.FORGOTTEN: "Venció",
}


class SheetForm(Struct, frozen=True, kw_only=True):
    copropiedad: Word | None = None
    role: Word | None = None


async def give(request: web.Request, form: SheetForm) -> web.StreamResponse:
    """Look at a sheet."""
    body = SheetBody(file=file_of(request).content, copropiedad=form.copropiedad, role=form.role)
    try:
        made = await acts.look_at_sheet(operator_of(request, OPERATE), body)
    except InvalidSheet as error:
        return await show_all(request, wrong=error)
    return redirect(f"{PATH}/{made.id}")


async def apply(request: web.Request, form: ApplyBody) -> web.StreamResponse:
    """Let a sheet be written."""
    ref = read_id(request, acts.IMPORT)
    try:
        await acts.apply_import(operator_of(request, OPERATE), ref, form)
    except TooLate as error:
        return await show(request, wrong=error)
    return done(f"{PATH}/{ref}", "started")


async def undo(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Let a sheet be taken back."""
    ref = read_id(request, acts.IMPORT)
    await acts.undo_import(operator_of(request, OPERATE), ref)
    return done(f"{PATH}/{ref}", "started")


async def show_all(request: web.Request, *, wrong: HubError | None = None) -> web.StreamResponse:
    """Show the form for a sheet, and the last ones."""
    page = await acts.list_imports(operator_of(request, OPERATE), ImportsQuery())
    return console_page(
        "desk/imports/list.html",
        request,
        here=PEOPLE,
        status=200 if wrong is None else refusal_of(wrong).status,
        wrong=wrong,
        rows=page.items,
        import_states=_STATES_ES,
        buildings=await buildings_of(request),
        roles=sorted(set(ROLE_WORDS.values())),
        staff=await staff_names(request),
    )


async def show(request: web.Request, *, wrong: HubError | None = None) -> web.StreamResponse:
    """Show what a sheet would change, how far it is, or what it has changed."""
    sheet = await acts.show_import(operator_of(request, OPERATE), read_id(request, acts.IMPORT))
    return console_page(
        "desk/imports/page.html",
        request,
        here=PEOPLE,
        status=200 if wrong is None else refusal_of(wrong).status,
        wrong=wrong,
        sheet=sheet,
        path=f"{PATH}/{sheet.id}",
        state=_STATES_ES[sheet.state],
        nouns=_NOUNS_ES,
        shown={kind: [one for one in sheet.shown if one.kind == kind] for kind in ("new", "changed", "gone")},
    )
