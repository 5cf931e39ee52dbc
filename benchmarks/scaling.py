"""
The mode `scaling`: one, two and four processes of intake and of delivery, and one of timers, on one broker.

Where it does not get faster any more, the CPU by program shows what is used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Final

from benchmarks.contest import contest, open_field
from benchmarks.contestants import HUB, Contestant
from benchmarks.mode import Option, Outcome, Task
from benchmarks.results import Turn, as_json

PROCESSES: Final = (1, 2, 4)
PROGRAMS: Final = ("own", "rabbitmq", "postgres", "redis")
OPTIONS: Final = (
    Option(name="rounds", full=5, quick=1, what="how often each number has its turn"),
    Option(name="mails", full=20_000, quick=4_000, what="in each turn"),
)


async def measure(task: Task) -> Outcome:
    rounds, mails = task.sizes["rounds"], task.sizes["mails"]
    task.progress.expect(rounds * len(PROCESSES))
    turns = []
    async with open_field(task.folder, print_line=task.progress.say) as field:
        async for turn in contest([_hub(number) for number in PROCESSES], field, rounds=rounds, mails=mails):
            task.progress.step(f"round {turn.number}  {turn.contestant} a role  {turn.rate:7,.0f} mails/s")
            turns.append(turn)
    return Outcome(table=_table(turns), measured={}, figures=as_json(turns))


def _hub(processes: int) -> Contestant:
    roles = ["intake", "delivery"] * processes + ["timers"]
    return replace(HUB, name=str(processes), programs=tuple(("-m", "hub", "run", role) for role in roles))


def _table(turns: Sequence[Turn]) -> str:
    head = f"{'processes a role':<18}{'mails/s':>9}" + "".join(
        f"{name:>10}" for name in ("hub", *PROGRAMS[1:])
    )
    lines = [_line(name, turns) for name in dict.fromkeys(turn.contestant for turn in turns)]
    return "\n".join([f"{head}   (CPU seconds for 1,000 mails, medians)", *lines])


def _line(name: str, turns: Sequence[Turn]) -> str:
    own = [turn for turn in turns if turn.contestant == name]
    rate = median(turn.rate for turn in own)
    costs = [median(1000 * turn.cpu[program] / turn.mails for turn in own) for program in PROGRAMS]
    return f"{name:<18}{rate:9,.0f}" + "".join(f"{cost:10.3f}" for cost in costs)
