"""
Planned stops: an incident that a restart explains waits for the term that the process announced. Pure.

A process that dies says nothing, so that its incident begins as soon as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BACKLOG: Final = frozenset({"delivery", "timers"})
"""While one of these is away, messages wait longer than they may."""


def is_expected(key: str, stops: Mapping[str, bool]) -> bool:
    """
    Return whether a planned stop explains the symptom with this key.

    `stops` are the roles within their term, each with whether it has worked since: then its stop explains
    nothing more. Only the backlog, which outlasts a stop, waits for the whole term.
    """
    kind, _, subject = key.partition(":")
    if kind == "queue_age":
        return not _BACKLOG.isdisjoint(stops)
    role = {"auditor": "timers", "unattended": subject}.get(kind, "")
    return not stops.get(role, True)
