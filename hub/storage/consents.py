"""The ledger of consents in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from hub.contact_rules import consents as rules
from hub.contact_rules.consents import PURPOSES, Yeses, answers, asked, has_consented
from hub.contact_rules.consents import standing as counts
from hub.model import Consent, OptedOut, Person, Stance
from hub.storage.database import Runner, load, read, write

_SQL = load("consents")
_COLUMNS: Final = (
    *("id", "person", "purpose", "at", "granted", "said_by", "channels"),
    *("text_version", "method", "evidence_hash"),
)


async def add(run: Runner, statements: Sequence[Consent]) -> None:
    ordered = sorted(statements, key=lambda consent: consent.id)
    await write(run, _SQL["add"], [_row(consent) for consent in ordered])
    yes = [(consent.person, consent.purpose, consent.at) for consent in ordered if consent.granted]
    await write(run, _SQL["lift"], yes)


async def opted_in(run: Runner, purpose: str | None, people: Sequence[Person]) -> Sequence[Person]:
    """Return the same people; without a yes to the purpose, if there is one, they are marked as left out."""
    if purpose is None or not people:
        return people
    refs = [person.ref for person in people]
    rows = await run.rows(_SQL["opted_out"], refs, [purpose])
    statements = await _of_purpose(run, refs, purpose)
    return asked(people, statements, {row["person"] for row in rows})


async def with_channels(run: Runner, purpose: str | None, people: Sequence[Person]) -> Sequence[Person]:
    """Return the same people; with a purpose, each with the channels that they have authorised for it."""
    if purpose is None or not people:
        return people
    return rules.with_channels(people, await _of_purpose(run, [person.ref for person in people], purpose))


async def agreed(run: Runner, purpose: str, refs: Sequence[str], channels: Collection[str]) -> frozenset[str]:
    """Return the people who have consented to the purpose by any of these channels."""
    rows = await run.rows(_SQL["opted_out"], refs, [purpose])
    opted_out = {row["person"] for row in rows}
    statements = await _of_purpose(run, refs, purpose)
    return frozenset(ref for ref in refs if has_consented(ref, statements, opted_out, by=channels))


async def standing(run: Runner, person: str) -> list[Stance]:
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
    return {
        key: counts(consents).granted for key, consents in (await _statements(run, refs, purposes)).items()
    }


async def _of_purpose(run: Runner, refs: Collection[str], purpose: str) -> Mapping[str, Collection[Consent]]:
    found = await _statements(run, refs, [purpose])
    return {person: consents for (person, _), consents in found.items()}


async def _statements(
    run: Runner, refs: Collection[str], purposes: Collection[str]
) -> Mapping[tuple[str, str], Collection[Consent]]:
    found: dict[tuple[str, str], list[Consent]] = defaultdict(list)
    for row in await run.rows(_SQL["so_far"], refs, purposes):
        found[row["person"], row["purpose"]].append(read(Consent, row))
    return found


def _row(consent: Consent) -> tuple[object, ...]:
    given = {**asdict(consent), "channels": ",".join(consent.channels)}
    return tuple(given[name] for name in _COLUMNS)
