"""Filters of statements: messages by their columns, anything by its copropiedad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model import PropertyScope
from hub.ports import BoardFilter, MessageFilter

_CONDITIONS: Final = {
    "channel": "channel = ${}",
    "event": "event = ${}",
    "event_id": "event_key IN (SELECT key FROM event WHERE event.id = ${})",
    "person": "person = ${}",
    "reason": "starts_with(reason, ${})",
    "since": "created_at >= ${}",
    "until": "created_at < ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}


_OF_CLOCKS: Final = {
    "name": "name = ${}",
    "area": "context ->> 'service_area' = ${}",
    "level": "level = ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}


def narrow(narrowed: MessageFilter, *, first_free: int) -> tuple[str, list[object]]:
    """
    Make conditions for the filters that are set: one plan for all would fit none of the indexes.

    `first_free` is the first parameter number that the statement does not use itself.
    """
    return _narrow(narrowed, _CONDITIONS, first_free)


def narrow_clocks(narrowed: BoardFilter, *, first_free: int) -> tuple[str, list[object]]:
    """Do the same for promises."""
    return _narrow(narrowed, _OF_CLOCKS, first_free)


def _narrow(narrowed: object, known: Mapping[str, str], first_free: int) -> tuple[str, list[object]]:
    asked = {name: value for name in known if (value := getattr(narrowed, name)) is not None}
    conditions = [known[name].format(number) for number, name in enumerate(asked, start=first_free)]
    values = [listed(value) if name == "places" else value for name, value in asked.items()]
    return " AND ".join(conditions) or "true", values


def listed(places: PropertyScope) -> list[str] | None:
    """Return copropiedades as a statement's parameter: NULL is everywhere."""
    return None if places is None else sorted(places)
