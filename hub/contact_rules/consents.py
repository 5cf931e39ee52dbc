"""
The ledger of consents: what an event says yes or no to, and what of all that was said counts. Pure.

Ley 1581 de 2012, art. 9: prior, express, informed, and provable. So nothing is ever changed: each yes
and no is a row, and what stands is worked out of them, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from hub.business_time.rfc3339 import parse
from hub.model import NOT_OPTED_IN, Consent, Event, Json, OptedOut, Person, Stance
from hub.model.ids import consent_id

GRANTED: Final = "privacy.consent.granted"
REVOKED: Final = "privacy.consent.revoked"
SAID_AT: Final[Mapping[str, str]] = {GRANTED: "captured_at", REVOKED: "revoked_at"}
"""Events of consents → the field that says when it was said; without it, at the event's time."""

DATA_TREATMENT: Final = "data_treatment"
"""The general authorisation of Ley 1581. Taken back, it takes every other with it."""
PURPOSES: Final = (DATA_TREATMENT, "service", "survey", "collection", "commercial")
"""What one can say yes or no to. What is asked for, the law and emergencies need no consent."""
CHANNELS: Final = ("email", "sms", "push", "inbox", "whatsapp", "voice", "print")
REVOCABLE: Final = ("commercial", "survey")
"""The purposes whose no is in force at every send. What is owed, the law and emergencies go on."""

Yeses = Mapping[tuple[str, str], bool]
"""(person, purpose) → whether a yes stands; whoever never said anything is not in it."""

NOT_CONSENTED: Final = "not_consented"
"""Why a message is not sent that was planned before a no, or by a channel that the yes did not name."""


def consents_of(event: Event, key: UUID) -> list[Consent]:
    """Answer what the event of this key says yes or no to; nothing for one that is about something else."""
    if event.name not in SAID_AT:
        return []
    data, granted = event.data, event.name == GRANTED
    everything = not granted and DATA_TREATMENT in data["purposes"]
    return [
        Consent(
            id=consent_id(key, purpose),
            person=data["subject_id"],
            purpose=purpose,
            at=said_at(event),
            granted=granted,
            said_by=key,
            channels=tuple(data.get("channels") or ()),
            text_version=data.get("text_version"),
            method=data.get("method"),
            evidence_hash=data.get("evidence_hash"),
        )
        for purpose in (PURPOSES if everything else data["purposes"])
    ]


def said_at(event: Event) -> datetime:
    """Answer when a consent was given or taken back, aware UTC."""
    said: Json = event.data.get(SAID_AT[event.name])
    return event.time if said is None else parse(said)


def came_back(person: str, reply_id: UUID, at: datetime) -> list[Consent]:
    """Answer the yes of somebody who has written ALTA: by every channel, as his BAJA was."""
    return [
        Consent(
            id=consent_id(reply_id, purpose),
            person=person,
            purpose=purpose,
            at=at,
            granted=True,
            said_by=reply_id,
            method="reply",
        )
        for purpose in REVOCABLE
    ]


def standing(said: Collection[Consent]) -> Stance:
    """
    Answer what counts of all that one person has said of one purpose.

    The newest yes, less the channels that a no of the same instant or a later one has taken back.
    """
    yes = max((one for one in said if one.granted), key=_order, default=None)
    noes = [one for one in said if not one.granted and (yes is None or one.at >= yes.at)]
    taken = {channel for no in noes for channel in no.channels or CHANNELS}
    if yes is not None:
        left = tuple(channel for channel in yes.channels or CHANNELS if channel not in taken)
        if left:
            return _as_said(replace(yes, channels=left if taken else yes.channels))
    return _as_said(max(noes, key=_order))


def allows(said: Collection[Consent], channel: str) -> bool:
    """Tell whether what was said lets a channel be used: yes, where nothing was ever said."""
    if not said:
        return True
    now = standing(said)
    return now.granted and (not now.channels or channel in now.channels)


def answers(said: Iterable[Consent], opted_out: Iterable[OptedOut]) -> list[Stance]:
    """Answer what counts of each purpose of which one person has said something, by its name."""
    ordered = sorted(said, key=lambda one: one.purpose)
    counts = {purpose: standing(list(of_it)) for purpose, of_it in groupby(ordered, lambda one: one.purpose)}
    for no in opted_out:
        counts[no.purpose] = Stance(purpose=no.purpose, granted=False, at=no.since, method=no.reason)
    return [counts[purpose] for purpose in sorted(counts)]


def asked(
    people: Iterable[Person], said: Mapping[str, Collection[Consent]], opted_out: Collection[str]
) -> list[Person]:
    """Leave out those who have not said yes to the one purpose that `said`, by person, is about."""
    return [person if _has_said_yes(person.ref, said, opted_out) else _left_out(person) for person in people]


def _has_said_yes(ref: str, said: Mapping[str, Collection[Consent]], opted_out: Collection[str]) -> bool:
    return ref not in opted_out and bool(said.get(ref)) and standing(said[ref]).granted


def _left_out(person: Person) -> Person:
    return person if person.left_out else replace(person, left_out=NOT_OPTED_IN)


def _order(one: Consent) -> tuple[datetime, UUID]:
    return one.at, one.id


def _as_said(one: Consent) -> Stance:
    return Stance(
        purpose=one.purpose,
        granted=one.granted,
        at=one.at,
        channels=one.channels,
        text_version=one.text_version,
        method=one.method,
        evidence_hash=one.evidence_hash,
    )
