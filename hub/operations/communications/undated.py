"""What is kept of a communication to begin another one from it: words and people, and no day of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hub.model import Json
from hub.model.communications import Draft, Whom
from hub.people.audience import parse
from hub.people.audience.names import PERSON

_DAY: Final = re.compile(r"\d{4}-\d{2}(-\d{2}([T ].*)?)?")
"""A day, an instant or a month by itself; a day within words is read again by whoever sends them."""


def undated(draft: Draft, *, people: bool = True) -> Draft:
    """Return a draft without days and hour; without `people` also without single persons."""
    data = {name: _kept(value) for name, value in draft.data.items() if not _is_day(value)}
    whom = Whom(to=_groups(draft.whom.to), without=_groups(draft.whom.without))
    return Draft(data=data, whom=draft.whom if people else whom)


def _kept(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _kept(part) for name, part in value.items() if not _is_day(part)}
    if isinstance(value, list):
        return [_kept(part) for part in value if not _is_day(part)]
    return value


def _is_day(value: Json) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _groups(terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(term for term in terms if parse(term).word != PERSON)
