"""Constancias that are handed over: each is in the audit for every person whose data it shows."""

from __future__ import annotations

from collections.abc import Sequence

from hub.access.actor import Actor
from hub.model import PropertyScope
from hub.operations.constancia.make import Asked, Constancia, Constancias, quiet
from hub.operations.constancia.proven import Step
from hub.ports.cases import KnownCase


async def case_constancia(
    by: Actor, makers: Constancias, case: KnownCase, *, private: PropertyScope = None, step: Step = quiet
) -> Constancia:
    """
    Make the constancia of a case.

    `private` is where the actor may see people's data. Raises TooLarge, PaperFailure.
    """
    made = await makers.of_case(case, _asked(by, private), step=step)
    return await _noted(by, made, f"case:{case.case}")


async def person_constancia(
    by: Actor, makers: Constancias, person: str, *, private: PropertyScope = None, step: Step = quiet
) -> Constancia:
    """Make the constancia of a person; `private` as of a case. Raises TooLarge, UnknownName."""
    made = await makers.of_person(person, _asked(by, private), step=step)
    return await _noted(by, made, f"person:{person}")


def _asked(by: Actor, private: PropertyScope) -> Asked:
    return Asked(by=by.who, at=by.now.replace(microsecond=0), places=private)


async def _noted(by: Actor, made: Constancia, subject: str) -> Constancia:
    """Audit it before it is handed over: only then is it known whose data it shows."""
    people: Sequence[str | None] = made.people or (None,)
    for person in people:
        await by.note("constancia.make", subject, person=person)
    return made
