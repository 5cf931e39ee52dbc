"""Messages in PostgreSQL that an operator sends again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from hub.model import Lane
from hub.model.bulk import RedriveResult
from hub.model.ids import span
from hub.model.state_machine import LOST
from hub.model.tickets import Ticket, grouped
from hub.storage.database import Runner, load
from hub.storage.verdicts import TAKEN, Acted, verdicts_of

_SQL = load("redrive")
_ALONE: Final = "false"
"""One message is looked for alone."""


def verdict(*, anyway: str, chosen: str) -> str:
    """Return the expression that judges a row of `found`, a message that is lost."""
    return _SQL["verdict"].format(anyway=anyway, chosen=chosen)


async def resend(run: Runner, judged: str, ids: Collection[UUID], more: object) -> Acted:
    """Send these messages again; `more` is the fifth value of the statement, for the expression `judged`."""
    statement = _SQL["resend"].format(verdict=judged)
    rows = await run.rows(statement, sorted(ids), *span(ids), sorted(LOST), more)
    taken = [row for row in rows if row["verdict"] == TAKEN]
    return verdicts_of(rows), grouped((row["id"], row["channel"], Lane(row["lane"])) for row in taken)


async def redrive(
    run: Runner, message_id: UUID, *, include_notified: bool = False
) -> tuple[RedriveResult, Sequence[Ticket]] | None:
    """
    Requeue a lost message if it may be sent again; return the verdict and its ticket; None if it is not lost.

    It is `queued` like a new one: no attempts, no reason, its original lifetime from now on, never past its
    wall-time end. Its attempts stay in the history.
    """
    judged = verdict(anyway="$5::boolean", chosen=_ALONE)
    verdicts, tickets = await resend(run, judged, [message_id], include_notified)
    word = verdicts.get(message_id)
    return None if word is None else (RedriveResult(word), tickets)
