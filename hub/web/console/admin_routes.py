"""The pages of texts and of the audit: a section of the route table."""

from __future__ import annotations

from typing import Final

from hub.doors.act import ADMIN, PRIVACY, Where
from hub.web.console import audit_page, templates_page
from hub.web.route import Route, read, read_company

ADMINISTRATION: Final[tuple[Route, ...]] = (
    read_company(templates_page.PATH, templates_page.show),
    read(templates_page.ONE, templates_page.show_one),
    read(templates_page.HTML, templates_page.show_html),
    read(templates_page.PDF, templates_page.show_pdf),
    Route(audit_page.PATH, audit_page.show, needs=PRIVACY | ADMIN, where=Where.EVERYWHERE),
)
