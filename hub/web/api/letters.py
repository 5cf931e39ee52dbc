"""Letters over HTTP: list, show, print, mark as posted or handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from hub.model import Json
from hub.model.pages import ListQuery
from hub.operations import letters
from hub.ports import LetterFilter
from hub.web.auth.caller import note, places_of
from hub.web.hooks.linked_document import as_file
from hub.web.paging import page_by
from hub.web.requests import found, read_id
from hub.web.responses import json_answer, pdf_answer
from hub.web.schemas.common import HandedOver
from hub.web.schemas.letters import LettersQuery, PostedBody
from hub.web.services import services

_LETTER: Final = "letter"
_PAGE_POLICY: Final = (
    # The stored page contains its style sheet; it runs no script and loads nothing.
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


async def list_letters(request: web.Request, query: LettersQuery) -> web.Response:
    """List letters to be printed and handed over, newest first."""
    asked = LetterFilter(state=query.state, handed_over=query.handed_over, copropiedad_id=query.copropiedad)
    page = await services(request).letters.letters(
        asked, after=query.after, limit=query.limit, places=places_of(request)
    )
    return json_answer(page)


async def list_buildings(request: web.Request, query: ListQuery) -> web.Response:
    """Count what waits to be printed and handed over in each copropiedad."""
    rows = await services(request).letters.buildings(places_of(request))
    return json_answer(page_by(rows, query, key=lambda row: (row.copropiedad_id or "",)))


async def show_letter(request: web.Request) -> web.Response:
    """Show a letter as it is printed."""
    return json_answer(await _letter(request, "letter.show"))


async def print_letter(request: web.Request) -> web.Response:
    """Show the page to print."""
    html: str = (await _letter(request, "letter.print"))["html"]
    return web.Response(
        text=html, content_type="text/html", headers={"Content-Security-Policy": _PAGE_POLICY}
    )


async def show_document(request: web.Request) -> web.Response:
    """Send the document that belongs to a letter, to print it too."""
    letter = await _letter(request, "letter.document")
    document = await services(request).documents.of_letter(UUID(str(letter["id"])), places_of(request))
    return as_file(found("document", document))


async def show_pdf(request: web.Request) -> web.Response:
    """Send a letter as it is printed, with its document."""
    letter = await _letter(request, "letter.print")
    at = datetime.fromisoformat(letter["created_at"])
    made = found(_LETTER, await services(request).letter_printer.of_letter(UUID(letter["id"]), at=at))
    return pdf_answer(made.content, f"carta-{letter['id']}.pdf")


async def mark_posted(request: web.Request, body: PostedBody) -> web.Response:
    """Mark a letter as posted, with the number of its guide; another number corrects it."""
    letter = await _letter(request, "letter.posted")
    changed = await letters.post(
        read_id(request, _LETTER), body.guide, store=services(request).letters, places=places_of(request)
    )
    return json_answer(HandedOver(id=letter["id"], changed=bool(changed)))


async def hand_over(request: web.Request) -> web.Response:
    """Mark a letter as handed over: its message is delivered; safe to repeat."""
    letter = await _letter(request, "letter.done")
    changed = await letters.hand_over(
        read_id(request, _LETTER),
        store=services(request).letters,
        publisher=services(request).publisher,
        now=services(request).now(),
        places=places_of(request),
    )
    return json_answer(HandedOver(id=letter["id"], changed=bool(changed)))


async def _letter(request: web.Request, action: str) -> Mapping[str, Json]:
    """Audit the action, then return the letter. Raises Refusal (404) if there is none."""
    letter_id, store = read_id(request, _LETTER), services(request).letters
    letter = found(_LETTER, await store.letter(letter_id, places_of(request)))
    await note(request, action, f"letter:{letter['id']}", person=letter["person"])
    return letter
