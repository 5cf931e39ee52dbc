"""Everything that can be measured, as a table: each mode is a command of `scripts/bench`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks import backup, flood, growth, latency, memory, scaling, search, throughput
from benchmarks.clocks import mode as clocks
from benchmarks.mode import Mode

MODES: Final[Sequence[Mode]] = (
    Mode(
        name="throughput",
        what="payments a second and their CPU, against Celery, FastStream and the floor; PQRS",
        minutes=(14, 2),
        options=throughput.OPTIONS,
        measure=throughput.measure,
        choices=throughput.NAMES,
    ),
    Mode(
        name="growth",
        what="whether a mail costs the same in the tenth round, with much stored, in long cases",
        minutes=(12, 2.5),
        options=growth.OPTIONS,
        measure=growth.measure,
    ),
    Mode(
        name="latency",
        what="from publication to acceptance, at 50 payments a second",
        minutes=(1.3, 0.5),
        options=latency.OPTIONS,
        measure=latency.measure,
    ),
    Mode(
        name="urgent",
        what="an emergency to 500 residents × 3 channels, behind bulk mail",
        minutes=(2, 0.6),
        options=flood.URGENT,
        measure=flood.urgent,
    ),
    Mode(
        name="fanout",
        what="one event to 5,000 residents × 3 channels",
        minutes=(0.5, 0.5),
        options=flood.FANOUT,
        measure=flood.fanout,
    ),
    Mode(
        name="clocks",
        what="open clocks: memory of Redis, making them anew from SQL, how late their steps are",
        minutes=(13, 1),
        options=clocks.OPTIONS,
        measure=clocks.measure,
    ),
    Mode(
        name="search",
        what="the search and the lists, with a year of messages stored: p50, p95, p99",
        minutes=(20, 1),
        options=search.OPTIONS,
        measure=search.measure,
    ),
    Mode(
        name="memory",
        what="start of `hub run`; memory of all roles in one process, idle and after many mails",
        minutes=(2.5, 0.7),
        options=memory.OPTIONS,
        measure=memory.measure,
    ),
    Mode(
        name="backup",
        what="what a REPEATABLE READ transaction that stays open costs",
        minutes=(5, 0.7),
        options=backup.OPTIONS,
        measure=backup.measure,
    ),
    Mode(
        name="scaling",
        what="1, 2 and 4 processes for each role on one broker: throughput, CPU by program",
        minutes=(5, 0.5),
        options=scaling.OPTIONS,
        measure=scaling.measure,
    ),
)
