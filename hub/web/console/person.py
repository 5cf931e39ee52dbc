"""The page of one person: how to reach them, what was spoken about, and what staff does there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta

from hub.desk.cases.conversation import ways_of
from hub.desk.people.acts import household_of, overview_of, show_person
from hub.desk.people.history import ChannelLately, RoleOverTime
from hub.desk.people.overview import CHANNELS, PersonOverview
from hub.desk.people.queries import PeopleList
from hub.desk.preferences.acts import marks_of
from hub.desk.rights.acts import look_at_erasure, name_of
from hub.desk.rights.erasing import DUTIES_ES, ERASED_ES, KEPT_ES
from hub.doors.act import OPERATE, PRIVACY, READ
from hub.doors.api import operator_of
from hub.model import MarkReason, Scope
from hub.model.looks import WholeQuery
from hub.model.message_rows import MessageRow
from hub.model.pages import ListQuery
from hub.operations.preferences import read_preferences
from hub.people.units import own_name
from hub.ports import MessageFilter
from hub.rendering import case_words_es, labels_es, people_words_es, wishes_es
from hub.rendering.filters import lista
from hub.rendering.outcomes_es import in_words
from hub.rendering.page_links import person_path
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import may_there, places_of, places_with
from hub.web.console.case_list import face, initials
from hub.web.console.contact import contacts_of
from hub.web.console.named import recipients_of
from hub.web.console.people import PATH, SHARED_ES
from hub.web.console.shell import console_page
from hub.web.requests import FormQuery
from hub.web.services import services

_MESSAGES: Final = 10
_NO_ANSWER: Final[Mapping[str, Any]] = {"may_write": False, "twins": (), "joins": (), "shared": {}}


class ErasureQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=200)] = ""


async def show(request: web.Request, query: WholeQuery) -> web.StreamResponse:
    """Show a person: contacts, roles, consents, wishes, and messages."""
    ref, deps = request.match_info["ref"], services(request)
    by = operator_of(request, READ)
    person = await show_person(by, ref, query)
    narrowed = MessageFilter(person=ref, places=places_of(request))
    sent = await deps.log.messages(narrowed, after=None, limit=_MESSAGES)
    wished = await read_preferences(deps.preferences, ref)
    overview = await overview_of(by, ref, whole=query.whole)
    may_act = may_there(request, Scope.OPERATE)
    return console_page(
        "desk/people/page.html",
        request,
        here=PATH,
        person=person,
        path=person_path(ref),
        contacts=await contacts_of(request, ref),
        whole=query.whole,
        overview=overview,
        last_of=_last_of(overview),
        held=(held := [role for role in overview.roles if role.ended_at is None]),
        homes=_homes(held),
        household=await household_of(by, ref),
        face=face(ref),
        initials=initials(person.name or "?"),
        **(await _to_answer(request, ref) if may_act else _NO_ANSWER),
        marks=await marks_of(by, ref, ListQuery()),
        wishes=list(wishes_es.wishes(wished.preferences)),
        wished=wished.preferences,
        languages=wishes_es.LANGUAGES,
        digests=wishes_es.DIGESTS,
        messages=[in_words(MessageRow, row) for row in sent.items],
        people=await recipients_of(request, [row.id for row in sent.items]),
        may_act=may_act,
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


async def show_erasure(request: web.Request, query: ErasureQuery) -> web.StreamResponse:
    """Show the effects of an erasure, then ask for the reason, then ask once more."""
    ref, by = request.match_info["ref"], operator_of(request, PRIVACY)
    report = await look_at_erasure(by, ref)
    return console_page(
        "desk/rights/erasure.html",
        request,
        here=PATH,
        ref=ref,
        name=await name_of(by, ref),
        path=person_path(ref),
        goes=[(report.counts.get(what, 0), words) for what, words in ERASED_ES.items()],
        stays=[(report.counts.get(what, 0), words) for what, words in KEPT_ES.items()],
        duties=[DUTIES_ES[duty] for duty in report.duties],
        reason=query.reason.strip(),
    )


def _homes(held: Sequence[RoleOverTime]) -> Mapping[tuple[str, str, str], str]:
    """Return unit, id and name of the building → what somebody is there: `propietario y residente`."""
    roles: dict[tuple[str, str, str], list[str]] = {}
    for one in held:
        building = own_name(one.copropiedad or "")
        where = (one.unit or "", one.copropiedad_id or "", building or ("" if one.unit else "La empresa"))
        roles.setdefault(where, []).append(labels_es.ROLES.get(one.role, one.role))
    return {where: lista(each) for where, each in roles.items()}


def _last_of(overview: PersonOverview) -> Mapping[str, ChannelLately]:
    """Return kind of contact → the last message that went there; a letter goes by `print`."""
    newest = sorted(overview.lately, key=lambda one: one.at)
    return {CHANNELS.get(one.channel) or one.channel: one for one in newest}


async def _to_answer(request: web.Request, ref: str) -> Mapping[str, Any]:
    """Return what whoever must answer the person has besides: whether a channel is open, twins, joinings."""
    by = operator_of(request, OPERATE)
    if await by.stores.directory.somebody(ref, places=by.places) is None:
        return _NO_ANSWER
    people, ways = PeopleList(by.db), await ways_of(by, ref, {}, ())
    return {
        "may_write": any(way.open for way in ways),
        "twins": await people.duplicates(ref, by.places),
        "joins": await people.joins(ref),
        "shared": SHARED_ES,
    }
