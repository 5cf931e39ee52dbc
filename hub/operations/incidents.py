"""Incidents of the hub itself, with their remedies."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.health.incidents import kind_of, known, title_of
from hub.model import Incident, Instant
from hub.storage import PostgresMonitor


class IncidentRow(Struct, kw_only=True):
    """An incident of the hub itself; its texts are Spanish, for operators."""

    key: Annotated[str, Meta(description="The kind and what it is about: `circuit:sms:twilio`.")]
    kind: str
    state: Literal["open", "over"]
    title: str
    measured: str
    to_do: str
    meanwhile: str
    since: Instant
    told_at: Instant | None
    resolved_at: Instant | None


class IncidentPage(Struct, kw_only=True):
    items: list[IncidentRow]
    next: str | None


async def read_incidents(log: PostgresMonitor, limit: int) -> IncidentPage:
    """Return open incidents, then resolved ones. There is one page: operators need the open ones."""
    return IncidentPage(items=[_row(incident) for incident in known(await log.incidents(limit))], next=None)


def _row(incident: Incident) -> IncidentRow:
    kind = kind_of(incident.key)
    return IncidentRow(
        **{name: getattr(incident, name) for name in ("key", "measured", "since", "told_at", "resolved_at")},
        kind=kind.name,
        state="open" if incident.resolved_at is None else "over",
        title=title_of(incident.key),
        to_do=kind.to_do,
        meanwhile=kind.meanwhile,
    )
