"""The page of one person, with the acts there: mark, end a mark."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.desk.people.acts import overview_of, show_person
from hub.desk.preferences.acts import marks_of
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.model import MarkReason, Scope
from hub.model.looks import WholeQuery
from hub.model.message_rows import MessageRow
from hub.model.pages import ListQuery
from hub.operations.preferences import read_preferences
from hub.ports import MessageFilter
from hub.rendering import case_words_es, labels_es, people_words_es, wishes_es
from hub.rendering.outcomes_es import in_words
from hub.rendering.page_links import person_path
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import may_there, places_of, places_with
from hub.web.console.contact import contacts_of
from hub.web.console.people import PATH
from hub.web.console.shell import console_page
from hub.web.requests import FormQuery
from hub.web.services import services

_MESSAGES: Final = 10


class PersonQuery(WholeQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


async def show(request: web.Request, query: PersonQuery) -> web.StreamResponse:
    """Show a person: contacts, roles, consents, wishes, and messages."""
    ref, deps = request.match_info["ref"], services(request)
    by = operator_of(request, READ)
    person = await show_person(by, ref, query)
    narrowed = MessageFilter(person=ref, places=places_of(request))
    sent = await deps.log.messages(narrowed, after=None, limit=_MESSAGES)
    wished = await read_preferences(deps.preferences, ref)
    return console_page(
        "desk/people/page.html",
        request,
        here=PATH,
        person=person,
        path=person_path(ref),
        contacts=await contacts_of(request, ref),
        whole=query.whole,
        overview=await overview_of(by, ref, whole=query.whole),
        marks=await marks_of(by, ref, ListQuery()),
        wishes=list(wishes_es.wishes(wished.preferences)),
        wished=wished.preferences,
        languages=wishes_es.LANGUAGES,
        digests=wishes_es.DIGESTS,
        messages=[in_words(MessageRow, row) for row in sent.items],
        may_act=may_there(request, Scope.OPERATE),
        has_rights=places_with(request, Scope.PRIVACY) is None,
        may_prove=bool(deps.ring) and may_there(request, Scope.PRIVACY),
        events=EVENTS,
        kinds=people_words_es.CONTACT_KINDS,
        contact_states=people_words_es.CONTACT_STATES,
        reply_kinds=case_words_es.REPLY_KINDS,
        forecasts=people_words_es.FORECASTS,
        why_not=people_words_es.WHY_NOT,
        short=labels_es.SHORT_CHANNELS,
        reasons=[(reason.value, labels_es.MARKS[reason]) for reason in MarkReason],
    )
