"""
The document behind a message's link: signed, for one message, until it ends.

A GET changes nothing: scanners of mails open every link. The file is never shown as a page of the hub: it is
a download, of the type that its bytes have, in a sandbox without rights.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.access.document_tokens import read_token
from hub.doors.act import File
from hub.model.documents import LinkedDocument
from hub.rendering.sent_documents import named
from hub.web.auth.refusals import REASON
from hub.web.console.pages import plain
from hub.web.responses import Refusal, file_answer
from hub.web.services import services

_PAGE: Final = "document_link.html"


async def show(request: web.Request) -> web.Response:
    """Send the file; or say that the link has ended or the document was withdrawn, and name a contact."""
    deps = services(request)
    token = read_token(deps.ring, request.match_info["token"])
    if token is None:
        request[REASON] = "link"
        return with_contact(_PAGE, request, "wrong", 403)
    if deps.now() >= token.ends_at:
        return with_contact(_PAGE, request, "ended", 410)
    if not deps.link_rate.admits(token.message_id):
        raise opened_too_often()
    document = await deps.documents.of_message(token.message_id)
    if document is None:
        return with_contact(_PAGE, request, "ended", 410)
    return with_contact(_PAGE, request, "withdrawn", 410) if document.withdrawn else as_file(document)


def as_file(document: LinkedDocument) -> web.Response:
    """Answer with a download that no browser runs."""
    return file_answer(File(document.content, named(document.name, document.kind), document.kind))


def opened_too_often() -> Refusal:
    fault, to_do = "This link was opened too often.", "Wait some minutes."
    return Refusal(429, fault, to_do, headers={hdrs.RETRY_AFTER: "600"})


def with_contact(page: str, request: web.Request, state: str, status: int) -> web.Response:
    """Say what became of a link, and whom to ask."""
    company = services(request).policy.company
    return plain(page, request, status=status, state=state, phone=company.phone, email=company.email)
