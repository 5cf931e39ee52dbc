"""The page of one promise: its calculation, its steps, and the person who takes it on."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.desk.clocks import acts
from hub.desk.clocks.rows import AcknowledgeBody
from hub.doors.act import OPERATE, READ
from hub.doors.api import operator_of
from hub.errors import NothingToAcknowledge
from hub.model import Clock, Scope
from hub.operations.clocks.calculation import in_words
from hub.policy.clocks import ESCALATES
from hub.rendering import case_words_es
from hub.rendering.page_links import CASES, clock_path
from hub.rendering.reached_es import REACHED
from hub.rendering.titles_es import event_title
from hub.sla.acknowledge import level_to_acknowledge
from hub.web.auth.caller import caller_of, places_of, places_with
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.live import topic_of
from hub.web.requests import FormQuery, read_id
from hub.web.services import services

_NO_LEVELS_ES: Final = "Este plazo no tiene niveles que asumir: termina con lo que promete."
_FIRST_LEVEL_ES: Final = "Todavía está en el nivel 1: respóndale a la persona, y el plazo termina."
_TAKEN_ES: Final = "Ya la asumió su nivel: si sube al siguiente, también se podrá asumir."
_ENDED_ES: Final = "Ya terminó: no se le avisa a nadie más."


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a promise: its calculation, past and coming steps, and the person who took it on."""
    deps, clock_id = services(request), read_id(request, acts.CLOCK)
    seen = await deps.log.clock(clock_id, places=places_of(request))
    topic = "" if seen is None else topic_of(seen.case)
    stood = await deps.changes.stands(topic)
    shown = await acts.show_clock(operator_of(request, READ), clock_id)
    clock = await deps.log.clock(clock_id, places=places_with(request, Scope.OPERATE))
    opened_by = None if clock is None else await deps.casework.started_by(clock.opened_by)
    return console_page(
        "console/clock.html",
        request,
        here=CASES,
        live=topic,
        stood=stood,
        clock=shown,
        started=event_title(opened_by or ""),
        to_acknowledge=None if clock is None else why_not(clock),
        may_act=clock is not None,
        buildings=await buildings_of(request),
        staff=await staff_names(request),
        me=caller_of(request).who,
        day_words=in_words,
        reached=REACHED,
        case_words=case_words_es,
    )


async def acknowledge(request: web.Request, form: AcknowledgeBody) -> web.StreamResponse:
    """Take the promise on for the level that has it."""
    taken = await acts.acknowledge(operator_of(request, OPERATE), read_id(request, acts.PROMISE), form)
    return done(clock_path(str(taken.id)), "acknowledged")


def why_not(clock: Clock) -> str | None:
    """Say why nobody can take it on now; None if somebody can."""
    try:
        level = level_to_acknowledge(clock)
    except NothingToAcknowledge:
        ended = clock.ended_at is not None
        return _ENDED_ES if ended else _FIRST_LEVEL_ES if clock.name in ESCALATES else _NO_LEVELS_ES
    return _TAKEN_ES if level in {taken.level for taken in clock.course.acknowledged} else None
