"""
The ledger of consents: the consents in an event, and those in force. Pure.

Ley 1581 de 2012, art. 9: consent is prior, express, informed and provable. So no row ever changes: each
grant and each revocation is a row, and the consents in force are computed from all rows, in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from msgspec import structs

from hub.business_time.rfc3339 import parse
from hub.contact_rules.purposes import REVOCABLE
from hub.model import NOT_OPTED_IN, Consent, Event, Json, OptedOut, Person, Revocation, Stance
from hub.model.ids import consent_id, uuid8

GRANTED: Final = "privacy.consent.granted"
REVOKED: Final = "privacy.consent.revoked"
SAID_AT: Final[Mapping[str, str]] = {GRANTED: "captured_at", REVOKED: "revoked_at"}
"""Consent events → the field with the time of the statement; without it, the event's time counts."""

DATA_TREATMENT: Final = "data_treatment"
"""The general authorisation of Ley 1581. Its revocation revokes every other consent."""
PURPOSES: Final = (DATA_TREATMENT, "service", "survey", "collection", "commercial")
"""Purposes of consents. Requested messages, legal duties and emergencies need none."""
CHANNELS: Final = ("email", "sms", "push", "inbox", "whatsapp", "voice", "print")
REPLY: Final = "reply"
"""The method of an ALTA. The hub has stored the reply itself, which `said_by` names."""

Yeses = Mapping[tuple[str, str], bool]
"""(person, purpose) → whether a consent is in force; no key if the person never stated anything."""

NOT_CONSENTED: Final = "not_consented"
"""Reason for not sending: consent was revoked after planning, or does not include the channel."""


def consents_of(event: Event, key: UUID) -> list[Consent]:
    """Return the consents and revocations in the event of this key; empty for other events."""
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
    """Return when a consent was granted or revoked, aware UTC."""
    stated: Json = event.data.get(SAID_AT[event.name])
    return event.time if stated is None else parse(stated)


def came_back(person: str, reply_id: UUID, at: datetime) -> list[Consent]:
    """Return the consents of a person who wrote ALTA: for every channel, like BAJA."""
    return _by_reply(person, reply_id, at, said_by=reply_id, granted=True)


def refused_together(person: str, reply_id: UUID, at: datetime) -> list[Consent]:
    """Return the refusals of a person with the address that wrote BAJA: of every channel."""
    said_by = uuid8(at, "refusal", reply_id.hex, person)
    return _by_reply(person, reply_id, at, said_by=said_by, granted=False)


def _by_reply(person: str, reply_id: UUID, at: datetime, *, said_by: UUID, granted: bool) -> list[Consent]:
    return [
        Consent(
            id=consent_id(said_by, purpose),
            person=person,
            purpose=purpose,
            at=at,
            granted=granted,
            said_by=reply_id,
            method=REPLY,
        )
        for purpose in REVOCABLE
    ]


def revoked_by_link(revocation: Revocation, person: str) -> Consent:
    """
    Return the entry of the ledger for a refusal by a link, of every channel; each is an entry of its own.

    A mail's reminder may come by WhatsApp: who wants no more of a purpose has not chosen a channel.
    """
    said_by = uuid8(revocation.at, "revocation", revocation.message_id.hex)
    return Consent(
        id=consent_id(said_by, revocation.purpose),
        person=person,
        purpose=revocation.purpose,
        at=revocation.at,
        granted=False,
        said_by=said_by,
        method=revocation.method,
        evidence_hash=revocation.proof,
    )


def in_force(statements: Collection[Consent]) -> Stance:
    """
    Return the consent in force from all statements of one person about one purpose.

    That is the newest grant, without the channels that a revocation at the same instant or later names.
    """
    grant = max((consent for consent in statements if consent.granted), key=_order, default=None)
    revocations = [
        consent for consent in statements if not consent.granted and (grant is None or consent.at >= grant.at)
    ]
    revoked = {channel for revocation in revocations for channel in revocation.channels or CHANNELS}
    if grant is not None:
        left = tuple(channel for channel in grant.channels or CHANNELS if channel not in revoked)
        if left:
            return _stance_of(replace(grant, channels=left if revoked else grant.channels))
    return _stance_of(max(revocations, key=_order))


