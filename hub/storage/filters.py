"""Filters of statements: messages by their columns, anything by its copropiedad."""

from __future__ import annotations

from typing import Final

from hub.model import PropertyScope
from hub.ports import MessageFilter

_CONDITIONS: Final = {
    "channel": "channel = ${}",
    "event": "event = ${}",
    "event_id": "event_key IN (SELECT key FROM event WHERE event.id = ${})",
    "person": "person = ${}",
    "purpose": "purpose = ${}",
    "case": "event_key IN (SELECT key FROM event WHERE event.case_key = ${})",
    "reason": "starts_with(reason, ${})",
    "since": "created_at >= ${}",
    "until": "created_at < ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}


def narrow(narrowed: MessageFilter, *, first_free: int) -> tuple[str, list[object]]:
    """
    Make conditions for the filters that are set: one plan for all would fit none of the indexes.

    `first_free` is the first parameter number that the statement does not use itself.
    """
    asked = {name: value for name in _CONDITIONS if (value := getattr(narrowed, name)) is not None}
    conditions = [_CONDITIONS[name].format(number) for number, name in enumerate(asked, start=first_free)]
    values = [listed(value) if name == "places" else value for name, value in asked.items()]
    return " AND ".join(conditions) or "true", values


def listed(places: PropertyScope) -> list[str] | None:
    """Return copropiedades as a statement's parameter: NULL is everywhere."""
    return None if places is None else sorted(places)
