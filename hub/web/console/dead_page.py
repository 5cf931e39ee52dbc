"""Rechazados: the events that could not be taken in; look at what is wrong, mend it, replay or discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import quote_plus, urlencode

from aiohttp import web
from msgspec import Struct

from hub.errors import InvalidEvent, TooLate
from hub.model import DeadLetter
from hub.operations import dead_letters
from hub.operations.explain.sentences_es import short_time
from hub.operations.mend_letter import is_known, payload_lines
from hub.rendering.event_title import event_title
from hub.rendering.labels_es import DEAD_REASONS, DEAD_STATES
from hub.rendering.titles_es import EVENTS
from hub.web.api.dead_letters import letter_of, mend_here, reaches_dead, sees_content
from hub.web.bodies import MAX_BODY
from hub.web.console.shell import console_page, done, paged, sheet_of, spreadsheet
from hub.web.requests import FormQuery, Sheet
from hub.web.schemas.messages import DeadQuery
from hub.web.services import services

PATH: Final = "/dead"
ONE: Final = f"{PATH}/{{id}}"
_COLUMNS: Final = ("Llegó", "Evento", "Motivo", "Motivo exacto", "Campo", "De", "Veces", "Estado")
_ROOM: Final = 1024
"""Bytes of a form beside the body: its act and its token."""
_LATE: Final = "Alguien lo resolvió mientras usted miraba: ya no se puede corregir."

DeadAct = Literal["replay", "mend", "discard"]


class DeadListQuery(DeadQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class DeadForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    act: DeadAct
    body: str = ""


async def show(request: web.Request, query: DeadListQuery) -> web.StreamResponse:
    """List what was refused, newest first; what waits for somebody, without a state."""
    rows, following = await _rows(request, query)
    if query.format is not None:
        return spreadsheet("rechazados", _COLUMNS, map(_line, rows))
    return console_page(
        "console/dead.html",
        request,
        here=PATH,
        live="dead",
        rows=rows,
        query=query,
        events=EVENTS,
        sheet=sheet_of(request),
        **paged(request, query.after, following),
        replay_all=_narrowed("/bulk/replay", query),
        discard_all=_narrowed(f"{PATH}/discard", query),
    )


async def _rows(request: web.Request, query: DeadListQuery) -> tuple[list[dict[str, Any]], str | None]:
    if not reaches_dead(request):
        return [], None
    page = await services(request).log.dead(
        state=query.state or "open",
        after=query.after,
        limit=query.limit,
        reason=query.reason,
        event=query.event,
    )
    return [{**row, **_words(row)} for row in page.items], page.next


def _words(row: Mapping[str, Any]) -> dict[str, str]:
    """Return what a letter is about, and why it was refused, in Spanish."""
    return {"title": title_of(row["event_type"]), "why": why(str(row["reason"]))}


def title_of(event_type: str | None) -> str:
    """Return what a letter is about, in Spanish."""
    return event_title(event_type or "") or "Sin tipo"


def why(reason: str) -> str:
    """Return the label of a reason; of an unknown one nothing: the exact words stand beside it."""
    return next((label for part, label in DEAD_REASONS if part in reason), "No se pudo recibir")


def _narrowed(path: str, query: DeadListQuery) -> str:
    """Return where all of this list are acted on at once, narrowed as the list is."""
    asked = {"reason": query.reason, "event": query.event}
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


async def show_one(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show one: why, from whom, and the payload with what is wrong marked in it."""
    letter = await letter_of(request, "dead.show")
    return _page(request, letter)


def _page(
    request: web.Request,
    letter: DeadLetter,
    *,
    status: int = 200,
    wrong: InvalidEvent | None = None,
    text: str | None = None,
    late: str = "",
) -> web.Response:
    masked = not sees_content(request)
    body = letter.body if text is None else text.encode()
    lines = [] if masked else payload_lines(body, letter.field if wrong is None else wrong.field)
    shown = "\n".join(line.text for line in lines)
    return console_page(
        "console/dead_letter.html",
        request,
        here=PATH,
        status=status,
        letter=dead_letters.shown(letter, masked=masked),
        masked=masked,
        lines=lines,
        text=shown,
        why=why(letter.reason),
        title=title_of(letter.event_type),
        wrong=wrong,
        late=late,
        state=DEAD_STATES[letter.state],
        can_mend=not masked and _can_mend(letter),
        # As a browser sends it: with the line ends of the web, and percent signs.
        too_long=len(quote_plus(shown.replace("\n", "\r\n"))) > MAX_BODY - _ROOM,
    )


def _can_mend(letter: DeadLetter) -> bool:
    return letter.state == "open" and is_known(letter) and not letter.wrong_sender


async def act(request: web.Request, form: DeadForm) -> web.StreamResponse:
    """Replay it as it came, replay it mended, or discard it."""
    if form.act == "mend":
        return await _mend(request, form.body)
    deps, letter = services(request), await letter_of(request, f"dead.{form.act}")
    if form.act == "replay":
        await dead_letters.replay(deps.log, deps.publisher, letter)
        return done(PATH, "replayed")
    settled = await dead_letters.discard(deps.log, letter.id)
    return done(PATH, "discarded") if settled.changed else done(f"{PATH}/{settled.id}", "settled_before")


async def _mend(request: web.Request, text: str) -> web.StreamResponse:
    # A form has the line ends of the web; the digest in the audit is of what is published.
    body = text.replace("\r\n", "\n").encode()
    try:
        await mend_here(request, body)
    except InvalidEvent as wrong:
        letter = await letter_of(request, "dead.show")
        return _page(request, letter, status=422, wrong=wrong, text=text)
    except TooLate:
        return _page(request, await letter_of(request, "dead.show"), status=409, late=_LATE)
    return done(PATH, "mended")


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        short_time(row["received_at"]),
        row["title"],
        row["why"],
        row["reason"],
        row["field"],
        row["sender"],
        row["times"],
        DEAD_STATES.get(row["state"], row["state"]),
    )
