"""
Words of a case's messages. Those of an accepted message are made again and compared with the digest of the
sent ones; today's templates are used only where that cannot be, or where nothing has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias
from uuid import UUID

from hub.errors import TemplateFailure
from hub.inbound.emergency_replies import is_to_staff
from hub.model import Claimed, Message, Rendered, State, StoredEvent
from hub.model.state_machine import UNSENT
from hub.operations.cases.schemas import TextOrigin
from hub.operations.evidence.remake import FINDINGS_ES, PROVEN, Finding, Remade, Remaker
from hub.people.masking import mask_contacts
from hub.ports.cases import CaseFacts, CaseMessage
from hub.sla.ack_links import without_link
from hub.storage import PostgresEvidence

Render: TypeAlias = Callable[[Claimed], Rendered]
"""Renders a message with today's templates."""

ORIGINS_ES: Final[Mapping[TextOrigin, str]] = {
    TextOrigin.AS_SENT: "Lo que decía (comprobado: es lo que salió)",
    TextOrigin.STORED: "Lo que decía, como quedó guardado (sin comprobar)",
    TextOrigin.UNPROVEN: "Lo que sale de lo guardado: NO es igual a lo que salió",
    TextOrigin.TODAY: "No es lo que salió: así lo dirían los textos de hoy",
    TextOrigin.NOT_SENT: "Todavía no sale: así saldría ahora",
}
_UNSAID: Final = frozenset({State.SUPPRESSED, State.CANCELLED, State.EXPIRED})
_REFUSED: Final = "Ningún proveedor lo aceptó: no consta que se haya dicho."
_UNSURE: Final = "Un proveedor pudo recibirlo sin confirmarlo; de ese intento no se guardan las palabras."
_NO_WORDS: Final = "Salió sin que un proveedor lo confirmara en el momento: no se guardaron las palabras."
_FORGED_COPY: Final = "El texto guardado en la bandeja o la carta no es este: alguien lo cambió."


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """The words of a message, their source, and in Spanish the doubts about them."""

    subject: str | None = None
    text: str | None = None
    text_origin: TextOrigin | None = None
    text_note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTexts:
    """Finds the words of a page's messages. Threads render: other requests must not wait for a page."""

    evidence: PostgresEvidence
    remaker: Remaker
    render: Render

    async def of(self, facts: CaseFacts) -> Mapping[UUID, MessageText]:
        accepted = [key for key, sent in facts.messages.items() if "accepted" in _outcomes(sent)]
        said = await self.evidence.said_each(accepted)
        # One by one: others have their turn between.
        remade = {key: await self.remaker.remake(message) for key, message in said.items()}
        return {
            key: await asyncio.to_thread(text_of, sent, remade.get(key, ()), facts, self.render)
            for key, sent in facts.messages.items()
        }


def text_of(sent: CaseMessage, calls: Sequence[Remade], facts: CaseFacts, render: Render) -> MessageText:
    """
    Return the words of the message; nothing for one that nobody was to read.

    No text has the link of an escalation: the reader of a case is not the person who was called.
    """
    found = _accepted(sent, decisive(calls), facts, render) if calls else _unaccepted(sent, facts, render)
    return replace(found, subject=_shown(found.subject), text=_shown(found.text))


def without_contacts(said: MessageText, message: Message) -> MessageText:
    """Mask contacts in a notice to staff: they are those of the person whom it is about."""
    if not is_to_staff(message.event, message.audience):
        return said
    return replace(
        said, subject=mask_contacts(said.subject or ""), text=mask_contacts(said.text or "") or None
    )


def _shown(words: str | None) -> str | None:
    return without_link(words) if words else None


def decisive(calls: Sequence[Remade]) -> Remade:
    """Return the call to show: one that does not fit must not hide behind another."""
    return next((call for call in calls if call.finding is Finding.DIFFERENT), calls[-1])


def _accepted(sent: CaseMessage, remade: Remade, facts: CaseFacts, render: Render) -> MessageText:
    words, note = remade.rendered, _note(remade)
    if remade.finding in PROVEN and words is not None:
        forged = sent.text is not None and (sent.subject or "", sent.text) != (words.subject, words.text)
        notes = [note or "", _FORGED_COPY if forged else ""]
        return _made(words, TextOrigin.AS_SENT, " ".join(filter(None, notes)))
    if words is not None:
        return _made(words, TextOrigin.UNPROVEN, note)
    if sent.text is not None and remade.finding is Finding.IMPOSSIBLE:
        return _stored(sent, note)
    return _today(sent, facts, render, TextOrigin.TODAY, note)


def _note(remade: Remade) -> str | None:
    """Return the result of making it again; for a proven one only the other flaws."""
    if remade.finding in PROVEN:
        return remade.why or None
    return f"{FINDINGS_ES[remade.finding]} {remade.why}".strip()


def _unaccepted(sent: CaseMessage, facts: CaseFacts, render: Render) -> MessageText:
    state = sent.message.state
    unsure = _UNSURE if "unknown" in _outcomes(sent) else None
    why = unsure or _REFUSED if state is State.FAILED else _NO_WORDS
    if sent.text is not None:
        return _stored(sent, why)
    if state in _UNSAID:
        return MessageText()
    if state in {*UNSENT, State.SENDING}:
        return _today(sent, facts, render, TextOrigin.NOT_SENT, unsure)
    return _today(sent, facts, render, TextOrigin.TODAY, why)


def _stored(sent: CaseMessage, note: str | None) -> MessageText:
    return MessageText(
        subject=sent.subject, text=sent.text, text_origin=TextOrigin.STORED, text_note=note or None
    )


def _made(words: Rendered, origin: TextOrigin, note: str | None) -> MessageText:
    return MessageText(subject=words.subject, text=words.text, text_origin=origin, text_note=note or None)


def _today(
    sent: CaseMessage, facts: CaseFacts, render: Render, origin: TextOrigin, note: str | None
) -> MessageText:
    stored = facts.events.get(sent.message.event_key)
    if stored is None:
        return MessageText(text_note=note)
    try:
        return _made(render(_as_claimed(sent, stored, facts)), origin, note)
    except TemplateFailure:
        return MessageText(text_note=note)


def _outcomes(sent: CaseMessage) -> set[str]:
    return {call.outcome for call in sent.attempts}


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
