"""A person's own page: messages, cases, stored data, and consents with their proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from hub.business_time import WorkCalendar
from hub.contact_rules.consents import PURPOSES, is_provable
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import Consent, ContactPoint, MarkEntry
from hub.model.residents import ResidentFile, ResidentPlace, SentLine
from hub.operations.residents.acts import places_shown
from hub.operations.residents.consent_words import OFFERED, button, channels_of, sentence
from hub.operations.residents.own_words_es import arrival, own_subject
from hub.operations.residents.promises_es import case_of
from hub.operations.residents.schemas import (
    ShownConsent,
    ShownFile,
    ShownLine,
    ShownOffer,
    ShownStance,
)
from hub.rendering.filters import fecha_hora, inicial, lista, punto
from hub.rendering.labels_es import ANOTHER_WAY, CHANNELS, METHODS, ROLES
from hub.rendering.titles_es import EVENTS
from hub.rendering.wishes_es import KINDS, LANGUAGES
from hub.storage import PostgresResidents

PAGE: Final = 20
_KINDS: Final = {"email": "Correo", "phone": "Teléfono", "push": "Un aparato con la aplicación"}
_CONSENTS: Final = {**KINDS, "data_treatment": "Tratamiento de datos personales"}


async def own_file(
    store: PostgresResidents, calendar: WorkCalendar, person: str, now: datetime, *, after: UUID | None = None
) -> ShownFile | None:
    """Return a person's page, with the messages before this one; None for a person who was removed."""
    held = await store.file(person)
    if held is None:
        return None
    # A message stands for itself where its event is not known.
    sent = groupby(
        await store.sent(person, after=after, limit=PAGE + 1), key=lambda line: line.event_key or line.id
    )
    lines = [list(told) for _, told in sent]
    cases = [case_of(found, now=now, calendar=calendar) for found in await store.cases(person)]
    buildings = {place.building for place in held.places}
    return ShownFile(
        name=held.name,
        building=buildings.pop() if len(buildings) == 1 else None,
        language=LANGUAGES.get(held.locale, held.locale),
        contacts=[_contact(contact) for contact in held.contacts],
        places=[_place(place) for place in held.places],
        sent=[_line(person, told) for told in lines[:PAGE]],
        older=str(lines[PAGE - 1][-1].id) if len(lines) > PAGE else None,
        cases=[case for case in cases if case is not None],
        stances=list(_stances(held)),
        consents=[_consent(consent) for consent in reversed(held.consents)],
        where=places_shown(held.places),
    )


def _line(person: str, told: Sequence[SentLine]) -> ShownLine:
    first = told[-1]
    what = EVENTS.get(first.event, first.event)
    subject = own_subject(person, first.case, first.opened_type or first.event, first.opened, unit=first.unit)
    return ShownLine(
        id=str(first.id),
        subject=subject,
        what="" if what == subject else what,
        how=arrival(told),
        at=first.created_at,
        recalled=first.recalled,
    )


def _contact(contact: ContactPoint) -> str:
    # A device's token says nothing to its owner, and a stranger could send to it.
    value = "" if contact.kind == "push" else f": {contact.value}"
    return f"{_KINDS.get(contact.kind, contact.kind)}{value}{' (comprobado)' if contact.verified else ''}"


def _place(place: ResidentPlace) -> str:
    where = ", ".join(filter(None, (place.unit, place.building)))
    role = inicial(ROLES.get(place.role, place.role))
    return f"{role}: {where}" if where else role


def _stances(held: ResidentFile) -> Iterator[ShownStance]:
    """Yield the decision that counts for each purpose; without a word of the person nothing is authorised."""
    known, channels = {stance.purpose: stance for stance in held.stances}, channels_of(held.contacts)
    for purpose in PURPOSES:
        stance = known.get(purpose)
        granted = stance is not None and stance.granted
        # A consent without a proof authorises nothing: its person may give it again, with its proof.
        proven = stance is not None and is_provable(stance)
        offers = purpose in OFFERED and not (granted and proven) and bool(channels)
        yield ShownStance(
            purpose=purpose,
            what=_CONSENTS.get(purpose, purpose),
            granted=granted,
            proven=proven,
            since=None if stance is None else stance.at,
            needed=purpose in NEED_CONSENT,
            may_revoke=granted and purpose in OFFERED,
            offer=ShownOffer(
                sentence=sentence(purpose, channels), button=button(purpose), channels=" ".join(channels)
            )
            if offers
            else None,
        )


def marks_shown(marks: Sequence[MarkEntry], now: datetime) -> Sequence[str]:
    """
    Return the day since which staff has marked the person.

    The reason is left out: a person of the same home may read the code that opens the page, and an address is
    protected from somebody near.
    """
    held = [mark for mark in marks if mark.ended_at is None and mark.holds(now)]
    return [f"Desde el {punto(fecha_hora(mark.since))} Pregúntenos por qué." for mark in held]


def _consent(consent: Consent) -> ShownConsent:
    method = consent.method and f"Se dijo {METHODS.get(consent.method, ANOTHER_WAY)}"
    text = consent.text_version and f"Versión del texto: {consent.text_version}"
    digest = consent.evidence_hash and f"Huella de la prueba: {consent.evidence_hash}"
    return ShownConsent(
        what=_CONSENTS.get(consent.purpose, consent.purpose),
        granted=consent.granted,
        at=consent.at,
        channels=lista([CHANNELS.get(channel, channel) for channel in consent.channels])
        or "todos los medios",
        proof=[line for line in (method, text, digest) if line],
    )
