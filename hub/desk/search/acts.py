"""The search: within the operator's reach, and audited without its words."""

from __future__ import annotations

from typing import Final

from hub.access.sight import Duty
from hub.desk.search import find as finding
from hub.desk.search.rows import SearchAnswer, SearchQuery
from hub.doors.operator import Operator
from hub.errors import PrivacyNeeded
from hub.model import NOWHERE, Json

SUBJECT: Final = "search"
"""The subject of a row of the audit: never the words, which may be a name."""


async def find(by: Operator, query: SearchQuery) -> SearchAnswer:
    """Find people, units, buildings, cases, events and messages by whatever somebody knows of them."""
    sight = by.sight
    if query.whole and sight.with_duty(Duty.PRIVATE) == NOWHERE:
        raise PrivacyNeeded
    asked = finding.SearchRequest(
        typed=query.q, limit=query.limit, whole=query.whole, places=by.places, sight=sight
    )
    found = await finding.search(by.db, by.stores.cases, asked)
    await _audit(by, found, whole=query.whole)
    return found.answer


async def _audit(by: Operator, found: finding.Found, *, whole: bool) -> None:
    """Record the search. With names shown each person has a row: anybody may ask who has read their data."""
    answer = found.answer
    counts: dict[str, Json] = {group.kind: len(group.items) for group in answer.groups}
    understood: list[Json] = [str(kind) for kind in answer.understood]
    for person in found.people or (None,):
        await by.audit("search", SUBJECT, person=person, whole=whole, understood=understood, **counts)
