"""How a planned draft arrives: for a person of it, by channel; mails in a frame, paper as PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from hub.desk.communications import acts
from hub.desk.communications.reading import channels_of, look_at, readers_of
from hub.desk.communications.rows import CommunicationWhole
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.model import Word
from hub.operations.communications.looks import BOARD
from hub.rendering.paper.pages import Sheet, make_pages
from hub.web.console.pages import framed
from hub.web.requests import FormQuery, read_id, unknown
from hub.web.responses import pdf_answer

LOOK: Final = "/communications/{id}/look"
_PAPER: Final = ("print", BOARD)


class LookQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reader: str
    channel: Word = "email"


async def show_look(request: web.Request, query: LookQuery) -> web.StreamResponse:
    """Send the mail of a person of the plan for a frame, or a letter or a poster as it is printed."""
    by, communication = operator_of(request, OPERATE), read_id(request, acts.COMMUNICATION)
    whole = await acts.show_communication(by, communication)
    made = await look_at(by, communication, whole.row.kind, query.reader, query.channel)
    if not made.html:
        raise unknown("look")
    if query.channel not in _PAPER:
        return framed(made.html)
    size = by.stores.policy.paper.size
    async with by.stores.printing:
        printed = await make_pages([Sheet(html=made.html)], size=size, at=by.now, title=made.subject)
    return pdf_answer(printed.pdf, f"{query.channel}.pdf")


async def shown_looks(by: Operator, whole: CommunicationWhole, ref: str) -> Mapping[str, Any]:
    """Return what the page shows of the looks: readers, the chosen one, the text of each channel."""
    readers = await readers_of(by, whole)
    refs = [one for one, _ in readers]
    reader = ref if ref in refs else next(iter(refs), "")
    channels = channels_of(whole) if reader else ()
    return {
        "readers": readers,
        "reader": reader,
        "looks_now": [
            await look_at(by, whole.row.id, whole.row.kind, reader, channel) for channel in channels
        ],
        "look_path": lambda channel: (
            f"{LOOK.format(id=whole.row.id)}?{urlencode({'reader': reader, 'channel': channel})}"
        ),
        "paper": _PAPER,
    }
