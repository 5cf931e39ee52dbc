"""
One message, as its link shows it: its words as they left, and its case in plain words.

The words are made again and compared with the digest of those that left. Links in them act in the recipient's
name, and somebody else may open this page: they are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.business_time import WorkCalendar
from hub.model import Brand, Facts, Json
from hub.model.documents import FIELD
from hub.operations.evidence.remake import PROVEN, Remade, Remaker
from hub.operations.residents.promises_es import case_of
from hub.operations.residents.schemas import ShownMessage
from hub.rendering.identities import Look
from hub.rendering.labels_es import CHANNELS
from hub.rendering.own_links import without_own_link
from hub.rendering.publisher_text import formato_plano
from hub.sla.ack_links import PERSONAL, without_link
from hub.storage import PostgresEvidence, PostgresResidents


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMessages:
    """Finds messages for their pages. `look` finds the identity of a copropiedad."""

    store: PostgresResidents
    evidence: PostgresEvidence
    remaker: Remaker
    look: Callable[[Brand | None], Look]
    calendar: WorkCalendar

    async def place(self, message_id: UUID) -> tuple[str | None, Look]:
        """Return the name and the look of a message's copropiedad; the company's look without one."""
        found = await self.store.message(message_id)
        return (None, self.look(None)) if found is None else (found.building, self.look(found.brand))

    async def show(
        self, message_id: UUID, now: datetime, *, person: str | None = None
    ) -> tuple[ShownMessage, Look] | None:
        """
        Return a message and the look of its copropiedad; None if it is not stored (any more).

        With `person`, None too for a message to somebody else.
        """
        found = await self.store.message(message_id)
        if found is None or person not in {None, found.person}:
            return None
        said = await self.evidence.said(message_id)
        if said is None:
            return None
        proven = [made for made in await self.remaker.remake(said) if made.finding in PROVEN]
        whole, words = (proven[-1].whole, proven[-1].rendered) if proven else (None, None)
        accepted = [call.attempt.at for call in said.calls if call.attempt.outcome == "accepted"]
        shown = ShownMessage(
            subject=(words.subject if words else "") or (whole.subject if whole else ""),
            text=_text(proven),
            sent_at=accepted[-1] if accepted else None,
            channel=CHANNELS.get(said.message.channel, said.message.channel),
            building=found.building,
            case=case_of(found, now=now, calendar=self.calendar),
            recalled_at=found.recalled_at,
            correction=formato_plano(found.correction) if found.correction else "",
            whole=without_link(whole.text).strip() if whole else "",
            document=document_link(proven, said.data, now) if whole else "",
        )
        return shown, self.look(found.brand)


def shown_text(text: str, facts: Facts | None) -> str:
    """Hide the links that act for the recipient; drop lines that only lead to such a link."""
    for link in (facts.own_page, facts.unsubscribe) if facts else ():
        text = without_own_link(text, link) if link else text
    shown = without_link(text)
    return shown.replace(facts.link, PERSONAL) if facts and facts.link else shown


def _text(proven: list[Remade]) -> str | None:
    words = proven[-1].rendered if proven else None
    if words is None:
        return None
    evidence = proven[-1].call.attempt.evidence
    return shown_text(words.text, evidence.facts if evidence else None)


def document_link(proven: list[Remade], data: Json, now: datetime) -> str:
    """
    Return the link to the document of what a text led to: the hub's own while it works, or the publisher's.

    A mail would have had it: who has the text may read it as well.
    """
    evidence = proven[-1].call.attempt.evidence
    document = evidence.facts.document if evidence and evidence.facts else None
    if document is None:
        given = (data or {}).get(FIELD)
        return given if isinstance(given, str) and given.startswith("https://") else ""
    ended = document.until is None or document.until <= now
    return "" if ended else document.link or ""
