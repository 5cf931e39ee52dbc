"""Explanations as rows: the question about an event and a person, and its answer."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from hub.model import Instant, State, Word
from hub.operations.explain.messages import delivered_at, read_at, sent_at
from hub.operations.explain.verdict import ExplainOutcome, Verdict
from hub.ports import SentMessage

_ID = Annotated[str, Meta(max_length=1000, pattern="^[^\\x00]*$")]


class ExplainQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event: Annotated[_ID, Meta(description="The id that the publisher gave the event, or the hub's key.")]
    person: Annotated[Word, Meta(description="The person's reference.")]
    source: Annotated[_ID, Meta(description="The event's source, if several sources use this id.")] | None = (
        None
    )


class ExplainedMessage(Struct, kw_only=True):
    """A message to the person; the address is masked. `tries` also counts reports of providers."""

    id: UUID
    audience: int
    channel: str
    occasion: str
    address: str
    state: State
    reason: str | None
    next_at: Instant | None
    sent_at: Instant | None
    delivered_at: Instant | None
    read_at: Instant | None
    later: Annotated[
        UUID | None,
        Meta(description="Of an expired message: the newest one about its case that has left since."),
    ]
    tries: int


_KEPT: Final = ("id", "audience", "channel", "occasion", "address", "state", "reason", "next_at")


class Explanation(Struct, kw_only=True):
    outcome: ExplainOutcome
    reason: Annotated[str | None, Meta(description="A machine word: `added_later`, `on_leave` …")]
    person: str
    event_key: UUID | None
    event_id: str | None
    source: str | None
    event: str | None
    sentences: Annotated[list[str], Meta(description="Spanish, for operators; times are Colombia's.")]
    messages: list[ExplainedMessage]


def shown(verdict: Verdict) -> Explanation:
    """Show ids, instants and states with the sentences; addresses are masked."""
    stored = verdict.event
    event = stored.event if stored else None
    return Explanation(
        outcome=verdict.outcome,
        reason=verdict.reason,
        person=verdict.person,
        event_key=stored.key if stored else None,
        event_id=event.id if event else None,
        source=event.source if event else None,
        event=event.name if event else None,
        sentences=list(verdict.sentences),
        messages=[_message(sent) for sent in verdict.messages],
    )


def _message(sent: SentMessage) -> ExplainedMessage:
    times = {"sent_at": sent_at(sent), "delivered_at": delivered_at(sent), "read_at": read_at(sent)}
    kept = {name: getattr(sent.message, name) for name in _KEPT}
    later = sent.later.message.id if sent.later is not None else None
    return msgspec.convert({**kept, **times, "later": later, "tries": len(sent.attempts)}, ExplainedMessage)
