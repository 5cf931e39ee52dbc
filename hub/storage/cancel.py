"""Messages in PostgreSQL that an operator cancels before they leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.model import State
from hub.model.ids import span
from hub.model.state_machine import UNSENT
from hub.storage.database import Runner, load
from hub.storage.verdicts import verdicts_of

_SQL = load("cancel")
PLANNED_BEFORE: Final = _SQL["planned_before"]
"""The condition of messages that the copy of a restored hub had planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRule:
    """A way to cancel: the states, the verdict on a message in SQL, and the reason that it gets."""

    states: frozenset[State]
    verdict: str
    reason: str


WAITING: Final = CancelRule(states=UNSENT, verdict=_SQL["verdict"], reason="withdrawn")
OLDER: Final = CancelRule(states=UNSENT | {State.SENDING}, verdict=_SQL["older"], reason="restored")
"""Messages that a restored hub had planned before its copy."""


async def withdraw(run: Runner, ids: Collection[UUID], how: CancelRule = WAITING) -> Mapping[UUID, str]:
    """Cancel these messages where they have not left; return the verdict of each that waits."""
    statement = _SQL["cancel"].format(verdict=how.verdict)
    return verdicts_of(await run.rows(statement, sorted(ids), *span(ids), sorted(how.states), how.reason))
