"""Discarding rejected events, one or many: the question before it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Word
from hub.model.ids import uuid_in
from hub.operations import dead_letters
from hub.operations.explain.sentences_es import short_time
from hub.web.api.dead_letters import everywhere, letter_of
from hub.web.auth.caller import note
from hub.web.console.dead_page import ONE, PATH, title_of, why
from hub.web.console.shell import console_page, done
from hub.web.requests import FormQuery
from hub.web.services import services

OF_ONE: Final = f"{ONE}/discard"
OF_MANY: Final = f"{PATH}/discard"
_AT_ONCE: Final = 200
"""How many are discarded at a time: as many as somebody can look at."""


class DiscardQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Word | None = None
    event: Word | None = None


class DiscardForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ids: Annotated[
        str, Meta(max_length=_AT_ONCE * 40, description="What was looked at, and nothing else.")
    ] = ""


async def ask_one(request: web.Request) -> web.StreamResponse:
    """Ask whether a rejected event is really to be discarded."""
    letter = await letter_of(request, "dead.show")
    return console_page(
        "console/dead_discard.html",
        request,
        here=PATH,
        letter=letter,
        why=why(letter.reason),
        title=title_of(letter.event_type),
        is_open=letter.state == "open",
    )


async def ask_many(request: web.Request, query: DiscardQuery) -> web.StreamResponse:
    """Ask whether all that a filter finds is really to be discarded: how many, and why each was refused."""
    everywhere(request)
    page = await services(request).log.dead(
        state="open", after=None, limit=_AT_ONCE, reason=query.reason, event=query.event
    )
    kinds = Counter((title_of(row["event_type"]), why(str(row["reason"]))) for row in page.items)
    received = sorted(row["received_at"] for row in page.items)
    return console_page(
        "console/dead_discard_many.html",
        request,
        here=PATH,
        count=len(page.items),
        more=page.next is not None,
        kinds=kinds.most_common(),
        between=[short_time(at) for at in received[:1] + received[-1:]],
        ids=" ".join(str(row["id"]) for row in page.items),
        action=OF_MANY,
    )


async def discard_many(request: web.Request, form: DiscardForm) -> web.StreamResponse:
    """Discard what was looked at; what was settled meanwhile stays as it is."""
    everywhere(request)
    ids = [found for word in form.ids.split() if (found := uuid_in(word)) is not None]
    await note(request, "dead.discard", "dead", letters=len(ids))
    log = services(request).log
    settled = [await dead_letters.discard(log, letter_id) for letter_id in ids]
    return done(PATH, "discarded" if any(one.changed for one in settled) else "settled_before")
