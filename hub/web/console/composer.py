"""The composer of a page: by which channels somebody is answered, in which words it is said."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from hub.business_time import dates
from hub.model.given_files import GivenFile
from hub.operations.cases.acts import REPLIES, act_of
from hub.operations.cases.writing import WHATSAPP, Conversation, Way, preferred
from hub.rendering import filters, labels_es, people_words_es
from hub.rendering.canned_es import canned_of, filled
from hub.web.bodies import files_of

Facts = Mapping[str, str]
NO_FACTS: Final[Facts] = {}
_CLOSED: Final[Mapping[str, str]] = {
    **people_words_es.WHY_NOT,
    "window": "solo hasta 24 horas después de que escriba por ahí",
}
"""Why a channel is closed → its words beside its name."""


def documents_given(request: web.Request) -> Mapping[str, Any]:
    """Return the documents of the form as an act takes them: the first, its name, and further ones."""
    first, *more = [*files_of(request), GivenFile(name="")]
    return {"file": first.content, "file_name": first.name, "more": [file.content for file in more]}


def composer_of(
    talk: Conversation, now: datetime, *, came_by: str = "", canned: str = "", facts: Facts = NO_FACTS
) -> Mapping[str, Any]:
    """
    Return what a page's composer shows; `came_by` is the channel of the reply that it answers.

    `canned` is the key of the text with which it begins, whose gaps have the `facts` of the case.
    """
    texts = canned_of(str(talk.facts.get("service_area") or ""))
    begun = next((filled(one.text, facts) for one in texts if one.key == canned), "")
    usable = [way for way in talk.ways if way.open]
    any_way = may_be_written(talk.case)
    first = came_by if any(way.channel == came_by for way in usable) else preferred(talk.ways, talk.last)
    return {
        "any_way": any_way,
        "may_answer": bool(usable) or any_way,
        "ways": [(way.channel, _label(way, now)) for way in usable],
        # Whoever has written by no channel is answered by whichever reaches them.
        "first_way": "" if any_way and not talk.last else first,
        "closed_ways": [
            f"{labels_es.CHANNELS[way.channel]}: {_CLOSED.get(way.why, 'no se puede ahora')}"
            for way in talk.ways
            if not way.open
        ],
        "channels": [(labels_es.CHANNELS[way.channel], way.open, _how(way, talk, now)) for way in talk.ways],
        "canned": [(one.key, one.label) for one in texts],
        "begun": begun,
        "form": secrets.token_urlsafe(12),
    }


def _how(way: Way, talk: Conversation, now: datetime) -> str:
    """Return the remark beside a channel: until when, since she writes by it, or why not."""
    if not way.open:
        return _CLOSED.get(way.why, "no se puede ahora")
    _, _, until = _label(way, now).partition(", ")
    return until or ("escribe por aquí" if talk.by(way.channel) else "")


def may_be_written(case: str) -> bool:
    """Return whether the catalogue finds a way by itself: on paper, too."""
    return act_of(REPLIES, case) is not None


def _label(way: Way, now: datetime) -> str:
    """`WhatsApp, hasta mañana a las 10:21 a. m.`."""
    name = labels_es.CHANNELS[way.channel]
    if way.channel != WHATSAPP or way.until is None:
        return name
    today, last = (at.astimezone(dates.ZONE).date() for at in (now, way.until))
    day = "hoy" if today == last else "mañana"
    return f"{name}, hasta {day} a {filters.la_hora(way.until)}"
