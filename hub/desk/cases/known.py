"""Known cases: looked up by a key within the operator's reach, and the head of each."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from hub.doors.operator import Operator
from hub.errors import AnswerDue, HeldByAnother, NoSuch, SeveralCases
from hub.model.actors import of_account
from hub.operations.cases import lookup
from hub.operations.cases.thread import awaits_answer
from hub.ports.cases import CaseFacts, KnownCase
from hub.rendering.actors_es import who_es

CASE: Final = "case"
_TAKE_IT: Final = (
    "To take it from that person, name it as `held_by` (account:luz.mora); a case needs a `reason`, too."
)
Key = Annotated[str, Meta(description="The radicado, or the whole key of the case.")]


async def case_of(by: Operator, key: str) -> KnownCase:
    """Return the case that the key means, within reach. Raises NoSuch, SeveralCases."""
    cases = await lookup.find(by.stores.cases, key, places=by.places)
    if len(cases) > 1:
        raise SeveralCases
    if not cases:
        raise NoSuch(CASE)
    return cases[0]


async def facts_of(by: Operator, case: KnownCase) -> CaseFacts:
    """Return the head of a case: its first event, and its promises."""
    return await by.stores.cases.page(case, after=None, limit=1, places=by.places)


async def require_no_term(by: Operator, case: KnownCase) -> None:
    """Raise AnswerDue while the legal term of a case waits for its final answer."""
    if awaits_answer((await facts_of(by, case)).head):
        raise AnswerDue


async def held_by_another(by: Operator, holder: str) -> HeldByAnother:
    """Make the refusal that says who has a case or a reply, and how to take it nevertheless."""
    names = {of_account(one.name): one.display_name for one in await by.stores.accounts.accounts()}
    return HeldByAnother(who_es(holder, names), _TAKE_IT)
