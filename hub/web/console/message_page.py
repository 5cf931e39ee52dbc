"""The page of one message: its life, its words, their proof, and what staff can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from aiohttp import web
from msgspec import Meta
from msgspec.structs import asdict

from hub.desk.messages import acts
from hub.desk.messages.acts import MESSAGE
from hub.desk.messages.rows import ReasonBody, RedriveOneBody, WhyCancelled
from hub.doors.act import OPERATE, PRIVACY, READ
from hub.doors.api import operator_of
from hub.errors import MessageSettled
from hub.messages.planning.undelivered import REPORTED
from hub.model import NOWHERE, Scope, State
from hub.model.bulk import RedriveResult
from hub.model.looks import WholeQuery
from hub.model.message_rows import AttemptRow, MessageWhole, ShownMessage
from hub.model.state_machine import LOST, UNSENT
from hub.operations.bulk.words_es import known_words
from hub.operations.explain.explain import explain_message
from hub.operations.message_words import SaidWords
from hub.rendering import labels_es
from hub.rendering.attempts_es import is_by_staff, what_happened
from hub.rendering.outcomes_es import in_words, reason_in_words
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import actor_of, places_with
from hub.web.console.message_list import PATH
from hub.web.console.named import recipients_of
from hub.web.console.pages import framed, redirect, with_frame
from hub.web.console.shell import console_page, done, is_own_link
from hub.web.requests import FormQuery, found, read_id
from hub.web.services import services

Part = Literal["text", "html", "headers", "attempts", "evidence", "explain"]
PARTS_ES: Final[Mapping[str, str]] = {
    "": "Su historia",
    "text": "Lo que decía",
    "html": "Como se ve",
    "headers": "Encabezados",
    "attempts": "Intentos",
    "evidence": "Pruebas",
    "explain": "Por qué",
}
_WORDS: Final = frozenset({"text", "html"})
_PROOFS: Final = frozenset({"headers", "evidence"})
"""Parts that show the words to a person, and what proves them, with the address."""
WHY_CANCEL_ES: Final[Mapping[WhyCancelled, str]] = {
    "wrong": "Está mal: el texto, los datos o la persona",
    "not_needed": "Ya no hace falta",
    "asked": "Lo pidió la persona",
    "other": "Otro motivo",
}
"""Words of a list, for the audit never has free text about a person."""


class MessagePageQuery(WholeQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    part: Part | None = None
    why: Annotated[str, Meta(max_length=40, description="Why nothing was done, in a word.")] = ""


class ShownAttempt(AttemptRow, frozen=True, kw_only=True):
    """An attempt in words: the event, the provider, and the meaning of the code."""

    what: str
    by: str
    means: str | None


async def show(request: web.Request, query: MessagePageQuery) -> web.StreamResponse:
    """Show one message as the caller's sight has it, its words and proofs each to whoever may read them."""
    message_id = read_id(request, MESSAGE)
    row = await acts.look_at(operator_of(request, READ), message_id, whole=query.whole)
    part = query.part or ""
    answer = console_page(
        "console/message.html",
        request,
        here=PATH,
        row=in_words(MessageWhole, row),
        title=EVENTS.get(row.event, row.event),
        person=(await recipients_of(request, [message_id])).get(message_id),
        part=part,
        tabs=[(_address(message_id, part, query.whole), label) for part, label in PARTS_ES.items()],
        tab_here=_address(message_id, part, query.whole),
        may_read=_may_read(row, part),
        said=await _said(request, row, part=part) if _may_read(row, part) else None,
        sentences=await _sentences(request, row) if part == "explain" else [],
        life=[_attempt(attempt) for attempt in row.attempts],
        skipped=[_skipped(word) for word in row.skipped],
        acts=await _acts(request, row),
        why=known_words(query.why) if is_own_link(request) else "",
        may_force=query.why == "told" and is_own_link(request),
    )
    # The frame of the mail is the one thing of the console that a page may hold.
    return with_frame(answer)


