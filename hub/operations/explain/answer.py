"""A verdict in the shape of the API, which `hub explain --json` prints too."""

from __future__ import annotations

from hub.model import Json
from hub.operations.explain.messages import delivered_at, read_at, sent_at
from hub.operations.explain.verdict import Verdict
from hub.ports import SentMessage


def shown(verdict: Verdict) -> dict[str, Json]:
    """Make plain values: ids, instants and states beside the sentences; addresses are masked."""
    stored = verdict.event
    return {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "person": verdict.person,
        "event_key": stored and stored.key,
        "event_id": stored and stored.event.id,
        "source": stored and stored.event.source,
        "event": stored and stored.event.name,
        "sentences": list(verdict.sentences),
        "messages": [_message(said) for said in verdict.messages],
    }


def _message(said: SentMessage) -> dict[str, Json]:
    message = said.message
    return {
        "id": message.id,
        "audience": message.audience,
        "channel": message.channel,
        "occasion": message.occasion,
        "address": message.address,
        "state": message.state,
        "reason": message.reason,
        "next_at": message.next_at,
        "sent_at": sent_at(said),
        "delivered_at": delivered_at(said),
        "read_at": read_at(said),
        "tries": len(said.attempts),
    }
