"""The API of the hub itself and of who enters: a section of the route table."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs

from hub.doors.act import ADMIN, PRIVACY, Where
from hub.model.pages import page_of
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.operations.incidents import IncidentPage
from hub.web.api import api_keys, summary, templates
from hub.web.route import Route, read, read_company
from hub.web.schemas import common
from hub.web.schemas.common import Problem

_DELETE: Final = hdrs.METH_DELETE
_POST: Final = hdrs.METH_POST

HUB: Final[tuple[Route, ...]] = (
    # The hub itself.
    read_company("/api/incidents", summary.list_incidents, answers={200: IncidentPage}),
    read_company("/api/templates", templates.list_templates, answers={200: page_of(TemplateRow)}),
    read(
        "/api/templates/{event}/{channel}",
        templates.show_template,
        answers={200: TemplatePreview, 404: Problem},
    ),
    read("/api/summary", summary.summary, answers={200: common.Summary}),
    # Access: keys, audit, accounts.
    Route(
        "/api/audit",
        api_keys.list_notes,
        needs=PRIVACY | ADMIN,
        where=Where.EVERYWHERE,
        answers={200: page_of(api_keys.NoteRow)},
    ),
)
