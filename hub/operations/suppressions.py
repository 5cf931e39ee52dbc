"""Suppressed contact points, and when each suppression expires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.model import Json, PropertyScope
from hub.policy import Policy
from hub.ports import ContactStore, Page


async def read_suppressions(
    store: ContactStore, policy: Policy, *, after: str | None = None, limit: int, places: PropertyScope = None
) -> Page:
    """List suppressions, newest first, each with its expiry."""
    page = await store.suppressions(after=after, limit=limit, places=places)
    return Page(items=[with_end(row, policy) for row in page.items], next=page.next)


def with_end(row: Mapping[str, Json], policy: Policy) -> dict[str, Json]:
    """Add the expiry of a suppression: an operator's, else the policy's."""
    if row["expires_at"] is not None:
        return dict(row)
    lasts = policy.suppression_for(row["channel"])
    since = datetime.fromisoformat(row["since"])
    return {**row, "expires_at": None if lasts is None else since + lasts}