def authorised(statements: Iterable[Consent]) -> tuple[tuple[str, datetime], ...]:
    """
    Return the channels that one person has authorised for one purpose, each with its unbroken beginning.

    A newer grant ends the channels that it does not name. A grant that cannot be proved authorises nothing
    and ends an older one: the person may have restricted it.
    """
    since: dict[str, datetime] = {}
    for consent in sorted(statements, key=lambda consent: (consent.at, not consent.granted, consent.id)):
        named = consent.channels or CHANNELS
        if consent.granted:
            given = named if is_provable(consent) else ()
            since = {channel: since.get(channel, consent.at) for channel in given}
        else:
            since = {channel: at for channel, at in since.items() if channel not in named}
    return tuple(since.items())


def with_facts(
    people: Iterable[Person],
    statements: Mapping[str, Sequence[Consent]],
    opted_out: Mapping[str, Sequence[tuple[str, str]]],
) -> list[Person]:
    """Give people what is on record about one purpose: person → statements, person → (address, reason)."""
    return [
        structs.replace(
            person,
            statements=tuple(statements.get(person.ref, ())),
            opted_out=tuple(opted_out.get(person.ref, ())),
        )
        for person in people
    ]


def is_provable(consent: Stance) -> bool:
    """
    Return whether the company can show that this consent was given (Ley 1581 de 2012, art. 9).

    It knows how it was given, and either the version of the text that the person agreed to, or the hash of
    the form or the recording. For an ALTA the hub has the reply itself.
    """
    shown = consent.text_version or consent.evidence_hash
    return bool(consent.method) and (bool(shown) or consent.method == REPLY)


def allows(statements: Iterable[Consent], channel: str, *, at: datetime) -> bool:
    """
    Return whether the statements of one person about one purpose allow a channel at an instant.

    Without statements no channel is allowed. A later grant does not count yet; a refusal counts at once.
    """
    earlier = [consent for consent in statements if not consent.granted or consent.at <= at]
    return channel in dict(authorised(earlier))


def counting(statements: Collection[Consent], *, at: datetime) -> tuple[Consent, ...]:
    """
    Return the few statements that decide what is allowed at an instant, however long the ledger is.

    They are the newest grant and, for each set of channels, one refusal since then; without a grant there are
    none. A claim returns the same.
    """
    grants = [consent for consent in statements if consent.granted and consent.at <= at]
    if not grants:
        return ()
    newest = max(grants, key=_order)
    refusals = {
        consent.channels: consent
        for consent in sorted(statements, key=_order, reverse=True)
        if not consent.granted and consent.at >= newest.at
    }
    return (newest, *(refusals[channels] for channels in sorted(refusals)))


def answers(statements: Iterable[Consent], opted_out: Iterable[OptedOut]) -> list[Stance]:
    """Return one person's stance on each purpose with a statement, sorted by purpose."""
    ordered = sorted(statements, key=lambda consent: consent.purpose)
    counts = {
        purpose: in_force(list(group)) for purpose, group in groupby(ordered, lambda consent: consent.purpose)
    }
    for opt_out in opted_out:
        counts[opt_out.purpose] = Stance(
            purpose=opt_out.purpose, granted=False, at=opt_out.since, method=opt_out.reason
        )
    return [counts[purpose] for purpose in sorted(counts)]


def consenting(people: Iterable[Person]) -> list[Person]:
    """Leave out people who have not consented to the one purpose of their facts."""
    return [person if has_consented(person) else _left_out(person) for person in people]


def has_consented(person: Person, *, by: Collection[str] = CHANNELS) -> bool:
    """Return whether a person has authorised one of these channels, and has not opted out since."""
    if why_opted_out(person) is not None:
        return False
    return any(channel in by for channel, _ in authorised(person.statements))


def why_opted_out(person: Person, addresses: Collection[str] = ()) -> str | None:
    """Return why the person, or one of these addresses, wants no messages of the purpose of their facts."""
    mine = ("", *addresses)
    return next((reason for address, reason in person.opted_out if address in mine), None)


def _left_out(person: Person) -> Person:
    return person if person.left_out else structs.replace(person, left_out=NOT_OPTED_IN)


def _order(consent: Consent) -> tuple[datetime, UUID]:
    return consent.at, consent.id


def _stance_of(consent: Consent) -> Stance:
    return Stance(
        purpose=consent.purpose,
        granted=consent.granted,
        at=consent.at,
        channels=consent.channels,
        text_version=consent.text_version,
        method=consent.method,
        evidence_hash=consent.evidence_hash,
    )
