"""Filters of statements: messages by their columns, anything by its copropiedad."""

from __future__ import annotations

from typing import Final

from hub.model import PropertyScope
from hub.ports import MessageFilter, NoteFilter
from hub.storage.database import storable

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

_OF_NOTES: Final = {
    "who": "${0} IN (who, substr(who, strpos(who, ':') + 1))",
    "action": "action = ${}",
    "subject": "${0} IN (subject, substr(subject, strpos(subject, ':') + 1))",
    "since": "at >= ${}",
    "until": "at < ${}",
}
"""What something is stands before it: `account:ana`."""

_BY_INDEX: Final = {
    "channel": (frozenset({"email", "inbox"}), "channel NOT IN ('email', 'inbox')"),
    "event": (frozenset({"admin.payment.received"}), "event <> 'admin.payment.received'"),
}
"""
The values that most messages have, and what the index of all others demands (migration 0038).

PostgreSQL only takes that index where the statement says the same in the same words.
"""


def narrow(narrowed: MessageFilter, *, first_free: int) -> tuple[str, list[object]]:
    """
    Make conditions for the filters that are set: one plan for all would fit none of the indexes.

    `first_free` is the first parameter number that the statement does not use itself.
    """
    asked = {name: value for name in _CONDITIONS if (value := getattr(narrowed, name)) is not None}
    conditions = [_CONDITIONS[name].format(number) for number, name in enumerate(asked, start=first_free)]
    conditions += [
        demand for name, (common, demand) in _BY_INDEX.items() if name in asked and asked[name] not in common
    ]
    values = [listed(value) if name == "places" else value for name, value in asked.items()]
    return " AND ".join(conditions) or "true", values


def narrow_notes(narrowed: NoteFilter, *, first_free: int) -> tuple[str, list[object]]:
    """Make conditions for the filters of the audit that are set, as `narrow` does."""
    asked = {name: value for name in _OF_NOTES if (value := getattr(narrowed, name)) is not None}
    conditions = [_OF_NOTES[name].format(number) for number, name in enumerate(asked, start=first_free)]
    values = [storable(value) if isinstance(value, str) else value for value in asked.values()]
    return " AND ".join(conditions) or "true", values


def listed(places: PropertyScope) -> list[str] | None:
    """Return copropiedades as a statement's parameter: NULL is everywhere."""
    return None if places is None else sorted(places)