def _may_read(row: ShownMessage, part: str) -> bool:
    return (part in _WORDS and (row.named or row.may_unmask)) or (part in _PROOFS and row.may_unmask)


async def show_html(request: web.Request) -> web.StreamResponse:
    """Show a message as its reader sees it, in a frame that may do nothing."""
    row = await acts.within_reach(operator_of(request, PRIVACY | OPERATE), read_id(request, MESSAGE))
    said = found(MESSAGE, await _said(request, row))
    return framed(said.html)


async def resend(request: web.Request, form: RedriveOneBody) -> web.StreamResponse:
    """Send a lost message again."""
    by, message_id = operator_of(request, OPERATE), read_id(request, MESSAGE)
    try:
        redriven = await acts.redrive_message(by, message_id, form)
    except MessageSettled as moved:
        return _after(message_id, moved.why, "")
    why = "" if redriven.verdict is RedriveResult.TAKEN else redriven.verdict.value
    return _after(message_id, why, "resent")


async def ask_cancel(request: web.Request) -> web.StreamResponse:
    """Ask whether a message is really to be cancelled."""
    row = await acts.within_reach(operator_of(request, OPERATE), read_id(request, MESSAGE))
    return console_page(
        "console/message_cancel.html",
        request,
        here=PATH,
        row=in_words(MessageWhole, row),
        title=EVENTS.get(row.event, row.event),
        reasons=WHY_CANCEL_ES,
        is_unsent=row.state in UNSENT,
    )


async def cancel(request: web.Request, form: ReasonBody) -> web.StreamResponse:
    """Cancel a message that has not left."""
    by, message_id = operator_of(request, OPERATE), read_id(request, MESSAGE)
    try:
        await acts.cancel_message(by, message_id, form)
    except MessageSettled as moved:
        return _after(message_id, moved.why, "")
    return _after(message_id, "", "cancelled")


def _after(message_id: UUID, why: str, word: str) -> web.StreamResponse:
    path = f"{PATH}/{message_id}"
    return redirect(f"{path}?why={why}") if why else done(path, word)


async def _said(request: web.Request, row: ShownMessage, *, part: str = "") -> SaidWords | None:
    words = services(request).message_words
    # The page of the HTML shows none of it: its frame does, and is noted.
    if part == "html":
        return await words.of(row.id)
    return await words.read(actor_of(request), row.id, row.person)


async def _sentences(request: web.Request, row: ShownMessage) -> Sequence[str]:
    by, store = actor_of(request), services(request).explain
    return (await explain_message(by, store, str(row.event_key), row.person)).sentences


async def _acts(request: web.Request, row: ShownMessage) -> frozenset[str]:
    """Return the acts of the caller on the message."""
    there = places_with(request, Scope.OPERATE)
    if there == NOWHERE or await services(request).log.message(row.id, places=there) is None:
        return frozenset()
    is_doubted = row.state == State.SENT and (row.reason or "").startswith(REPORTED)
    known = {"resend": row.state in LOST, "cancel": row.state in UNSENT, "doubt": is_doubted}
    return frozenset(name for name, fits in known.items() if fits)


def _attempt(attempt: AttemptRow) -> ShownAttempt:
    """Describe an attempt: its result, its provider, its code."""
    code = attempt.code
    return ShownAttempt(
        **asdict(attempt),
        what=what_happened(attempt.outcome, code, attempt.reference, provider=attempt.provider),
        by="" if is_by_staff(code) else attempt.provider,
        means=reason_in_words(code) if code else None,
    )


def _skipped(word: str) -> tuple[str, str]:
    channel, _, reason = word.partition(":")
    return labels_es.CHANNELS.get(channel, channel), reason_in_words(reason) or reason


def _address(message_id: UUID, part: str, whole: bool) -> str:
    asked = "&".join([f"part={part}"] * bool(part) + ["whole=true"] * whole)
    return f"{PATH}/{message_id}{'?' if asked else ''}{asked}"
