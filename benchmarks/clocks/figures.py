"""From what was received and found to figures. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from hub.model import Json

MOST_BYTES: Final = 250.0
"""Of Redis for each open clock, where there are many."""
MANY: Final = 500_000
"""Of fewer clocks each has more of the shelves to itself, and Redis is small."""
LATEST: Final = 0.25
"""Seconds that 99 of 100 steps may be late at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late steps were published, in seconds, and what went wrong."""

    steps: int
    missing: int
    early: int
    again: int
    p50: float
    p90: float
    p99: float
    longest: float


def lateness(due: Mapping[str, float], arrivals: Iterable[tuple[str, float]]) -> Lateness:
    """
    Compare when each event was due with when it first came; both as seconds since 1970.

    `again` are events that came once more: a receiver knows them by their id.
    """
    first: dict[str, float] = {}
    times: Counter[str] = Counter()
    for name, at in arrivals:
        if name in due:
            first.setdefault(name, at)
            times[name] += 1
    late = sorted(at - due[name] for name, at in first.items())
    return Lateness(
        steps=len(due),
        missing=len(due) - len(first),
        early=sum(seconds < 0 for seconds in late),
        again=sum(times.values()) - len(first),
        p50=percentile(late, 50),
        p90=percentile(late, 90),
        p99=percentile(late, 99),
        longest=late[-1] if late else float("nan"),
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Answer the smallest of these sorted values that so many percent do not exceed."""
    return values[-(-len(values) * percent // 100) - 1] if values else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What Redis keeps of one sort of keys."""

    name: str
    keys: int
    members: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was measured. Seconds; CPU in seconds, by who used it, while the steps fell due."""

    clocks: int
    load: float
    rebuild: float
    bytes_each: float
    kept: Sequence[Kept]
    lateness: Lateness
    cpu: Mapping[str, float]
    disagreements: Sequence[str]


def verdict(found: Findings) -> list[str]:
    """Answer what is not as it is promised."""
    late = found.lateness
    return [
        *([f"{found.bytes_each:.0f} bytes each"] if _is_large(found) else []),
        *([f"p99 of {late.p99 * 1000:.0f} ms"] if not late.p99 < LATEST else []),
        *([f"{late.missing:,} steps were not published"] if late.missing else []),
        *([f"{late.early:,} steps were published too early"] if late.early else []),
        *found.disagreements,
    ]


def _is_large(found: Findings) -> bool:
    return found.clocks >= MANY and found.bytes_each >= MOST_BYTES


def table(found: Findings) -> str:
    """Lay it out for a terminal."""
    late = found.lateness
    lines = [
        f"{found.clocks:,} open clocks: {found.bytes_each:.0f} bytes of Redis each",
        f"  made from SQL in {found.rebuild:.0f} s",
        *(f"  {_kept(kept, found.clocks)}" for kept in found.kept),
        "",
        f"{late.steps:,} steps: published {late.steps - late.missing:,}, {late.again:,} of them twice",
        f"  late: p50 {_ms(late.p50)}, p90 {_ms(late.p90)}, p99 {_ms(late.p99)}, most {_ms(late.longest)}",
        "  CPU:  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found.cpu.items()),
    ]
    return "\n".join(lines)


def _kept(kept: Kept, clocks: int) -> str:
    return f"{kept.name:<24}{kept.keys:>9,} keys{kept.members:>11,} members{kept.bytes / clocks:>8.1f} bytes"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def as_json(found: Findings) -> Json:
    """Say everything that was measured."""
    return {**asdict(found), "failures": verdict(found)}
