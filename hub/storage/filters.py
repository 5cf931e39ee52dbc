"""Filters of statements: messages by their columns, anything by its copropiedad."""

from __future__ import annotations

import re
from typing import Final

from hub.model import PropertyScope
from hub.ports import MessageFilter

_CONDITIONS: Final = {
    "channel": "channel = ${}",
    "event": "event = ${}",
    "event_id": "event_key IN (SELECT key FROM event WHERE event.id = ${})",
    "person": "person = ${}",
    "reason": "starts_with(reason, ${})",
    "since": "created_at >= ${}",
    "until": "created_at < ${}",
    "id": "id = ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}

_BY_INDEX: Final = {
    "channel": (frozenset({"email", "inbox"}), "channel NOT IN ('email', 'inbox')"),
    "event": (frozenset({"admin.payment.received"}), "event <> 'admin.payment.received'"),
}
"""
The values that most messages have, and what the index of all others demands (migration 0038).

PostgreSQL only takes that index where the statement says the same in the same words.
"""

_PLAIN: Final = re.compile(r"[a-z0-9_.]{1,100}")
"""What may stand in a statement as it is: the names of events and channels."""


def narrow(narrowed: MessageFilter, *, first_free: int) -> tuple[str, list[object]]:
    """
    Make conditions for the filters that are set: one plan for all would fit none of the indexes.

    `first_free` is the first parameter number that the statement does not use itself.
    """
    asked = {name: value for name in _CONDITIONS if (value := getattr(narrowed, name)) is not None}
    plain = {name: value for name, value in asked.items() if name in _BY_INDEX and _PLAIN.fullmatch(value)}
    given = {name: value for name, value in asked.items() if name not in plain}
    conditions = [_CONDITIONS[name].format(number) for number, name in enumerate(given, start=first_free)]
    # With the value in it PostgreSQL plans for that value: for any value it would read a whole building, not
    # the few messages of an event.
    conditions += [f"{name} = '{value}'" for name, value in plain.items()]
    conditions += [_BY_INDEX[name][1] for name, value in plain.items() if value not in _BY_INDEX[name][0]]
    values = [listed(value) if name == "places" else value for name, value in given.items()]
    return " AND ".join(conditions) or "true", values


def listed(places: PropertyScope) -> list[str] | None:
    """Return copropiedades as a statement's parameter: NULL is everywhere."""
    return None if places is None else sorted(places)
