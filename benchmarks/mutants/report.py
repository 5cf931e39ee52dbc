"""What was found, by room, and how it differs from the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from benchmarks.mutants.table import CAUGHT, GONE, NOT_REACHED, SURVIVED, UNDECIDED, Mutant

STATES: Final = (CAUGHT, SURVIVED, NOT_REACHED, UNDECIDED, GONE)


def by_room(mutants: Sequence[Mutant]) -> str:
    """Return a table with a line for each room, and one for all."""
    head = [f"| room | {' | '.join(STATES)} |", f"|---|{'---|' * len(STATES)}"]
    rooms = sorted({mutant.room for mutant in mutants})
    lines = [_line(room, [mutant for mutant in mutants if mutant.room == room]) for room in rooms]
    return "\n".join([*head, *lines, _line("all", mutants)])


def total(mutants: Sequence[Mutant]) -> str:
    counts = Counter(mutant.state for mutant in mutants)
    told = (f"{counts[state]} {state}" for state in STATES if counts[state])
    return f"{len(mutants)} mutants: {', '.join(told)}."


def lost(before: Sequence[Mutant], now: Sequence[Mutant]) -> list[Mutant]:
    """Return those that were caught and are not any more, though what they change is still there."""
    states = {mutant.key: mutant.state for mutant in now}
    caught = [mutant for mutant in before if mutant.state == CAUGHT]
    return [mutant for mutant in caught if states.get(mutant.key) in {SURVIVED, NOT_REACHED}]


def line(mutant: Mutant) -> str:
    by = f" by {mutant.by}" if mutant.by else ""
    return f"{mutant.state:11} {mutant.room}: {mutant.function}: {mutant.change}{by}"


def _line(name: str, mutants: Sequence[Mutant]) -> str:
    counts = Counter(mutant.state for mutant in mutants)
    return f"| {name} | {' | '.join(str(counts[state] or '') for state in STATES)} |"
