"""Communications at the console: beginning one, and the page of each: its draft, or what became of it."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from msgspec import Meta, Struct

from hub.desk.communications import acts, files, people
from hub.desk.communications.noun import NOUN, PATH
from hub.desk.communications.rows import STATES_ES, STYLES, CommunicationBody, CommunicationsQuery
from hub.desk.models.acts import list_models
from hub.doors.act import OPERATE, READ
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE
from hub.model import Scope
from hub.model.communications import CommunicationState
from hub.model.pages import ListQuery
from hub.operations.communications.kinds import BY_EVENT, INTENTIONS_ES, OFFERED, kind_of
from hub.operations.communications.presets import Boxes, whom_of
from hub.web.auth.caller import may_there
from hub.web.console import compose_page
from hub.web.console.list_filter import buildings_of
from hub.web.console.pages import redirect
from hub.web.console.shell import console_page
from hub.web.console.staff import staff_names
from hub.web.hooks.linked_document import as_file
from hub.web.requests import ButtonForm, FormQuery, read_id

ONE: Final = compose_page.ONE
NEW: Final = f"{PATH}/new"
COPY: Final = f"{ONE}/copy"
DOCUMENT: Final = f"{ONE}/document"
_SAVED: Final = 50
_EARLIER: Final = 8


class NewForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind, or a model to begin from."""

    kind: Annotated[str, Meta(max_length=100)] = ""
    model: UUID | None = None


async def show_kinds(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Ask what somebody wants to say, in new words or from what was said before."""
    by = operator_of(request, OPERATE)
    earlier = await acts.list_communications(by, CommunicationsQuery(limit=_EARLIER))
    return console_page(
        "desk/communications/new.html",
        request,
        here=PATH,
        intentions=INTENTIONS_ES.items(),
        action=NEW,
        wrong=request.get(AGAIN, ONCE)["wrong"],
        models=(await list_models(by, ListQuery(limit=_SAVED))).items,
        earlier=[one for one in earlier.items if one.kind in OFFERED],
    )


async def begin(request: web.Request, form: NewForm) -> web.StreamResponse:
    """Begin a draft of this kind or from this model, for the one copropiedad of whoever has only one."""
    by = operator_of(request, OPERATE)
    if form.model is not None:
        return redirect(f"{PATH}/{(await acts.begin_communication(by, form.model)).id}")
    buildings, kind = await buildings_of(request), BY_EVENT.get(form.kind)
    boxes = Boxes(places=tuple(buildings) if len(buildings) == 1 else (), groups=kind.usual if kind else ())
    made = await acts.make_communication(by, CommunicationBody(kind=form.kind, to=whom_of(boxes).to))
    return redirect(f"{PATH}/{made.id}")


async def copy(request: web.Request, form: ButtonForm) -> web.StreamResponse:  # noqa: ARG001 - the row of its form
    """Begin a draft with the words and the people of another communication."""
    by = operator_of(request, OPERATE)
    made = await acts.copy_communication(by, read_id(request, acts.COMMUNICATION))
    return redirect(f"{PATH}/{made.id}")


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show a draft to whoever may change it; else its words, its people, and what became of it."""
    by = operator_of(request, READ)
    whole = await acts.show_communication(by, read_id(request, acts.COMMUNICATION))
    may = may_there(request, Scope.OPERATE)
    if whole.row.state == CommunicationState.DRAFT and may:
        return await compose_page.show_draft(request, whole)
    offered = [act for act in NOUN.acts if may and act.label and act.offered(whole)]
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
        acts=[(act, act.address.format(id=quote(str(whole.row.id)))) for act in offered],
        may_open=may,
        may_write=may and whole.row.kind in OFFERED,
        wrong=request.get(AGAIN, ONCE)["wrong"],
        **compose_page.SHOWN,
    )


async def show_document(request: web.Request) -> web.Response:
    """Send the document that goes with a communication."""
    by, communication = operator_of(request, OPERATE), read_id(request, files.DOCUMENT)
    return as_file(await files.show_document(by, communication))
