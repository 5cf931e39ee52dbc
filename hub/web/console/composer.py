"""The composer of a page: by which channels somebody is answered, in which words it is said."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.business_time import dates
from hub.operations.cases.acts import REPLIES, act_of
from hub.operations.cases.writing import LONGEST_SMS, WHATSAPP, Conversation, Way, preferred
from hub.rendering import filters, labels_es, people_words_es

_CLOSED: Final[Mapping[str, str]] = {
    **people_words_es.WHY_NOT,
    "window": "se cierra 24 horas después de su último mensaje",
}
"""Why a channel is closed → its words beside its name."""


def composer_of(talk: Conversation, now: datetime, *, came_by: str = "") -> Mapping[str, Any]:
    """Return what a page's composer shows; `came_by` is the channel of the reply that it answers."""
    usable = [way for way in talk.ways if way.open]
    first = came_by if any(way.channel == came_by for way in usable) else preferred(talk.ways, talk.last)
    return {
        "may_answer": bool(usable) or may_be_written(talk.case),
        "ways": [(way.channel, _label(way, now)) for way in usable],
        "first_way": first,
        "closed_ways": [
            f"{labels_es.CHANNELS[way.channel]}: {_CLOSED.get(way.why, 'no se puede ahora')}"
            for way in talk.ways
            if not way.open
        ],
        "most_sms": LONGEST_SMS,
        "form": secrets.token_urlsafe(12),
    }


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
    return f"{name}, hasta {day} a {filters.la_hora(way.until)}".replace(filters.NBSP, " ")
