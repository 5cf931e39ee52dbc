"""The ledger of consents, over the memory store's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.contact_rules import consents as rules
from hub.contact_rules.consents import asked
from hub.model import Consent, Person
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


def opted_in(tables: Tables, purpose: str, people: Sequence[Person], now: datetime) -> Sequence[Person]:
    """Return the same people; those without a yes to the purpose are marked as left out."""
    statements = _statements(tables, purpose, now)
    no = {
        opt_out.person for (_, of), opt_out in tables.opt_outs.items() if of == purpose and not opt_out.lifted
    }
    return asked(people, statements, {ref for ref in no if ref is not None})


def with_channels(tables: Tables, purpose: str, people: Sequence[Person], now: datetime) -> Sequence[Person]:
    """Return the same people with the channels that they have authorised for the purpose."""
    return rules.with_channels(people, _statements(tables, purpose, now))


def _statements(tables: Tables, purpose: str, now: datetime) -> Mapping[str, Sequence[Consent]]:
    statements: dict[str, list[Consent]] = defaultdict(list)
    for consent in tables.consents.values():
        if consent.purpose == purpose and (consent.at <= now or not consent.granted):
            statements[consent.person].append(consent)
    return statements
