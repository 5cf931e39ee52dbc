"""The mode `clocks`: a million open clocks, and steps that fall due."""

from __future__ import annotations

import math
from typing import Final

from benchmarks.clocks.figures import MANY, Findings, as_json, table
from benchmarks.clocks.measuring import measure as measured_clocks
from benchmarks.mode import Option, Outcome, Task

OPTIONS: Final = (
    Option(name="clocks", full=1_000_000, quick=50_000, what="that are open and wait"),
    Option(name="rate", full=2_000, quick=1_000, what="steps that fall due in each second"),
    Option(name="seconds", full=30, quick=10, what="for so long"),
)


async def measure(task: Task) -> Outcome:
    task.progress.expect(1)
    sizes = task.sizes
    found = await measured_clocks(
        task.folder,
        clocks=sizes["clocks"],
        rate=sizes["rate"],
        seconds=sizes["seconds"],
        print_line=task.progress.say,
    )
    task.progress.step("measured")
    work = f"{sizes['rate']:,} steps a second for {sizes['seconds']} s, two timer processes"
    return Outcome(
        table=f"{work}\n\n{table(found)}",
        measured=values(found),
        figures=as_json(found),
    )


def values(found: Findings) -> dict[str, float]:
    """Answer the aims' values. Of fewer clocks each has more of the shelves to itself: no value."""
    late = found.lateness
    wrong = late.missing + late.early + len(found.disagreements)
    many = {"clocks_bytes": found.bytes_each, "clocks_rebuild": found.rebuild}
    return {
        **(many if found.clocks >= MANY else {}),
        "clocks_p99": math.inf if math.isnan(late.p99) else 1000 * late.p99,
        "clocks_wrong": float(wrong),
    }
