"""The aims of the hub's speed, as a table, and how a measured value is judged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`sign` is ≥ or ≤. `shape` writes a value of this kind: the limit and what was measured."""

    key: str
    work: str
    sign: str
    limit: float
    shape: str

    @property
    def words(self) -> str:
        return f"{self.sign} {self.shape.format(self.limit)}"

    def met_by(self, value: float) -> bool:
        """Answer whether it is so; a value that is not a number never is."""
        return value >= self.limit - SLACK if self.sign == "≥" else value <= self.limit + SLACK


def _aim(key: str, work: str, sign: str, limit: float, shape: str) -> Aim:
    return Aim(key=key, work=work, sign=sign, limit=limit, shape=shape)


_GROWTH: Final = "a mail costs, against the beginning"
_SHARE: Final = "{:+.1%}"
_MS: Final = "{:,.1f} ms"

AIMS: Final[Sequence[Aim]] = (
    _aim("celery", "payments, rate against Celery", "≥", 6, "{:.2f} ×"),
    _aim("faststream", "payments, rate against FastStream + aiosmtplib", "≥", 9, "{:.2f} ×"),
    _aim("floor", "payments, rate against the floor", "≥", 0.85, "{:.0%}"),
    _aim("all_cpu", "payments, all CPU for 1,000", "≤", 0.34, "{:.2f} s"),
    _aim("own_cpu", "payments, the hub's own CPU for 1,000", "≤", 0.19, "{:.2f} s"),
    _aim("pqrs", "PQRS (two clocks, two audiences), rate against payments", "≥", 0.6, "{:.0%}"),
    _aim("growth_rounds", f"{_GROWTH}, in the last rounds", "≤", 0.05, _SHARE),
    _aim("growth_stored_100000", f"{_GROWTH}, with 100,000 messages stored", "≤", 0.05, _SHARE),
    _aim("growth_stored_1000000", f"{_GROWTH}, with 1,000,000 messages stored", "≤", 0.05, _SHARE),
    _aim("growth_case_100", f"{_GROWTH}, with 100 events in its case", "≤", 0.05, _SHARE),
    _aim("growth_case_10000", f"{_GROWTH}, with 10,000 events in its case", "≤", 0.05, _SHARE),
    _aim("latency_p50", "50 payments a second, published → accepted, p50", "≤", 8, _MS),
    _aim("latency_p99", "50 payments a second, published → accepted, p99", "≤", 15, _MS),
    _aim("urgent_first", "emergency to 500 × 3 channels behind bulk mail, first", "≤", 100, _MS),
    _aim("urgent_p99", "emergency to 500 × 3 channels behind bulk mail, p99", "≤", 800, _MS),
    _aim("fanout_first", "one event to 5,000 × 3 channels, first", "≤", 100, _MS),
    _aim("fanout_last", "one event to 5,000 × 3 channels, last", "≤", 3_000, _MS),
    _aim("backup", "a mail costs more while a REPEATABLE READ transaction is open", "≤", 0.05, _SHARE),
    _aim("memory_idle", "memory of all roles in one process, idle", "≤", 120, "{:.0f} MB"),
    _aim("memory_growth", "its growth from half of the messages to all", "≤", 0.05, _SHARE),
    _aim("start", "`hub run` until it is ready", "≤", 1.5, "{:.2f} s"),
    _aim("search_p99", "search and lists with 5,000,000 messages stored, the slowest, p99", "≤", 100, _MS),
    _aim("clocks_bytes", "Redis for each open clock", "≤", 250, "{:.0f} bytes"),
    _aim("clocks_rebuild", "open clocks made anew from SQL", "≤", 60, "{:.0f} s"),
    _aim("clocks_p99", "a clock's step is late, p99", "≤", 250, _MS),
    _aim("clocks_wrong", "steps missing or early, counts that differ", "≤", 0, "{:.0f}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A row of the table of aims. `met` is None where nothing was measured."""

    work: str
    aim: str
    measured: str
    met: bool | None


def findings(measured: Mapping[str, float]) -> list[Finding]:
    """Judge every aim, in the order of the table."""
    return [_finding(aim, measured.get(aim.key)) for aim in AIMS]


def _finding(aim: Aim, value: float | None) -> Finding:
    return Finding(
        work=aim.work,
        aim=aim.words,
        measured="–" if value is None else aim.shape.format(value),
        met=None if value is None else aim.met_by(value),
    )
