"""The page of one person, and what an operator does there: mark, end a mark."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.business_time.dates import ZONE, asked_at
from hub.model import DigestPeriod, MarkReason, QuietHours, Scope
from hub.model.looks import WholeQuery
from hub.model.pages import ListQuery
from hub.operations.preferences import read_preferences
from hub.ports import MessageFilter
from hub.rendering import case_words_es, labels_es, people_words_es, wishes_es
from hub.rendering.outcomes_es import described
from hub.rendering.page_links import person_path
from hub.rendering.titles_es import EVENTS
from hub.web.api import preferences
from hub.web.api.masked import look
from hub.web.api.people_list import overview_of
from hub.web.auth.caller import may_there, places_of, places_with
from hub.web.console.people import PATH
from hub.web.console.shell import console_page, done, pressed
from hub.web.requests import FormQuery
from hub.web.responses import Refusal
from hub.web.schemas.preferences import MarkBody, PreferencesBody
from hub.web.services import services

_MESSAGES: Final = 10


class PersonQuery(WholeQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class MarkForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: MarkReason
    until: Annotated[str, Meta(max_length=10, description="The last day.")] = ""
    note: Annotated[str, Meta(max_length=500)] = ""


_Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class PreferencesForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them are said again; what is left empty is as the company does it."""

    language: Literal["es", "en"] | None = None
    large_print: bool | None = None
    digest: DigestPeriod | None = None
    quiet_since: _Hour | None = None
    quiet_until: _Hour | None = None


async def show(request: web.Request, query: PersonQuery) -> web.StreamResponse:
    """Show a person: contacts, roles, consents, wishes, and what was sent."""
    ref, deps = request.match_info["ref"], services(request)
    person = await look(request, query, deps.directory.somebody, ref, noun="person")
    narrowed = MessageFilter(person=ref, places=places_of(request))
    sent = await deps.log.messages(narrowed, after=None, limit=_MESSAGES)
    wished = await read_preferences(deps.preferences, ref)
    return console_page(
        "console/person.html",
        request,
        here=PATH,
        person=person,
        path=person_path(ref),
        whole=query.whole,
        overview=await overview_of(request, ref, whole=query.whole),
        marks=await preferences.marks_of(request, ref, ListQuery()),
        wishes=list(wishes_es.wishes(wished.preferences)),
        wished=wished.preferences,
        languages=wishes_es.LANGUAGES,
        digests=wishes_es.DIGESTS,
        messages=[{**row, **described(row["state"], row["reason"])} for row in sent.items],
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


async def mark(request: web.Request, form: MarkForm) -> web.StreamResponse:
    """Mark a person: do not contact."""
    body = MarkBody(reason=form.reason, until=_end_of(form.until), note=form.note)
    await preferences.mark_person(request, body)
    return done(person_path(request.match_info["ref"]), "marked")


end_marks = pressed(preferences.end_marks, f"{PATH}/{{ref}}", "unmarked")


async def change_preferences(request: web.Request, form: PreferencesForm) -> web.StreamResponse:
    """Change what a person has asked for: language, large print, digest, hours of quiet."""
    quiet = None
    if form.quiet_since is not None and form.quiet_until is not None:
        quiet = QuietHours(since=form.quiet_since, until=form.quiet_until)
    body = PreferencesBody(
        language=form.language, large_print=form.large_print, digest=form.digest, quiet_hours=quiet
    )
    await preferences.put_preferences(request, body)
    return done(person_path(request.match_info["ref"]), "preferred")


def _end_of(day: str) -> datetime | None:
    """Return the end of a day. Raises Refusal."""
    if not day:
        return None
    try:
        return asked_at(day).astimezone(ZONE)
    except ValueError:
        raise Refusal(400, "The day is not one.", "Write it like 2026-03-09.") from None
