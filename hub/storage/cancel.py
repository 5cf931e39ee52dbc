"""Messages in PostgreSQL that an operator cancels before they leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from hub.model.ids import span
from hub.model.state_machine import UNSENT
from hub.ports import CancelResult
from hub.storage.database import Runner, Store, load
from hub.storage.verdicts import TAKEN, verdicts_of

_SQL = load("cancel")
VERDICT: Final = _SQL["verdict"]
"""The expression that judges a message that waits."""


async def withdraw(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Cancel these messages where they have not left; return the verdict of each that waits."""
    statement = _SQL["cancel"].format(verdict=VERDICT)
    return verdicts_of(await run.rows(statement, sorted(ids), *span(ids), sorted(UNSENT)))


class PostgresCancel(Store):
    """The CancelStore."""

    async def cancel(self, message_id: UUID) -> CancelResult | None:
        word = (await withdraw(self, [message_id])).get(message_id)
        if word is None:
            return None
        return CancelResult.CANCELLED if word == TAKEN else CancelResult(word)
