"""The pages of batches: what of one building is printed together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Scope
from hub.model.paper import PaperSize
from hub.operations.explain.sentences_es import short_time
from hub.rendering.actors_es import who_es
from hub.rendering.titles_es import EVENTS
from hub.web.api import batches
from hub.web.auth.caller import may_there, places_of
from hub.web.console.letters import PATH as LETTERS
from hub.web.console.letters import TABS
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done, paged, pressed, sheet_of, spreadsheet
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet
from hub.web.schemas.letters import BatchBody, BatchesQuery
from hub.web.services import services

PATH: Final = "/letters/batches"
_COLUMNS: Final = (
    "Hecho",
    "Por",
    "Copropiedad",
    "Cartas",
    "Estado",
    "Entregadas",
    "En el correo",
    "Retiradas",
)
SIZES: Final = {"letter": "carta", "a4": "A4"}


class BatchListQuery(BatchesQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class BatchQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sure: Annotated[bool, Meta(description="Ask once more: all of it was handed over.")] = False


class BatchForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[str, Meta(max_length=200)] | None = None
    size: PaperSize | None = None


async def show(request: web.Request, query: BatchListQuery) -> web.StreamResponse:
    """List batches, newest first."""
    places = places_of(request)
    page = await services(request).batches.batches(
        copropiedad_id=query.copropiedad, after=query.after, limit=query.limit, places=places
    )
    if query.format is not None:
        staff = await staff_names(request)
        return spreadsheet("lotes", _COLUMNS, (_line(row, staff) for row in page.items))
    return console_page(
        "console/batches.html",
        request,
        here=LETTERS,
        live="letters",
        tabs=TABS,
        open=PATH,
        staff=await staff_names(request),
        rows=page.items,
        query=query,
        buildings=await buildings_of(request),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def make(request: web.Request, form: BatchForm) -> web.StreamResponse:
    """Make a batch of what is open in a building."""
    made = await batches.made_batch(request, BatchBody(copropiedad=form.copropiedad, size=form.size))
    return done(f"{PATH}/{made.id}", "batch_made")


async def show_batch(request: web.Request, query: BatchQuery) -> web.StreamResponse:
    """Show a batch with its letters, and what is to be done with it."""
    batch = await batches.batch_of(request)
    return console_page(
        "console/batch.html",
        request,
        here=LETTERS,
        live="letters",
        batch=batch,
        staff=await staff_names(request),
        path=f"{PATH}/{batch.id}",
        sure=query.sure,
        size=SIZES.get(batch.size, batch.size),
        waiting=[letter for letter in batch.items if letter.state == "printed"],
        is_begun=any(letter.state in ("posted", "delivered") for letter in batch.items),
        events=EVENTS,
        may_print=may_there(request, Scope.PRIVACY),
        may_act=may_there(request, Scope.OPERATE),
    )


mark_printed = pressed(batches.mark_printed, f"{PATH}/{{id}}", "printed")
cancel = pressed(batches.cancel_batch, f"{PATH}/{{id}}", "cancelled")
hand_over = pressed(batches.hand_over_batch, f"{PATH}/{{id}}", "handed_over")


def _line(row: Mapping[str, Any], staff: Mapping[str, str]) -> tuple[object, ...]:
    return (
        short_time(row["made_at"]),
        who_es(row["made_by"], staff),
        row["copropiedad"] or row["copropiedad_id"] or "",
        row["letters"],
        "Deshecho" if row["cancelled_at"] else "Impreso" if row["printed_at"] else "Por imprimir",
        row["delivered"],
        row["posted"],
        row["withdrawn"],
    )
