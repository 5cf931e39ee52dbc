"""The ledger of consents, over the memory store's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.contact_rules.consents import asked, with_facts
from hub.model import Consent, Person
from hub.people.audience import Group
from hub.testing.tables import Tables


def add(tables: Tables, statements: Sequence[Consent]) -> None:
    """Store consents; a yes lifts an earlier BAJA."""
    for consent in statements:
        tables.consents.setdefault(consent.id, consent)
        if consent.granted:
            _lift(tables, consent)


def _lift(tables: Tables, yes: Consent) -> None:
    person = tables.directory.person(yes.person)
    own = {point.value for point in person.contact_points} if person else set()
    own |= {value.lower() for value in own}
    for (address, purpose), no in tables.opt_outs.items():
        whose = no.person == yes.person or (no.person is None and address in own)
        if whose and purpose == yes.purpose and no.since < yes.at:
            tables.opt_outs[address, purpose] = replace(no, lifted=True)


def asked_of(tables: Tables, group: Group, people: Sequence[Person], now: datetime) -> Sequence[Person]:
    """Return the same people with what the group needs of the ledger; `opted_in` leaves some of them out."""
    if group.opted_in is not None:
        people = asked(_with_facts(tables, group.opted_in, people, now))
    if group.authorised is not None:
        people = _with_facts(tables, group.authorised, people, now)
    return people


def _with_facts(tables: Tables, purpose: str, people: Sequence[Person], now: datetime) -> Sequence[Person]:
    opted_out = {person.ref: _opted_out(tables, purpose, person) for person in people}
    return with_facts(people, _statements(tables, purpose, now), opted_out)


def _opted_out(tables: Tables, purpose: str, person: Person) -> list[tuple[str, str]]:
    """Return the reasons: those of the person, and those of an address that they have."""
    noes = {at: no for (at, of), no in tables.opt_outs.items() if of == purpose and not no.lifted}
    own = [("", no.reason) for no in noes.values() if no.person == person.ref]
    return own + [
        (point.value, noes[address].reason)
        for point in person.contact_points
        for address in {point.value, point.value.lower()}
        if address in noes
    ]


def _statements(tables: Tables, purpose: str, now: datetime) -> Mapping[str, Sequence[Consent]]:
    statements: dict[str, list[Consent]] = defaultdict(list)
    for consent in tables.consents.values():
        if consent.purpose == purpose and (consent.at <= now or not consent.granted):
            statements[consent.person].append(consent)
    return statements
