"""
Thread of a case.

    key ▸ the case that it names ▸ a page of entries in time order ▸ each in a sentence; its state now

An operator with access to some copropiedades sees only their rows, with names and words where they answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access.actor import Actor
from hub.access.sight import EVERY_SIGHT, Duty, Field, Shown, Sight
from hub.business_time import WorkCalendar
from hub.errors import PrivacyNeeded
from hub.model import NOWHERE, Clock, Json, PropertyScope, Purpose
from hub.model.registrations import plain_number
from hub.operations.cases import lookup, summary_es
from hub.operations.cases.entries import attention, entries_of
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.cases.texts import CaseTexts, MessageText, without_contacts
from hub.people.audience import is_anonymous
from hub.ports.cases import CaseFacts, KnownCase, Plain, nowhere_plain
from hub.rendering import case_words_es
from hub.storage import PostgresCases

LEGAL_TERM: Final = "legal_term"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """
    A page of a case's entries: up to `limit` after a cursor; `whole` with names, addresses and texts.

    `notes`: with those of colleagues, for who may answer in the case.
    """

    after: str | None = None
    limit: int = 100
    whole: bool = False
    notes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """Reads cases. `texts` finds the words of messages; without it no text is shown."""

    store: PostgresCases
    calendar: WorkCalendar
    texts: CaseTexts | None = None

    async def look(
        self, by: Actor, case: KnownCase, asked: ThreadPage, *, sight: Sight = EVERY_SIGHT
    ) -> CaseThreadAnswer:
        """
        Return a page of the case as the actor sees it, and audit the look.

        Raises PrivacyNeeded, StorageRefused.
        """
        private = sight.with_duty(Duty.PRIVATE)
        unmasked = await self._within(private, case, by.places)
        if asked.whole and unmasked is None:
            raise PrivacyNeeded
        shown, there = (unmasked, private) if asked.whole and unmasked is not None else (case, by.places)
        plain = await self._plain(sight, case, by.places)
        facts = await self.store.page(
            shown,
            after=asked.after,
            limit=asked.limit,
            places=there,
            whole=asked.whole,
            notes=asked.notes,
            plain=plain,
        )
        named, may_unmask = asked.whole or plain is not nowhere_plain, unmasked is not None
        thread = await self._told(shown, facts, by.now, whole=asked.whole, named=named, may_unmask=may_unmask)
        # Noted for each person whose data it shows: anybody may ask who has read their data.
        people: Sequence[str | None] = people_shown(thread, None if asked.whole else facts.plain)
        how = {"whole": asked.whole, **({"named": True} if people and not asked.whole else {})}
        for person in people or (None,):
            await by.note_look("case.show", f"case:{thread.case}", person=person, **how)
        return thread

    async def _within(
        self, places: PropertyScope, case: KnownCase, reached: PropertyScope
    ) -> KnownCase | None:
        """Return the case as it is within these places; it is known as it is where the actor reaches it."""
        if places == reached:
            return case
        found = await self.store.known([case.case], places=places) if places != NOWHERE else ()
        return found[0] if found else None

    async def _plain(self, sight: Sight, case: KnownCase, reached: PropertyScope) -> Plain:
        """Return where it is shown with names and words; so is what names no place, if the case is alone."""
        there = await self._within(sight.where(Field.WORDS, Shown.PLAIN), case, reached)
        if there is None:
            return nowhere_plain
        alone = there.alone
        return lambda place: alone if place is None else sight.is_plain(Field.WORDS, place)

    async def _texts(self, facts: CaseFacts, *, whole: bool) -> Mapping[UUID, MessageText]:
        """Find the words of the messages that are shown with them."""
        shown = {key: sent for key, sent in facts.messages.items() if whole or key in facts.plain}
        found = await self.texts.of(replace(facts, messages=shown)) if shown and self.texts else {}
        if whole:
            return found
        return {key: without_contacts(said, shown[key].message) for key, said in found.items()}

    async def _told(
        self, case: KnownCase, facts: CaseFacts, now: datetime, *, whole: bool, named: bool, may_unmask: bool
    ) -> CaseThreadAnswer:
        texts = await self._texts(facts, whole=whole)
        return CaseThreadAnswer(
            case=case.case,
            number=number_of(facts),
            title=lookup.title_of(case),
            opened_at=case.first.event.time if case.first is not None else None,
            copropiedad=copropiedad_of(facts),
            state=summary_es.progress_of(facts.head),
            summary=[
                *summary_es.summary(facts.head, facts.names, now, self.calendar),
                *attention(facts),
                *(_answered_by(case) if awaits_answer(facts.head) else ()),
            ],
            awaits_answer=awaits_answer(facts.head),
            into=case.into,
            entries=entries_of(facts, whole=whole, texts=texts),
            next=facts.next,
            masked=not whole,
            named=named,
            may_unmask=may_unmask,
        )


def awaits_answer(clocks: Iterable[Clock]) -> bool:
    """Return whether a legal term runs, or is paused, that only a final answer ends."""
    return any(clock.name == LEGAL_TERM and clock.ended_at is None for clock in clocks)


def answered_by(petitioner: Json) -> str:
    """Return in Spanish how a petitioner, as the event of the petition names them, is answered."""
    first = petitioner[0] if isinstance(petitioner, list) and petitioner else petitioner
    party: Mapping[str, Json] = first if isinstance(first, dict) else {}
    ways = {
        "board": is_anonymous(party),
        "directory": party.get("ref"),
        "reached": party.get("email") or party.get("phone"),
        "post": party.get("address"),
    }
    return case_words_es.ANSWERED_BY[next((way for way, holds in ways.items() if holds), "name")]


def _answered_by(case: KnownCase) -> list[str]:
    data = case.first.event.data if case.first is not None else None
    petitioner = data.get("petitioner") if isinstance(data, dict) else None
    return [] if petitioner is None else [answered_by(petitioner)]


def people_shown(thread: CaseThreadAnswer, plain: Collection[UUID] | None = None) -> Sequence[str]:
    """
    Return whose data a page shows, by reference: not of staff in their work. A whole page shows all, another
    one those of plain entries.
    """
    written = {
        sent.person
        for entry in thread.entries
        if (sent := entry.message) is not None
        and sent.purpose is not Purpose.INTERNAL
        and (plain is None or sent.id in plain)
    }
    replied = {
        reply.person
        for entry in thread.entries
        if (reply := entry.reply) is not None and (plain is None or reply.id in plain)
    }
    return sorted(written | {person for person in replied if person is not None})


def number_of(facts: CaseFacts) -> str:
    """Return the radicado; without one the case's own number."""
    first = facts.first.event.data if facts.first is not None else None
    contexts = [*(clock.context for clock in facts.head), *([first] if isinstance(first, dict) else [])]
    known = (str(context["radicado"]) for context in contexts if context.get("radicado"))
    return next(known, plain_number(facts.case.partition(":")[2]) or facts.case)


def copropiedad_of(facts: CaseFacts) -> str | None:
    """Return the name of the case's copropiedad; without one its reference."""
    named = [facts.first.copropiedad_id] if facts.first is not None else []
    named += [clock.context.get("copropiedad_id") for clock in facts.head]
    ref = next((place for place in named if place), None)
    return None if ref is None else facts.copropiedades.get(ref, ref)
