"""The survey of the half-year, over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Word
from hub.operations import start_survey as surveys
from hub.operations.publish import send_all
from hub.operations.start_survey import SurveyStart
from hub.web.auth.caller import note
from hub.web.responses import json_answer
from hub.web.schemas.common import Cursor
from hub.web.services import services


class SurveyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask."""

    copropiedad_id: (
        Annotated[Word, Meta(description="Only the people of this one; all clients without it.")] | None
    ) = None
    dry_run: Annotated[bool, Meta(description="Only count.")] = False
    after: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description="Most people to look at.")] = 500


async def start(request: web.Request, body: SurveyBody) -> web.Response:
    """
    Ask each client once per half-year, a page at a time; safe to repeat.

    Nobody is asked who has got another survey lately, or wants none.
    """
    deps = services(request)
    now_round = surveys.round_at(deps.now(), deps.policy.calendar)
    wish = SurveyStart(round=now_round, copropiedad_id=body.copropiedad_id, dry_run=body.dry_run)
    if not body.dry_run:
        # Before anybody is asked: without the row nobody is.
        await note(request, "surveys.start", f"surveys:{now_round.name}", copropiedad=body.copropiedad_id)
    done = await surveys.start_survey(
        wish,
        store=deps.surveys,
        publish=partial(send_all, deps.publisher),
        policy=deps.policy,
        now=deps.now,
        limit=body.limit,
        after=body.after,
    )
    return json_answer(surveys.shown(done, wish))
