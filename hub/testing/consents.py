"""The ledger of consents, over the memory store's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hub.contact_rules.consents import asked
from hub.model import Consent, Person
from hub.testing.tables import OptOut, Tables


def add(tables: Tables, said: Sequence[Consent]) -> None:
    """Keep what was said; a yes ends the BAJA before it."""
    for one in said:
        tables.consents.setdefault(one.id, one)
        if one.granted:
            _lift(tables, one)


def _lift(tables: Tables, yes: Consent) -> None:
    person = tables.directory.person(yes.person)
    own = {point.value for point in person.contact_points} if person else set()
    own |= {value.lower() for value in own}
    for (address, purpose), no in tables.opt_outs.items():
        whose = no.person == yes.person or (no.person is None and address in own)
        if whose and purpose == yes.purpose and no.since < yes.at:
            tables.opt_outs[address, purpose] = replace(no, lifted=True)


def opted_in(tables: Tables, purpose: str, people: Sequence[Person]) -> Sequence[Person]:
    """Answer the same people; those who have not said yes to the purpose are left out."""
    said: dict[str, list[Consent]] = defaultdict(list)
    for one in tables.consents.values():
        if one.purpose == purpose:
            said[one.person].append(one)
    no = {one.person for (_, of), one in tables.opt_outs.items() if of == purpose and _stands(one)}
    return asked(people, said, {ref for ref in no if ref is not None})


def _stands(one: OptOut) -> bool:
    return not one.lifted
