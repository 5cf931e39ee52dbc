"""The ledger of consents in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from hub.contact_rules import consents as rules
from hub.contact_rules.consents import PURPOSES, Yeses, answers, consenting, is_provable, revoked_by_link
from hub.contact_rules.consents import in_force as counts
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import Consent, OptedOut, Person, Revocation, Stance
from hub.people.audience import Group
from hub.storage.database import Runner, Store, load, read, write

_SQL = load("consents")
_COLUMNS: Final = (
    *("id", "person", "purpose", "at", "granted", "said_by", "channels"),
    *("text_version", "method", "evidence_hash"),
)


async def add(run: Runner, statements: Sequence[Consent]) -> None:
    ordered = sorted(statements, key=lambda consent: consent.id)
    rows = [{**asdict(one), "channels": ",".join(one.channels)} for one in ordered]
    await write(run, _SQL["add"], [tuple(row[name] for name in _COLUMNS) for row in rows])
    yes = [(consent.person, consent.purpose, consent.at) for consent in ordered if consent.granted]
    await write(run, _SQL["lift"], yes)
    no = [consent for consent in ordered if not consent.granted]
    await wake(run, [(consent.person, consent.purpose, consent.channels) for consent in no])


async def wake(run: Runner, refused: Iterable[tuple[str, str, Sequence[str]]]) -> None:
    """Have waiting messages of (person, purpose, channels; none are all) judged anew at once."""
    rows = {(person, purpose, ",".join(channels)) for person, purpose, channels in refused}
    await write(run, _SQL["wake"], sorted(rows))


async def asked_of(run: Runner, group: Group, people: Sequence[Person]) -> Sequence[Person]:
    """Return the people with the facts of the ledger that the group needs; `opted_in` leaves some out."""
    opted_in, authorised = group.opted_in, group.authorised
    if opted_in is not None:
        people = consenting(await with_facts(run, opted_in, people))
    if authorised is not None and authorised != opted_in:
        people = await with_facts(run, authorised, people)
    return people


async def with_facts(run: Runner, purpose: str, people: Sequence[Person]) -> Sequence[Person]:
    """Return the people, each with the facts of the ledger about this purpose."""
    if not people:
        return people
    refs = [person.ref for person in people]
    addresses = [(person.ref, point.value) for person in people for point in person.contact_points]
    whose, values = [ref for ref, _ in addresses], [value for _, value in addresses]
    opted_out: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in await run.rows(_SQL["opted_out_of"], refs, whose, values, purpose):
        opted_out[row["person"]].append((row["address"], row["reason"]))
    said = await _statements(run, refs, [purpose])
    return rules.with_facts(people, {ref: consents for (ref, _), consents in said.items()}, opted_out)


async def stances(run: Runner, person: str) -> list[Stance]:
    """Return the current stance on each purpose that the person has an entry for."""
    statements = await run.rows(_SQL["statements"], [person], PURPOSES)
    opted_out = await run.rows(_SQL["opted_out"], [person], PURPOSES)
    return answers((read(Consent, row) for row in statements), (read(OptedOut, row) for row in opted_out))


async def ledger(run: Runner, people: Collection[str]) -> Sequence[Consent]:
    """Return all entries of these people, by person, oldest first."""
    rows = await run.rows(_SQL["statements"], sorted(people), PURPOSES)
    found = [read(Consent, row) for row in rows]
    return sorted(found, key=lambda consent: (consent.person, consent.at, consent.id))


async def opted_out(run: Runner, people: Collection[str]) -> Sequence[OptedOut]:
    """Return the opt-outs of these people that were not lifted."""
    rows = await run.rows(_SQL["opted_out"], sorted(people), PURPOSES)
    return sorted((read(OptedOut, row) for row in rows), key=lambda one: (one.person, one.purpose))


async def yeses(run: Runner, refs: Collection[str], purposes: Collection[str]) -> Yeses:
    """Return (person, purpose) → whether a yes counts; people without entries are absent."""
    found = await _statements(run, refs, purposes)
    # As a sending judges it: a yes without proof is none.
    given = {key: bool(rules.authorised(said)) for key, said in found.items() if key[1] in NEED_CONSENT}
    # No purpose of a message: a person with a yes without proof has not refused, and is asked again.
    others = {key: counts(said) for key, said in found.items() if key[1] not in NEED_CONSENT}
    return given | {
        key: stance.granted for key, stance in others.items() if not stance.granted or is_provable(stance)
    }


async def _statements(
    run: Runner, refs: Collection[str], purposes: Collection[str]
) -> Mapping[tuple[str, str], Sequence[Consent]]:
    found: dict[tuple[str, str], list[Consent]] = defaultdict(list)
    for row in await run.rows(_SQL["so_far"], refs, purposes):
        found[row["person"], row["purpose"]].append(read(Consent, row))
    return found


class PostgresUnsubscribes(Store):
    """The UnsubscribeStore."""

    async def recipient(self, message_id: UUID, purpose: str) -> tuple[str, bool] | None:
        rows = await self.rows(_SQL["recipient"], message_id, purpose)
        return (rows[0]["person"], rows[0]["refused"]) if rows else None

    async def unsubscribe(self, revocation: Revocation) -> bool:
        async with self._database.transaction() as transaction:
            mail = revocation.message_id, revocation.purpose
            rows = await transaction.rows(_SQL["recipient"], *mail)
            said = [revoked_by_link(revocation, row["person"]) for row in rows if not row["refused"]]
            if said:
                await transaction.rows(_SQL["refuse"], *mail, revocation.at)
                await add(transaction, said)
        return bool(said)
