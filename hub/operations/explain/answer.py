"""A verdict in the shape of the API, which `hub explain --json` prints too."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, State
from hub.operations.explain.messages import delivered_at, read_at, sent_at
from hub.operations.explain.verdict import ExplainOutcome, Verdict
from hub.ports import SentMessage


class ExplainedMessage(Struct, kw_only=True):
    """A message to the person; the address is masked. `tries` counts what providers said as well."""

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
    tries: int


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
    """Show the ids, instants and states beside the sentences; addresses are masked."""
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
        messages=[_message(said) for said in verdict.messages],
    )


def _message(said: SentMessage) -> ExplainedMessage:
    message = said.message
    return ExplainedMessage(
        id=message.id,
        audience=message.audience,
        channel=message.channel,
        occasion=message.occasion,
        address=message.address,
        state=message.state,
        reason=message.reason,
        next_at=message.next_at,
        sent_at=sent_at(said),
        delivered_at=delivered_at(said),
        read_at=read_at(said),
        tries=len(said.attempts),
    )
