"""
The mode `growth`: whether a mail costs the same later. It compares CPU, which other work hardly changes.

In rounds on one database that only grows; with much stored; and in cases that have many events. The latter
two measure each of several databases in turn, so that a round compares what was measured in the same minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import mean, median
from typing import Final

from benchmarks.contest import Field, contest, open_field, warmed
from benchmarks.contestants import HUB, Contestant, payment_parcel
from benchmarks.mode import Option, Outcome, Task
from benchmarks.payment import HOMES
from benchmarks.results import Turn, as_json, cost_of
from benchmarks.stored import copy_database, fill

EDGE: Final = 3
"""Rounds at each end that are compared: single rounds vary."""
STORED: Final = (1_000, 100_000, 1_000_000)
IN_CASE: Final = (1, 100, 10_000)
FEW_HOMES: Final = 20
"""Cases with many events: twenty of them share the payments of a turn."""

OPTIONS: Final = (
    Option(name="rounds", full=10, quick=4, what="on one database"),
    Option(name="mails", full=5_000, quick=2_000, what="in each turn"),
    Option(name="turns", full=5, quick=3, what="of each database in which much is stored"),
    Option(name="most", full=1_000_000, quick=100_000, what="messages stored before"),
)


async def measure(task: Task) -> Outcome:
    stored = [number for number in STORED if number <= task.sizes["most"]]
    task.progress.expect(task.sizes["rounds"] + task.sizes["turns"] * (len(stored) + len(IN_CASE)))
    async with open_field(task.folder, print_line=task.progress.say) as field:
        await warmed(HUB, field)
        beside = [await _with_stored(task, field, number) for number in stored]
        cases = [await _with_cases(task, field, number) for number in IN_CASE]
        rounds = await _turns(task, field, [HUB], task.sizes["rounds"])
        fuller = await _turns(task, field, beside, task.sizes["turns"])
        longer = await _turns(task, field, cases, task.sizes["turns"])
    growth = growth_of(rounds)
    measured = {
        "growth_rounds": growth,
        **compared(fuller, "growth_stored_"),
        **compared(longer, "growth_case_"),
    }
    return Outcome(
        table=_table(rounds, growth, {"stored": fuller, "in its case": longer}),
        measured=measured,
        figures={"rounds": as_json(rounds), "stored": as_json(fuller), "cases": as_json(longer)},
    )


async def _with_stored(task: Task, field: Field, number: int) -> Contestant:
    url = await copy_database(field.postgres, f"stored_{number}")
    await fill(url, number, homes=HOMES, say=task.progress.say)
    return replace(HUB, name=str(number), opening=list, environment={"HUB_DATABASE_URL": url})


async def _with_cases(task: Task, field: Field, number: int) -> Contestant:
    url = await copy_database(field.postgres, f"case_{number}")
    await fill(url, number * FEW_HOMES, homes=FEW_HOMES, say=task.progress.say)
    return replace(
        HUB,
        name=str(number),
        opening=list,
        environment={"HUB_DATABASE_URL": url},
        parcel=lambda number: payment_parcel(number % FEW_HOMES),
    )


async def _turns(task: Task, field: Field, contestants: Sequence[Contestant], rounds: int) -> list[Turn]:
    turns = []
    async for turn in contest(contestants, field, rounds=rounds, mails=task.sizes["mails"]):
        cost = 1000 * turn.all_cpu / turn.mails
        task.progress.step(
            f"round {turn.number}  {turn.contestant:<12}{turn.rate:7,.0f} mails/s  {cost:.3f} s CPU"
        )
        turns.append(turn)
    return turns


def growth_of(turns: Sequence[Turn]) -> float:
    """Return how much more CPU a mail costs at the end than at the beginning, as a share."""
    costs = [turn.all_cpu / turn.mails for turn in turns]
    edge = min(EDGE, len(costs) // 2)
    return mean(costs[-edge:]) / mean(costs[:edge]) - 1


def compared(turns: Sequence[Turn], prefix: str) -> Mapping[str, float]:
    """Answer how much more a mail costs than with the smallest number, by number."""
    first, *others = dict.fromkeys(turn.contestant for turn in turns)
    costs = {f"{prefix}{name}": cost_of(name, turns, first) for name in others}
    return {key: cost for key, cost in costs.items() if cost is not None}


def _table(rounds: Sequence[Turn], growth: float, others: Mapping[str, Sequence[Turn]]) -> str:
    lines = [
        f"{'':<22}{'mails/s':>9}{'own CPU':>9}{'all CPU':>9}   (seconds for 1,000 mails, medians)",
        *(_line(f"round {turn.number}", [turn]) for turn in rounds),
        f"The last rounds cost {growth:+.1%} CPU for each mail, against the first.",
    ]
    named = [
        _line(f"{int(name):,} {what}", [turn for turn in turns if turn.contestant == name])
        for what, turns in others.items()
        for name in dict.fromkeys(turn.contestant for turn in turns)
    ]
    return "\n".join([*lines, *named])


def _line(name: str, turns: Sequence[Turn]) -> str:
    rate = median(turn.rate for turn in turns)
    own = median(1000 * turn.own_cpu / turn.mails for turn in turns)
    everything = median(1000 * turn.all_cpu / turn.mails for turn in turns)
    return f"{name:<22}{rate:9,.0f}{own:9.3f}{everything:9.3f}"
