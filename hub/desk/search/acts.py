"""The search: within the operator's reach, and audited without its words."""

from __future__ import annotations

from typing import Final

from hub.access.sight import Duty
from hub.desk.search.find import Search
from hub.desk.search.rows import SearchAnswer, SearchQuery
from hub.doors.operator import Operator
from hub.errors import PrivacyNeeded
from hub.model import NOWHERE, Json

SUBJECT: Final = "search"
"""The subject of a row of the audit: never the words, which may be a name."""


async def find(by: Operator, query: SearchQuery) -> SearchAnswer:
    """Find people, units, buildings, cases, communications, events and messages by whatever is known."""
    if query.whole and by.sight.with_duty(Duty.PRIVATE) == NOWHERE:
        raise PrivacyNeeded
    search = Search(by, query)
    answer = await search.answer()
    counts: dict[str, Json] = {group.kind: len(group.items) for group in answer.groups}
    understood: list[Json] = [str(kind) for kind in answer.understood]
    # With names shown each person has a row: anybody may ask who has read their data.
    for person in search.shown or (None,):
        await by.audit("search", SUBJECT, person=person, whole=query.whole, understood=understood, **counts)
    return answer
