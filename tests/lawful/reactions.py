"""
Reactions of people to what arrives: they press the button of a mail, write that they want no more, come back.

What somebody does follows from the message alone, not from the order in which messages arrive: so a hub over
PostgreSQL and one over memory have the same people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from hub.inbound.process_reply import take_reply
from hub.inbound.unsubscribe import unsubscribe
from hub.model import Reply
from hub.ports import Publisher, UnsubscribeStore
from hub.ports.replies import ReplyStore
from hub.testing import MemoryAudit
from tests.lawful.facts import Contact, Statement
from tests.lawful.provider import Delivery

ASKED: Final = frozenset({"commercial", "survey"})
"""Purposes that nobody has to receive: a mail of them has a button."""
NO_MORE: Final = {
    "es": (
        "BAJA",
        "No me escriban más: BAJA",
        "Quiero darme de baja",
        "no me envíen más publicidad",
        "STOP por favor",
        "Ya no quiero recibir más encuestas. Gracias",
        "Buenas tardes. ¿Quién les dio mi número? No me escriban más.",
    ),
    "en": ("STOP", "unsubscribe", "Please stop writing to me", "Don't contact me again", "Remove me"),
}
"""Words of people, not of the hub's tables."""
OTHER_WORDS: Final = ("Buenos días, ¿a qué hora es?", "no me den de baja el servicio", "Gracias")
BACK_AGAIN: Final = {"es": "ALTA", "en": "START"}
WRITTEN: Final = frozenset({"email", "sms", "whatsapp"})
"""Channels over which somebody may answer."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reaction:
    """At this instant the reader of a message presses its button, or writes `words`."""

    at: datetime
    number: int
    delivery: Delivery = field(compare=False)
    contact: Contact = field(compare=False)
    words: str = field(default="", compare=False)
    """Empty: the button."""
    says: bool | None = field(default=None, compare=False)
    """Yes or no to advertising and surveys; None: about something else."""


class Readers:
    """The people of one building, who react to what they get."""

    def __init__(self, *, store: UnsubscribeStore, replies: ReplyStore, publisher: Publisher) -> None:
        self._unsubscribes, self._replies, self._publisher = store, replies, publisher
        self._notes = MemoryAudit()
        self._waiting: list[Reaction] = []
        self._refused: set[str] = set()
        self.done: dict[str, int] = {"button": 0, "no": 0, "yes": 0, "other": 0}
        """How often what was done."""

    def get(self, delivery: Delivery, contact: Contact) -> None:
        """Take in what has arrived."""
        random = Random(f"{contact.person}:{contact.about}:{contact.channel}:{delivery.at}")
        later = timedelta(seconds=random.choice((20, 45, 600, 7_200, 90_000)), milliseconds=500)
        words, says = _answer(random, contact, refused=contact.person in self._refused)
        pressed = contact.purpose in ASKED and contact.channel == "email" and random.random() < 0.05
        if pressed or (words and contact.channel in WRITTEN):
            reaction = Reaction(
                at=delivery.at + later,
                number=len(self._waiting),
                delivery=delivery,
                contact=contact,
                words="" if pressed else words,
                says=says,
            )
            heappush(self._waiting, reaction)

    @property
    def next_at(self) -> datetime | None:
        return self._waiting[0].at if self._waiting else None

    async def react(self, now: datetime) -> Sequence[Statement]:
        """Let everybody do what they do by now; return what they have said so."""
        said: list[Statement] = []
        while self._waiting and self._waiting[0].at <= now:
            reaction = heappop(self._waiting)
            if reaction.words:
                said += await self._write(reaction, now)
            else:
                said += await self._press(reaction, now)
        return said

    async def _press(self, reaction: Reaction, now: datetime) -> Sequence[Statement]:
        purpose, mail = reaction.contact.purpose, reaction.delivery.message_id
        store, notes = self._unsubscribes, self._notes
        assert await unsubscribe(mail, purpose, "signature", store=store, notes=notes, now=now)
        self.done["button"] += 1
        return [_said(reaction.contact.person, purpose, granted=False, now=now)]

    async def _write(self, reaction: Reaction, now: datetime) -> Sequence[Statement]:
        contact, says = reaction.contact, reaction.says
        by_mail = contact.channel == "email"
        reply = Reply(
            channel=contact.channel,
            provider="world",
            reference=str(uuid5(NAMESPACE_OID, f"{contact.address}:{contact.about}:{reaction.at}")),
            address=contact.address,
            text=reaction.words,
            at=now,
            message_id=reaction.delivery.message_id if by_mail else None,
        )
        await take_reply(reply, store=self._replies, publisher=self._publisher, now=now)
        self.done["other" if says is None else "yes" if says else "no"] += 1
        if says is None:
            return []
        (self._refused.discard if says else self._refused.add)(contact.person)
        return [_said(contact.person, purpose, granted=says, now=now) for purpose in sorted(ASKED)]


def _answer(random: Random, contact: Contact, *, refused: bool) -> tuple[str, bool | None]:
    """Choose the words; empty for none."""
    chance = random.random()
    if contact.purpose in ASKED and chance < 0.06:
        return random.choice(NO_MORE[contact.language]), False
    if refused and chance < 0.1:
        # Some write the same again; some come back.
        says = random.random() < 0.5
        return BACK_AGAIN[contact.language] if says else random.choice(NO_MORE[contact.language]), says
    return (random.choice(OTHER_WORDS), None) if chance > 0.98 else ("", None)


def _said(person: str, purpose: str, *, granted: bool, now: datetime) -> Statement:
    return Statement(person=person, purpose=purpose, granted=granted, said=now, known=now)
