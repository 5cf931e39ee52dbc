"""The words of one message: text, HTML and headers, and the proof that exactly they left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final
from uuid import UUID

from hub.access.actor import Actor
from hub.inbound.emergency_replies import is_to_staff
from hub.model import Rendered
from hub.model.evidence import SaidMessage
from hub.operations.cases.texts import ORIGINS_ES, MessageText, Render, decisive, text_of, without_contacts
from hub.operations.evidence.remake import Remade, Remaker
from hub.operations.evidence.schemas import EvidenceRow, row_of
from hub.people.masking import mask_contacts
from hub.ports.cases import CaseFacts, CaseMessage
from hub.rendering.preview import with_logo
from hub.sla.ack_links import without_link
from hub.storage import PostgresEvidence, PostgresExplain

_HEADERS: Final = (
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-ID"),
    *("Content-Language", "Auto-Submitted"),
)
"""The fields of a mail's head that a reader may see: others hold addresses that act for the recipient."""
_MAIL: Final = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidWords:
    """
    The words of a message. `origin` names their source, `note` the doubts about them, in Spanish.

    `html` has no link that acts for the recipient; its images are in it. `content` is the request that a
    provider got where it is no mail.
    """

    subject: str | None
    text: str | None
    html: str
    origin: str
    note: str | None
    headers: Sequence[tuple[str, str]]
    content: str | None
    evidence: Sequence[EvidenceRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWords:
    """Finds the words of messages. Threads render: other requests must not wait for a page."""

    evidence: PostgresEvidence
    events: PostgresExplain
    letters: Callable[[UUID], Awaitable[Rendered | None]]
    """Returns the words of a stored letter."""
    remaker: Remaker
    render: Render

    async def read(self, by: Actor, message_id: UUID, person: str) -> SaidWords | None:
        """Return the words of a message to this person for the reader, whose look is audited."""
        await by.note("evidence.show", f"message:{message_id}", person=person)
        return await self.of(message_id)

    async def of(self, message_id: UUID) -> SaidWords | None:
        """Return the words of a message; None if it is not stored (any more)."""
        said = await self.evidence.said(message_id)
        if said is None:
            return None
        calls = await self.remaker.remake(said)
        letter = await self.letters(message_id)
        words = without_contacts(await self._text(said, calls, letter), said.message)
        call = decisive(calls) if calls else None
        shown = letter if call is None or call.rendered is None else call.rendered
        html = "" if shown is None else without_link(with_logo(shown))
        is_notice = is_to_staff(said.message.event, said.message.audience)
        rows = [row_of(remade) for remade in calls]
        is_mail = said.message.channel == _MAIL
        return SaidWords(
            subject=words.subject or None,
            text=words.text,
            html=mask_contacts(html) if is_notice else html,
            origin=ORIGINS_ES[words.text_origin] if words.text_origin is not None else "",
            note=words.text_note,
            headers=_headers(call) if is_mail else (),
            content=None if is_mail else next((row.content for row in rows if row.content), None),
            evidence=rows,
        )

    async def _text(self, said: SaidMessage, calls: Sequence[Remade], letter: Rendered | None) -> MessageText:
        events = await self.events.events(str(said.message.event_key), None)
        facts = CaseFacts(
            case="", first=None, head=(), entries=(), events={event.key: event for event in events}
        )
        sent = CaseMessage(
            message=said.message,
            attempts=[call.attempt for call in said.calls],
            subject=None if letter is None else letter.subject,
            text=None if letter is None else letter.text,
        )
        return await asyncio.to_thread(text_of, sent, calls, facts, self.render)


def _headers(call: Remade | None) -> list[tuple[str, str]]:
    if call is None or call.content is None:
        return []
    mail = message_from_bytes(call.content, _class=EmailMessage, policy=policy.SMTP)
    return [(name, without_link(str(mail[name]))) for name in _HEADERS if mail[name] is not None]
