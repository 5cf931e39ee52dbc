"""The API of the hub itself: a section of the route table."""

from __future__ import annotations

from typing import Final

from hub.model.pages import page_of
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.operations.incidents import IncidentPage
from hub.web.api import summary, templates
from hub.web.route import Route, read, read_company
from hub.web.schemas import common
from hub.web.schemas.common import Problem

HUB: Final[tuple[Route, ...]] = (
    read_company("/api/incidents", summary.list_incidents, answers={200: IncidentPage}),
    read_company("/api/templates", templates.list_templates, answers={200: page_of(TemplateRow)}),
    read(
        "/api/templates/{event}/{channel}",
        templates.show_template,
        answers={200: TemplatePreview, 404: Problem},
    ),
    read("/api/summary", summary.summary, answers={200: common.Summary}),
)
