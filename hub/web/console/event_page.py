"""The page of an event: its people and how far it reached each, and those left out with the reason."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from hub.desk.messages.acts import list_recipients
from hub.desk.messages.recalls import is_own
from hub.desk.messages.rows import RecipientsQuery
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.rendering import labels_es
from hub.rendering.outcomes_es import reason_in_words
from hub.rendering.people_words_es import LEFT_OUT, WHY_NOBODY
from hub.rendering.reached_es import REACHED
from hub.rendering.titles_es import EVENTS
from hub.storage.corrections import reached
from hub.web.console import named
from hub.web.console.message_list import PATH
from hub.web.console.shell import console_page, with_query

_ASKED: Final = {"letter": {"channel": "print"}}
"""What stands for a state in the address of the list behind its number."""


async def show(request: web.Request, query: RecipientsQuery) -> web.StreamResponse:
    """Show the people notified of an event, and those left out with the reason."""
    by = operator_of(request, READ)
    read = await list_recipients(by, request.match_info["key"], query)
    place = read.copropiedad_id
    return console_page(
        "console/event.html",
        request,
        here=PATH,
        read=read,
        title=EVENTS.get(read.event, read.event),
        states=[
            (
                state,
                n,
                f"{PATH}?{urlencode({**_ASKED.get(state, {'state': state}), 'event_id': read.event_id})}",
            )
            for state in labels_es.MESSAGE_COUNTS
            if (n := read.states.get(state))
        ],
        people=await named.recipients_of(
            request, [row.messages[0].id for row in read.notified if row.messages]
        ),
        others=await named.people_of(request, [(row.person, place) for row in read.left_out]),
        recall=await reached(by.db, read.event_key),
        recallable=not is_own(read.event),
        reached=REACHED,
        why=[WHY_NOBODY.get(why, why) for why in read.why],
        reason_words=lambda reason: reason_in_words(reason) or LEFT_OUT.get(reason, reason),
        channels=labels_es.CHANNELS,
        next_notified=with_query(request, after=read.next_notified) if read.next_notified else None,
        next_left_out=with_query(request, left_after=read.next_left_out) if read.next_left_out else None,
        first=with_query(request, after=None, left_after=None) if query.after or query.left_after else None,
    )
