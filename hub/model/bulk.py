"""Bulk actions: one act of an operator on many rows, and the result of each row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.json import Instant, Json, Word
from hub.model.message_lists import ONLY, MessageList


class BulkKind(StrEnum):
    RESEND = "resend"
    """Lost messages go again."""
    CANCEL = "cancel"
    """Messages that have not left never do."""
    REPLAY = "replay"
    """Open dead letters are published again."""
    DISCARD = "discard"
    """Open dead letters are discarded."""
    PRINTED = "printed"
    """Letters are marked as printed."""


class SkipReason(StrEnum):
    """Why a row is left alone, or was not done. The verdicts of the statements are among them."""

    TOLD = "told"
    TOO_OLD = "too_old"
    NO_CONTACT = "no_contact"
    CHANGED = "changed"
    """It is not as it was when it was chosen."""
    SENDING = "sending"
    IN_DIGEST = "in_digest"
    WRONG_SENDER = "wrong_sender"
    AGAIN = "again"
    """A dead letter that came again meanwhile."""
    REFUSED = "refused"
    """The database does not take it: the only one that is a failure."""


class RedriveResult(StrEnum):
    """The result for one lost message that the operator selected."""

    TAKEN = "taken"
    TOO_OLD = "too_old"
    """Its wall-time end has passed, or it was too old when it was planned."""
    NO_CONTACT = "no_contact"
    """It never had an address; only a new event is planned again."""
    NOTIFIED = "told"
    """Another message of the event was sent to the person, or delivered."""


class BulkState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class BulkResult(StrEnum):
    """The result of one row. Skipped is not failed: nothing was to be done, and `reason` says why."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class BulkRun(Struct, frozen=True, kw_only=True):
    """
    A bulk action that was started: `chosen` rows, and how many of them are done, skipped and failed.

    `asked` is its filter without the person. `places` are the copropiedades that it is for; null: all.
    """

    id: UUID
    made_at: Instant
    kind: BulkKind
    state: BulkState
    by: str
    reason: Annotated[str, Meta(description="Why, in the words of whoever started it.")]
    asked: dict[str, Json] | None
    places: list[str] | None
    chosen: int
    done: int = 0
    skipped: int = 0
    failed: int = 0
    ended_at: Instant | None = None
    ended_by: Annotated[str | None, Meta(description="Who cancelled it.")] = None

    @property
    def settled(self) -> int:
        return self.done + self.skipped + self.failed

    @property
    def waiting(self) -> int:
        """Return how many rows have had no turn; of a cancelled run they never have one."""
        return self.chosen - self.settled


class BulkItem(Struct, frozen=True, kw_only=True):
    """
    One row of a run: the id of a message, a letter or a dead letter. Without a result it has had no turn.

    `event`, `channel` and `person`, a reference, are there as long as the row is stored.
    """

    id: UUID
    result: BulkResult | None
    reason: Annotated[str | None, Meta(description="Why it was skipped or has failed.")]
    at: Instant | None
    event: str | None = None
    channel: str | None = None
    person: str | None = None


class BulkCandidate(Struct, frozen=True, kw_only=True):
    """A row that a bulk action would take, or skip: `skipped` says why."""

    id: UUID
    created_at: datetime
    state: str
    channel: str | None
    event: str | None
    reason: str
    copropiedad_id: str | None
    skipped: str | None
    lane: str | None = None


class FilterFields(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fields of a filter of any list, besides its time."""

    state: Word | None = None
    only: Annotated[MessageList, Meta(description=ONLY)] | None = None
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Word | None = None
    person: Annotated[Word, Meta(description="A reference.")] | None = None
    reason: Word | None = None
    purpose: Word | None = None
    copropiedad: Word | None = None
    case: Word | None = None
    handed_over: bool | None = None


class BulkFilter(FilterFields, frozen=True, kw_only=True, omit_defaults=True):
    """
    The filter of a list: of messages, of dead letters (`reason`, `event`), or of letters (`state`,
    `copropiedad`, `handed_over`). A field that is not given does not narrow it.
    """

    since: Instant | None = None
    until: Instant | None = None
    also_told: Annotated[
        bool | None, Meta(description="Of `resend`: also people whom another message has reached.")
    ] = None
    older: Annotated[
        bool | None,
        Meta(
            description="Of `cancel`: what the copy of a restored hub had planned, `sending` too. "
            "Once none of it is left, the hub's pause of everything ends."
        ),
    ] = None
