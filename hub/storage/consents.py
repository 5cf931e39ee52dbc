"""The ledger of consents in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from hub.contact_rules.consents import PURPOSES, Yeses, answers, asked
from hub.contact_rules.consents import standing as counts
from hub.model import Consent, OptedOut, Person, Stance
from hub.storage.database import Runner, load, read, write

_SQL = load("consents")


async def add(run: Runner, said: Sequence[Consent]) -> None:
    """Insert; one that is there stays as it is. A yes ends what its person had said no to by BAJA before."""
    ordered = sorted(said, key=lambda one: one.id)
    await write(run, _SQL["add"], [_row(one) for one in ordered])
    yes = [(one.person, one.purpose, one.at) for one in ordered if one.granted]
    await write(run, _SQL["lift"], yes)


async def opted_in(run: Runner, purpose: str | None, people: Sequence[Person]) -> Sequence[Person]:
    """Answer the same people; those who have not said yes to the purpose, if there is one, are left out."""
    if purpose is None or not people:
        return people
    refs = [person.ref for person in people]
    rows = await run.rows(_SQL["opted_out"], refs, [purpose])
    said = {person: each for (person, _), each in (await _said(run, refs, [purpose])).items()}
    return asked(people, said, {row["person"] for row in rows})


async def standing(run: Runner, person: str) -> list[Stance]:
    """Answer what counts of each purpose of which somebody has said something."""
    said = await run.rows(_SQL["said"], [person], PURPOSES)
    opted_out = await run.rows(_SQL["opted_out"], [person], PURPOSES)
    return answers((read(Consent, row) for row in said), (read(OptedOut, row) for row in opted_out))


async def yeses(run: Runner, refs: Collection[str], purposes: Collection[str]) -> Yeses:
    """Answer, by person and purpose, whether a yes stands; nothing of who never said anything."""
    return {key: counts(each).granted for key, each in (await _said(run, refs, purposes)).items()}


async def _said(
    run: Runner, refs: Collection[str], purposes: Collection[str]
) -> Mapping[tuple[str, str], Collection[Consent]]:
    found: dict[tuple[str, str], list[Consent]] = defaultdict(list)
    for row in await run.rows(_SQL["said"], refs, purposes):
        found[row["person"], row["purpose"]].append(read(Consent, row))
    return found


def _row(one: Consent) -> tuple[object, ...]:
    return (
        one.id,
        one.person,
        one.purpose,
        one.at,
        one.granted,
        one.said_by,
        ",".join(one.channels),
        one.text_version,
        one.method,
        one.evidence_hash,
    )
