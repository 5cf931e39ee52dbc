"""A rehearsal in plain values, as `hub rehearse --json` prints it. Ids and numbers, no person's data."""

from __future__ import annotations

from hub.model import Json
from hub.operations.simulate.comparison import Change, Comparison
from hub.operations.simulate.sides import Counts, Side


def shown(comparison: Comparison) -> dict[str, Json]:
    """Make plain values of both sides and of what differs."""
    return {
        "since": comparison.period.since,
        "until": comparison.period.until,
        "cases": comparison.cases,
        "clocks": comparison.clocks,
        "messages": comparison.messages,
        "same": comparison.same,
        "moved": comparison.moved,
        "changed_cases": comparison.changed,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "changes": [_change(change) for change in comparison.changes],
    }


def _side(side: Side) -> dict[str, Json]:
    return {
        "promises": [{"name": name, **_counts(each)} for name, each in sorted(side.promises.items())],
        "total": _counts(side.total),
        "night": {str(purpose): number for purpose, number in sorted(side.night.items())},
    }


def _counts(counts: Counts) -> dict[str, Json]:
    share = counts.share_kept
    return {
        "met": counts.kept,
        "breached": counts.broken,
        "share_met": None if share is None else round(share, 4),
        "at_risk": counts.warned,
        "escalated": {str(level): number for level, number in sorted(counts.climbed.items())},
        "reminded": counts.reminded,
        "night": counts.night,
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "case": change.case,
        "name": change.promise,
        "before": change.before,
        "after": change.after,
        "due_before": change.due_before,
        "due_after": change.due_after,
    }
