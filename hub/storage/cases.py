"""The locks and the states of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from asyncpg import Record

from hub.model.case_state import CaseState
from hub.storage.database import Runner, encode, load, write

_SQL = load("cases")
_UNKNOWN = CaseState(version="")
"""A case of which an older hub has stored events, and kept no state."""


async def lock(run: Runner, cases: Mapping[str, bool]) -> None:
    """Lock these cases until the transaction ends: for it alone where true, else shared."""
    await write(run, _SQL["lock"], list(cases.items()))


async def states(run: Runner, cases: Collection[str], begun: Collection[str] = ()) -> Mapping[str, CaseState]:
    """Return the states of these cases; an unknown one for those of `begun` that have earlier events only."""
    return _states(await run.rows(_SQL["states"], sorted(cases), sorted(begun)))


async def lock_states(run: Runner, cases: Collection[str]) -> Mapping[str, CaseState]:
    """Return these states, and lock them until the transaction ends."""
    return _states(await run.rows(_SQL["lock_states"], sorted(cases)))


def _states(rows: Iterable[Record]) -> Mapping[str, CaseState]:
    return {
        row["case_key"]: _UNKNOWN if row["state"] is None else msgspec.convert(row["state"], CaseState)
        for row in rows
    }


async def save(run: Runner, states: Mapping[str, CaseState]) -> None:
    """Insert or replace."""
    await write(run, _SQL["save"], [(case, encode(state)) for case, state in sorted(states.items())])
