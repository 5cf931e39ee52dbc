"""Bulk actions: the rows that are chosen, and the runs that work through them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from hub.model import DeadLetter, PropertyScope
from hub.model.bulk import BulkCandidate, BulkItem, BulkKind, BulkResult, BulkRun
from hub.model.letters import LetterState
from hub.model.pages import Rows
from hub.model.tickets import Ticket
from hub.ports.log import MessageFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadFilter:
    """A filter of open dead letters: `reason` is a part of the reason, `event` the event's name."""

    reason: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFilter:
    """A filter of letters; a field that is None does not narrow it."""

    state: LetterState | None = None
    handed_over: bool | None = None

    def has(self, state: LetterState) -> bool:
        """Return whether letters in this state are among them."""
        over = state is LetterState.DELIVERED
        return self.state in (None, state) and self.handed_over in (None, over)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChoice:
    """
    An action and its rows. `places` limits all of them; a dead letter belongs to none.

    `also_told`: messages go again also to people whom another message has reached. `older`: messages that the
    copy of a restored hub had planned are cancelled.
    """

    kind: BulkKind
    which: MessageFilter | LetterFilter | DeadFilter
    places: PropertyScope = None
    also_told: bool = False
    older: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A batch that was worked: its run, how many rows, and the tickets that are still to be published."""

    run: UUID
    count: int
    tickets: Sequence[Ticket] = ()


Replay = Callable[[DeadLetter], Awaitable[None]]
"""Publishes a dead letter again."""


class BulkStore(Protocol):
    async def candidates(self, choice: BulkChoice, limit: int) -> Sequence[BulkCandidate]:
        """Return the rows that are chosen, oldest first, each with its outcome if it were done now."""

    async def start(self, run: BulkRun, ids: Collection[UUID]) -> None:
        """Store a run with its rows. Runs that ended long ago are forgotten."""

    async def run(self, run_id: UUID, *, places: PropertyScope = None) -> BulkRun | None:
        """Return a run; None if there is none that is for these places alone."""

    async def runs(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Rows[BulkRun]:
        """List runs, newest first."""

    async def items(
        self, run_id: UUID, *, result: BulkResult | None = None, after: UUID | None = None, limit: int
    ) -> Sequence[BulkItem]:
        """List the rows of a run, by id."""

    async def reasons(self, run_id: UUID) -> Mapping[tuple[BulkResult, str], int]:
        """Count the settled rows of a run by result and reason; a row that is done has none."""

    async def cancel_run(self, run_id: UUID, *, by: str) -> bool:
        """Stop a run between two batches; false if it had ended."""

    async def work(self, limit: int, replay: Replay) -> Worked | None:
        """
        Work the next batch of the oldest run, in one transaction; None where nothing waits.

        Rows that another process has in hand are passed over, and those of a process that died come again.
        """
