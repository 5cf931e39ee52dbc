"""The page of a communication: its draft, or what became of it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from aiohttp import web

from hub.desk.communications import acts, people
from hub.desk.communications.noun import NOUN, PATH
from hub.desk.communications.rows import STATES_ES, STYLES, CommunicationWhole
from hub.doors.act import READ, Act
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE
from hub.model import Scope
from hub.model.communications import CommunicationState
from hub.operations.communications.kinds import OFFERED, kind_of
from hub.web.auth.caller import may_there
from hub.web.console import compose_page
from hub.web.console.shell import console_page
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, read_id

ONE: Final = compose_page.ONE


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a draft to whoever may change it; else its words, its people, and what became of it."""
    by = operator_of(request, READ)
    whole = await acts.show_communication(by, read_id(request, acts.COMMUNICATION))
    if whole.row.state == CommunicationState.DRAFT and may_there(request, Scope.OPERATE):
        return await compose_page.show_draft(request, whole)
    return console_page(
        "desk/communications/page.html",
        request,
        here=PATH,
        whole=whole,
        spent=await people.cost_communication(by, whole.row.id) if whole.progress else None,
        kind=kind_of(whole.row.kind),
        states=STATES_ES,
        styles=STYLES,
        staff=await staff_names(request),
        acts=[(act, act.address.format(id=quote(str(whole.row.id)))) for act in _offered(request, whole)],
        may_write=may_there(request, Scope.OPERATE) and whole.row.kind in OFFERED,
        wrong=request.get(AGAIN, ONCE)["wrong"],
        **compose_page.SHOWN,
    )


def _offered(request: web.Request, whole: CommunicationWhole) -> list[Act]:
    may = may_there(request, Scope.OPERATE)
    return [act for act in NOUN.acts if may and act.label and act.offered(whole)]
