"""The API of people, replies and inboxes: a section of the route table."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs

from hub.desk.people.rows import EntryBody
from hub.desk.rights.erasing import ErasureReport
from hub.doors.act import INBOX, PRIVACY, Where
from hub.storage.directory_history import Written
from hub.web.api import (
    constancias,
    directory,
    files,
    inbox,
)
from hub.web.route import Route, operate, read_private, read_words
from hub.web.schemas import inbox as boxes
from hub.web.schemas.common import CONSTANCIA, TOO_LATE, Problem, SentFile

_DELETE: Final = hdrs.METH_DELETE
_POST: Final = hdrs.METH_POST
_PUT: Final = hdrs.METH_PUT
_right: Final = partial(Route, method=_POST, needs=PRIVACY, where=Where.EVERYWHERE)
_own_inbox: Final = partial(Route, needs=INBOX, where=Where.PERSON)
_WRITTEN: Final = {200: Written, **TOO_LATE}

PEOPLE: Final[tuple[Route, ...]] = (
    read_words(f"/api{files.PATH}", files.show_file, answers={200: SentFile}),
    _right(
        "/api/people/{ref}/erase",
        directory.erase,
        answers={200: ErasureReport, 202: ErasureReport, 404: Problem, 409: Problem},
    ),
    read_private("/api/people/{ref}/constancia", constancias.person_constancia, answers=CONSTANCIA),
    operate(
        "/api/directory/{kind}/{ref}",
        directory.put_entry,
        method=_PUT,
        body=EntryBody,
        answers=_WRITTEN,
    ),
    operate(
        "/api/directory/{kind}/{ref}",
        directory.delete_entry,
        method=_DELETE,
        body=EntryBody,
        answers={**_WRITTEN, 405: Problem},
    ),
    # The inbox of one person, for portals.
    Route(
        "/api/inbox/tokens",
        inbox.create_inbox_token,
        method=_POST,
        needs=INBOX,
        where=Where.EVERYWHERE,
        answers={201: boxes.InboxToken, 404: Problem},
    ),
    _own_inbox("/api/inbox", inbox.list_inbox, answers={200: boxes.InboxPage}),
    _own_inbox(
        "/api/inbox/read", inbox.read_items, method=_POST, answers={200: boxes.InboxRead, 404: Problem}
    ),
    _own_inbox("/api/inbox/{id}/read", inbox.read_item, method=_POST, answers={200: boxes.InboxRead}),
    _own_inbox("/api/inbox/stream", inbox.stream_inbox, answers={200: boxes.InboxEvents, 429: Problem}),
)
