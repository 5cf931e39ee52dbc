"""The pages of letters: what waits in each building, the list, and one letter with what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Scope
from hub.operations.explain.sentences_es import short_time
from hub.ports import LetterFilter
from hub.rendering import labels_es
from hub.rendering.titles_es import EVENTS
from hub.web.api import letters
from hub.web.auth.caller import may_there, note, places_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done, paged, pressed, sheet_of, spreadsheet
from hub.web.requests import FormQuery, Sheet, found, read_id
from hub.web.schemas.letters import LettersQuery, PostedBody
from hub.web.services import services

PATH: Final = "/letters"
_COLUMNS: Final = ("Hecha", "Evento", "Persona", "Estado", "Copropiedad", "Asunto", "Guía")
TABS: Final = (
    ("/letters", "Por copropiedad"),
    ("/letters/batches", "Lotes"),
    ("/posters", "Carteles"),
)
STEPS: Final = (
    ("open", "Por imprimir"),
    ("batched", "En un lote"),
    ("printed", "Impresas"),
    ("posted", "En el correo"),
)
"""State of a letter that waits → its figure on the page."""


class LetterListQuery(LettersQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class GuideForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    guide: Annotated[str, Meta(min_length=1, max_length=200)]


async def show(request: web.Request, query: LetterListQuery) -> web.StreamResponse:
    """Show what waits in each building, and list letters."""
    deps, places = services(request), places_of(request)
    asked = LetterFilter(state=query.state, handed_over=query.handed_over, copropiedad_id=query.copropiedad)
    page = await deps.letters.letters(asked, after=query.after, limit=query.limit, places=places)
    if query.format is not None:
        names = await buildings_of(request)
        return spreadsheet("cartas", _COLUMNS, (_line(row, names) for row in page.items))
    return console_page(
        "console/letters.html",
        request,
        here=PATH,
        live="letters",
        tabs=TABS,
        steps=STEPS,
        rows=page.items,
        waiting=await deps.letters.buildings(places),
        buildings=await buildings_of(request),
        query=query,
        events=EVENTS,
        may_act=may_there(request, Scope.OPERATE),
        bulk=_bulk(query),
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def show_life(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show how far a letter has come, and what is to be done with it."""
    letter_id, deps = read_id(request, "letter"), services(request)
    letter = found("letter", await deps.letters.letter(letter_id, places_of(request)))
    await note(request, "letter.look", f"letter:{letter_id}", person=letter["person"])
    return console_page(
        "console/letter.html",
        request,
        here=PATH,
        letter=letter,
        event=EVENTS.get(letter["event"], letter["event"]),
        may_read=may_there(request, Scope.PRIVACY),
        may_act=may_there(request, Scope.OPERATE),
    )


async def post(request: web.Request, form: GuideForm) -> web.StreamResponse:
    """Record that a letter is with the post, with its guide."""
    await letters.mark_posted(request, PostedBody(guide=form.guide))
    return done(_life(request), "posted")


hand_over = pressed(letters.hand_over, f"{PATH}/{{id}}/life", "handed_over")


def _life(request: web.Request) -> str:
    return f"{PATH}/{request.match_info['id']}/life"


def _bulk(query: LetterListQuery) -> str:
    """Return where all letters of this list are marked as printed."""
    asked = {"state": query.state, "copropiedad": query.copropiedad}
    return f"/bulk/printed?{urlencode({name: value for name, value in asked.items() if value})}"


def _line(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[object, ...]:
    return (
        short_time(row["created_at"]),
        EVENTS.get(row["event"], row["event"]),
        row["person"],
        labels_es.LETTER_STATES.get(row["state"], row["state"]),
        names.get(row["copropiedad_id"], row["copropiedad_id"]),
        row["subject"],
        row["guide"],
    )
