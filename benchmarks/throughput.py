"""The mode `throughput`: payments of the hub and of what one would pick instead; the hub's PQRS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.contest import contest, open_field
from benchmarks.contestants import CONTESTANTS
from benchmarks.mode import Option, Outcome, Task
from benchmarks.results import Turn, as_json, ratio_of, standings, table

OPTIONS: Final = (
    Option(name="rounds", full=7, quick=2, what="how often each has its turn"),
    Option(name="mails", full=20_000, quick=5_000, what="in each turn"),
)
NAMES: Final = tuple(contestant.name for contestant in CONTESTANTS)

FOOTNOTE: Final = """\
min, median, max: mails a second, over the rounds. ratio: to celery, median of the rounds.
CPU: seconds for 1,000 mails, of the contestant's own processes, and of all (with RabbitMQ,
PostgreSQL, Redis and smtp-sink)."""


async def measure(task: Task) -> Outcome:
    chosen = [contestant for contestant in CONTESTANTS if contestant.name in task.only]
    rounds, mails = task.sizes["rounds"], task.sizes["mails"]
    task.progress.expect(rounds * len(chosen))
    turns = []
    async with open_field(task.folder, print_line=task.progress.say) as field:
        async for turn in contest(chosen, field, rounds=rounds, mails=mails):
            task.progress.step(f"round {turn.number}  {turn.contestant:<12}{turn.rate:7,.0f} mails/s")
            turns.append(turn)
    who = "\n".join(f"{contestant.name:<12}{contestant.what}" for contestant in chosen)
    return Outcome(
        table=f"{rounds} rounds, interleaved, of {mails:,} mails each\n\n"
        f"{table(standings(turns))}\n\n{FOOTNOTE}\n\n{who}",
        measured=measured(turns),
        figures=as_json(turns),
    )


def measured(turns: Sequence[Turn]) -> Mapping[str, float]:
    """Answer the aims' values: what was not measured has none."""
    ratios = {name: ratio_of("hub", turns, name) for name in ("celery", "faststream", "floor")}
    hub = next((row for row in standings(turns) if row.contestant == "hub"), None)
    costs = {"own_cpu": hub.own_cpu, "all_cpu": hub.all_cpu} if hub else {}
    found = {**ratios, **costs, "pqrs": ratio_of("pqrs", turns, "hub")}
    return {key: value for key, value in found.items() if value is not None}
