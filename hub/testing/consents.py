"""The ledger of consents, over the memory store's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from msgspec import structs

from hub.contact_rules.consents import CHANNELS, consenting, with_facts
from hub.model import Consent, Person, State
from hub.people.audience import Group
from hub.testing.tables import Tables

_WOKEN: Final = frozenset({"contact_hours", "contact_limit", "quiet_hours", "register", "throttled"})


def add(tables: Tables, statements: Sequence[Consent], now: datetime) -> None:
    """Store consents; a yes lifts an earlier BAJA, after a no waiting messages are judged anew."""
    for consent in statements:
        tables.consents.setdefault(consent.id, consent)
        if consent.granted:
            _lift(tables, consent)
        else:
            wake(tables, consent.person, consent.purpose, consent.channels, now)


def wake(tables: Tables, person: str | None, purpose: str, channels: Collection[str], now: datetime) -> None:
    """Have waiting messages of a refused purpose judged anew at once; no channels means all of them."""
    for row in list(tables.messages.values()):
        message = row.message
        refused = (message.person, message.purpose) == (person, purpose)
        waits = message.state is State.HELD and message.reason in _WOKEN
        if refused and waits and message.channel in (channels or CHANNELS):
            tables.messages[message.id] = replace(row, message=structs.replace(message, next_at=now))


def _lift(tables: Tables, yes: Consent) -> None:
    person = tables.directory.person(yes.person)
    own = {point.value for point in person.contact_points} if person else set()
    own |= {value.lower() for value in own}
    for (address, purpose), no in tables.opt_outs.items():
        whose = no.person == yes.person or (no.person is None and address in own)
        if whose and purpose == yes.purpose and no.since < yes.at:
            tables.opt_outs[address, purpose] = replace(no, lifted=True)


def asked_of(tables: Tables, group: Group, people: Sequence[Person], now: datetime) -> Sequence[Person]:
    """Return the people with the facts of the ledger that the group needs; `opted_in` leaves some out."""
    if group.opted_in is not None:
        people = consenting(_with_facts(tables, group.opted_in, people, now))
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
