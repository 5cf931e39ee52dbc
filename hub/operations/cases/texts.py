"""What a message said: its subject and text as they were stored, or as today's templates make them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from hub.errors import TemplateFailure
from hub.model import Claimed, Rendered, State, StoredEvent
from hub.operations.cases.schemas import TextOrigin
from hub.ports.cases import CaseFacts, CaseMessage

Render: TypeAlias = Callable[[Claimed], Rendered]
"""Renders a message, without the link of an escalation: the reader of a case is not who was called."""

_UNSAID: Final = frozenset({State.SUPPRESSED, State.CANCELLED, State.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """
    The words of a message, and where they come from.

    What a mail said is proven by `hub evidence show`, which makes it again with the texts of then. Here it is
    not: each older version of the texts has to be compiled, and the link of an escalation would be shown.
    """

    subject: str | None = None
    text: str | None = None
    text_origin: TextOrigin | None = None


def text_of(sent: CaseMessage, facts: CaseFacts, render: Render | None) -> MessageText:
    """Return what the message said; nothing for one that nobody was to read, or without a `render`."""
    if sent.text is not None:
        return MessageText(subject=sent.subject, text=sent.text, text_origin=TextOrigin.AS_SENT)
    stored = facts.events.get(sent.message.event_key)
    if render is None or stored is None or sent.message.state in _UNSAID:
        return MessageText()
    try:
        rendered = render(_as_claimed(sent, stored, facts))
    except TemplateFailure:
        return MessageText()
    return MessageText(subject=rendered.subject or None, text=rendered.text, text_origin=TextOrigin.TODAY)


def _as_claimed(sent: CaseMessage, stored: StoredEvent, facts: CaseFacts) -> Claimed:
    clocks = [*facts.clocks.values(), *facts.head]
    return Claimed(
        message=sent.message,
        attempt=0,
        event_time=stored.event.time,
        source=stored.event.source,
        data=stored.event.data,
        building=facts.copropiedades.get(stored.copropiedad_id or ""),
        unit=facts.units.get(stored.unit_id or ""),
        due={clock.name: clock.due_at for clock in clocks},
    )
