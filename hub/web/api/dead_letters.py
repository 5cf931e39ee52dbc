"""Dead letters over HTTP: list, show, replay, mend, discard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from hub.errors import InvalidEvent, TooLate
from hub.model import DeadLetter, Scope
from hub.operations import dead_letters
from hub.operations.dead_letters import OpenLetters, Settled
from hub.operations.mend_letter import mended, mending
from hub.ports import Page
from hub.web.auth.caller import caller_of, note, places_of, places_with
from hub.web.requests import found, read_id, unknown
from hub.web.responses import Refusal, all_of, json_answer, pointer
from hub.web.schemas.messages import DeadQuery, SettleBody
from hub.web.services import services

_LETTER: Final = "dead letter"
_FOR_FEW: Final = (
    "What a letter holds may be people's data: it is mended by who may read it.",
    "It needs `operate` and `privacy` for all copropiedades.",
)


async def list_dead(request: web.Request, query: DeadQuery) -> web.Response:
    """List events that the hub could not accept, newest first."""
    if not reaches_dead(request):
        return json_answer(Page(items=[]))
    page = await services(request).log.dead(
        state=query.state, after=query.after, limit=query.limit, reason=query.reason, event=query.event
    )
    return json_answer(page)


async def show_dead(request: web.Request) -> web.Response:
    """Show a dead letter as it was received: with `privacy` whole, with `operate` who sent it and why not."""
    letter = await letter_of(request, "dead.show")
    return json_answer(dead_letters.shown(letter, masked=not sees_content(request)))


async def replay_dead(request: web.Request) -> web.Response:
    """Publish a dead letter again in the name of its sender; safe to repeat."""
    deps, letter = services(request), await letter_of(request, "dead.replay")
    return json_answer(await dead_letters.replay(deps.log, deps.publisher, letter))


async def mend_dead(request: web.Request) -> web.Response:
    """Publish an open dead letter with other words, still the same event; with `privacy` as well."""
    try:
        return json_answer(await mend_here(request, await request.read()))
    except InvalidEvent as wrong:
        what = f"Its words are still not right: {wrong}."
        errors = [{"detail": str(wrong), "pointer": pointer(wrong.field or "")}]
        raise Refusal(422, what, "Correct the body and send it again.", errors=errors) from None
    except TooLate as late:
        raise Refusal(409, f"{late}.", "GET /api/dead/{id} shows what became of it.") from None


async def mend_here(request: web.Request, body: bytes) -> Settled:
    """
    Publish the letter of the path with other words. Raises InvalidEvent, and TooLate if it is settled.

    What was changed, and a digest of it, is noted before: the event is its publisher's, the words are not.
    """
    if not sees_content(request):
        # Before the letter is looked for: what is refused leaves no trace.
        raise Refusal(403, *_FOR_FEW, reason="scope")
    deps, letter = services(request), await _found(request)
    whole = mended(letter, body, deps.check, by=caller_of(request).who)
    await note(request, "dead.mend", f"dead:{letter.id}", **mending(letter, whole))
    return await dead_letters.replay(deps.log, deps.publisher, whole)


async def discard_dead(request: web.Request) -> web.Response:
    """Discard a dead letter; it stays in the log."""
    letter = await letter_of(request, "dead.discard")
    return json_answer(await dead_letters.discard(services(request).log, letter.id))


async def replay_many(request: web.Request, body: SettleBody) -> web.Response:
    """Publish the open dead letters of a filter again, but for those refused for who sent them."""
    items, left_out = await _settle_many(
        request, body, dead_letters.replay_one, "dead.replay", replaying=True
    )
    return json_answer({"items": items, "next": None, "left_out": left_out})


async def discard_many(request: web.Request, body: SettleBody) -> web.Response:
    """Discard the open dead letters of a filter; they stay in the log."""
    items, _ = await _settle_many(request, body, dead_letters.discard_one, "dead.discard", replaying=False)
    return all_of(items)


async def _settle_many(
    request: web.Request, body: SettleBody, settle: dead_letters.Settle, action: str, *, replaying: bool
) -> tuple[Sequence[Settled], int]:
    """Return what was settled, and how many letters were left out."""
    deps = services(request)
    chosen = OpenLetters(ids=())
    if reaches_dead(request):
        chosen = await dead_letters.choose(
            deps.log, replaying=replaying, reason=body.reason, event=body.event, limit=body.limit
        )
    await note(request, action, "dead", letters=len(chosen.ids))
    return [await settle(deps.log, deps.publisher, one) for one in chosen.ids], chosen.left_out


async def letter_of(request: web.Request, action: str) -> DeadLetter:
    """Audit the action, then return the letter. Raises Refusal (404) if there is none."""
    letter = await _found(request)
    await note(request, action, f"dead:{letter.id}")
    return letter


async def _found(request: web.Request) -> DeadLetter:
    letter_id, log = read_id(request, _LETTER), services(request).log
    return found(_LETTER, await log.dead_letter(letter_id) if reaches_dead(request) else None)


def sees_content(request: web.Request) -> bool:
    """Whether the caller may read what a letter holds, and so mend it: `privacy` for all copropiedades."""
    return places_with(request, Scope.PRIVACY) is None


def everywhere(request: web.Request) -> None:
    """Raise Refusal (404) for a caller who does not reach everywhere."""
    if not reaches_dead(request):
        raise unknown(_LETTER)


def reaches_dead(request: web.Request) -> bool:
    """Whether the caller reaches everywhere: an unreadable event belongs to no copropiedad."""
    return places_of(request) is None
