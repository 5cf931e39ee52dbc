"""Cases that become one thread, of the same people in one place; each keeps its radicado and its terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hub.desk.cases import queries
from hub.desk.cases.colleagues import add_line
from hub.desk.cases.known import Key, case_of, facts_of
from hub.desk.cases.rows import CaseMerged, OtherCaseBody
from hub.doors.operator import Operator
from hub.errors import NotJoined
from hub.model import Json
from hub.model.casework import CaseKind, NoteKind
from hub.operations.cases.thread import LEGAL_TERM, number_of
from hub.ports.cases import CaseFacts
from hub.sla.events import PARTIES

_JOINS: Final = frozenset(
    {
        (CaseKind.PQRS, CaseKind.PQRS),
        (CaseKind.PQRS, CaseKind.CONVERSATION),
        (CaseKind.CONVERSATION, CaseKind.CONVERSATION),
    }
)
"""The kind of the case that stays, and of the one that goes on in it."""
_REACHED: Final = ("ref", "email", "phone")


async def merge_cases(by: Operator, key: Key, body: OtherCaseBody) -> CaseMerged:
    """
    Let another case of the same people and place go on in this one's thread; both keep their terms.

    An answer is then given to both, each under its own radicado. Safe to repeat.

      hub cases merge PQ-2026-000901 --other PQ-2026-000944
    """
    case, other = await case_of(by, key), await case_of(by, body.other)
    stays, goes_on = await facts_of(by, case), await facts_of(by, other)
    if why := _refusal(stays, goes_on):
        raise NotJoined(why)
    await by.audit("case.merge", f"case:{case.case}", case=other.case)
    is_open = any(clock.ended_at is None for clock in goes_on.head)
    if await queries.merge(by.db, other.case, case.case, by=by.who, was_open=is_open):
        await add_line(by, case, NoteKind.MERGED, by.now.isoformat(), number_of(goes_on))
    elif other.into != case.case:
        raise NotJoined("One of them is joined with another case already: separate these first.")
    return CaseMerged(case=other.case, into=case.case)


async def separate_cases(by: Operator, key: Key, body: OtherCaseBody) -> CaseMerged:
    """
    Take a case out of the thread in which it goes on; safe to repeat.

      hub cases separate PQ-2026-000901 --other PQ-2026-000944
    """
    case, other = await case_of(by, key), await case_of(by, body.other)
    await by.audit("case.separate", f"case:{case.case}", case=other.case)
    if await queries.separate(by.db, other.case, case.case):
        number = number_of(await facts_of(by, other))
        await add_line(by, case, NoteKind.SEPARATED, by.now.isoformat(), number)
    return CaseMerged(case=other.case, into=None)


def _refusal(stays: CaseFacts, goes_on: CaseFacts) -> str:
    """Return why one may not go on in the other; nothing where it may."""
    kinds = tuple(facts.case.partition(":")[0] for facts in (stays, goes_on))
    if stays.case == goes_on.case or kinds not in _JOINS:
        return "Only a PQRS or a conversation goes on in another one, and no PQRS in a conversation."
    if _place(stays) != _place(goes_on):
        return "They belong to different copropiedades: whoever answers one may not read the other."
    # Ley 1581 de 2012, art. 4 (f): what is answered to one person is not told to another.
    if not _people(stays) or _people(stays) != _people(goes_on):
        return "They are not known to be of the same people: an answer to one would be told to another."
    if any(_is_answered(facts) for facts in (stays, goes_on)):
        return "One of them has its final answer: the other one waits for its own."
    return ""


def _place(facts: CaseFacts) -> str | None:
    return facts.first.copropiedad_id if facts.first is not None else None


def _is_answered(facts: CaseFacts) -> bool:
    return any(clock.name == LEGAL_TERM and clock.ended_at is not None for clock in facts.head)


def _people(facts: CaseFacts) -> frozenset[str]:
    """Return whom a case is of, by reference, or by address where they have none."""
    data: Json = facts.first.event.data if facts.first is not None else {}
    # Of a reply that is known to be somebody's, the address from which it came says no more.
    named = [data["person"]] if data.get("person") else [data.get(word) for word in PARTIES]
    return frozenset(who for party in named for who in _names(party))


def _names(party: Json) -> Iterable[str]:
    if isinstance(party, str):
        yield party
    elif isinstance(party, list):
        for one in party:
            yield from _names(one)
    elif isinstance(party, dict):
        known = (str(party[word]).casefold() for word in _REACHED if party.get(word))
        yield from [*known][:1]
