"""Rechazados: the events that could not be taken in; look at what is wrong, mend it, replay or discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from aiohttp import hdrs, web
from msgspec import Meta, Struct

from hub.errors import InvalidEvent
from hub.model import DeadLetter, Scope
from hub.operations import dead_letters
from hub.operations.explain.sentences_es import short_time
from hub.operations.mend_letter import LONGEST, is_known, mended, payload_lines, replay_mended
from hub.rendering.event_title import event_title
from hub.rendering.labels_es import DEAD_REASONS, DEAD_STATES
from hub.rendering.titles_es import EVENTS
from hub.web.api.dead_letters import letter_of, reaches_dead
from hub.web.auth.caller import caller_of, note, places_with
from hub.web.console.shell import console_page, done, spreadsheet, with_query
from hub.web.requests import FormQuery
from hub.web.responses import Refusal
from hub.web.route import TABLE
from hub.web.schemas.common import DeadQuery
from hub.web.services import services

PATH: Final = "/dead"
ONE: Final = f"{PATH}/{{id}}"
_COLUMNS: Final = ("Llegó", "Evento", "Motivo", "Motivo exacto", "Campo", "De", "Veces", "Estado")
_WHOLE: Final = frozenset({Scope.PRIVACY})
_NOT_SEEN: Final = "What a refused event holds is mended by who may see it: the scope privacy, everywhere."
_ASK: Final = "Ask for the scope, or let somebody mend it who has it."


class DeadListQuery(DeadQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Annotated[Literal["csv"] | None, Meta(description="A sheet instead of the page.")] = None
    done: str = ""


class DeadOneQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    done: str = ""


class MendForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    body: Annotated[str, Meta(max_length=LONGEST)] = ""
    act: Literal["replay", "mend", "discard"]


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
        sheet=with_query(request, format="csv"),
        next=with_query(request, after=following) if following else None,
        first=with_query(request, after=None) if query.after else None,
        replay_all=_bulk(request, query),
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
    return {"title": event_title(row["event_type"] or "") or "Sin tipo", "why": why(str(row["reason"]))}


def why(reason: str) -> str:
    """Return the label of a reason; of an unknown one nothing: the exact words stand beside it."""
    return next((label for part, label in DEAD_REASONS if part in reason), "No se pudo recibir")


def _bulk(request: web.Request, query: DeadListQuery) -> str | None:
    """Return where all of this list are planned to be replayed, if the hub has that page."""
    if (hdrs.METH_GET, "/bulk/{kind}") not in request.app[TABLE]:
        return None
    asked = {"reason": query.reason, "event": query.event}
    return f"/bulk/replay?{urlencode({name: value for name, value in asked.items() if value})}"


async def show_one(request: web.Request, query: DeadOneQuery) -> web.StreamResponse:  # noqa: ARG001 - its fields are the shell's
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
) -> web.Response:
    masked = not _sees_content(request)
    body = letter.body if text is None else text.encode()
    lines = [] if masked else payload_lines(body, letter.field if wrong is None else wrong.field)
    return console_page(
        "console/dead_letter.html",
        request,
        here=PATH,
        status=status,
        letter=dead_letters.shown(letter, masked=masked),
        masked=masked,
        lines=lines,
        text="\n".join(line.text for line in lines),
        why=why(letter.reason),
        title=_words({"event_type": letter.event_type, "reason": letter.reason})["title"],
        wrong=wrong,
        states=DEAD_STATES,
        can_mend=not masked and is_known(letter) and not letter.wrong_sender and len(letter.body) <= LONGEST,
    )


def _sees_content(request: web.Request) -> bool:
    """Whether the caller sees people whole everywhere: what a letter holds is of no copropiedad."""
    return places_with(request, Scope.PRIVACY) is None and caller_of(request).may(_WHOLE)


async def act(request: web.Request, form: MendForm) -> web.StreamResponse:
    """Replay it as it came, replay it mended, or discard it."""
    deps = services(request)
    if form.act == "mend" and not _sees_content(request):
        # Before the letter is looked for: what is refused leaves no trace.
        raise Refusal(403, _NOT_SEEN, _ASK, reason="scope")
    letter = await letter_of(request, f"dead.{form.act}")
    if form.act == "discard":
        await dead_letters.discard(deps.log, letter.id)
        return done(PATH, "discarded")
    if form.act == "mend":
        return await _mend(request, letter, form.body)
    await dead_letters.replay(deps.log, deps.publisher, letter)
    return done(PATH, "replayed")


async def _mend(request: web.Request, letter: DeadLetter, text: str) -> web.StreamResponse:
    deps = services(request)
    try:
        whole = mended(letter, text, deps.check)
    except InvalidEvent as wrong:
        return _page(request, letter, status=422, wrong=wrong, text=text)
    await replay_mended(deps.log, deps.publisher, whole)
    await note(request, "dead.mended", f"dead:{letter.id}")
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
