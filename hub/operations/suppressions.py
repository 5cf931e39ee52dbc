"""Suppressed contact points and opt-outs: when a suppression expires; suppress an address, and lift that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hub.access.actor import Actor
from hub.access.look import look
from hub.model import Json, PropertyScope
from hub.model.ids import uuid_in
from hub.people.audience import written_as
from hub.policy import Policy
from hub.ports import ContactStore, Page

_SUPPRESSION: Final = "suppression"
_OPT_OUT: Final = "opt_out"


async def read_suppressions(
    store: ContactStore, policy: Policy, *, after: str | None = None, limit: int, places: PropertyScope = None
) -> Page:
    """List suppressions, newest first, each with its expiry."""
    page = await store.suppressions(after=after, limit=limit, places=places)
    return Page(items=[with_end(row, policy) for row in page.items], next=page.next)


async def read_suppression(
    by: Actor, store: ContactStore, policy: Policy, row_id: UUID, *, private: PropertyScope, whole: bool
) -> dict[str, Any] | None:
    """Return a suppression, its person and its expiry, as `look` does. Raises PrivacyNeeded."""
    row = await look(by, store.suppression, row_id, noun=_SUPPRESSION, private=private, whole=whole)
    return None if row is None else with_end(row, policy)


async def suppress(
    by: Actor, store: ContactStore, address: str, channel: str, *, reason: str, until: datetime | None
) -> None:
    """Suppress an address on a channel. The note names the channel and never the address."""
    await by.note("suppression.add", f"channel:{channel}")
    await store.suppress_address(address, channel, reason=reason, until=until, by=by.by)


async def lift(by: Actor, store: ContactStore, named: str, *, person: str | None = None) -> int:
    """Lift the suppressions of an address on all channels, or one by its id; return how many."""
    await by.note("suppression.lift", _subject(_SUPPRESSION, named), person=person)
    return await store.lift_suppression(written_as(named) or named, by=by.by, places=by.places)


async def lift_opt_out(by: Actor, store: ContactStore, named: str) -> int:
    """Lift an opt-out at the person's request, by address or id; return how many purposes."""
    await by.note("opt_out.lift", _subject(_OPT_OUT, named))
    return await store.lift_opt_out(written_as(named) or named, by=by.by)


def with_end(row: Mapping[str, Json], policy: Policy) -> dict[str, Json]:
    """Add the expiry of a suppression: an operator's, else the policy's."""
    if row["expires_at"] is not None:
        return dict(row)
    lasts = policy.suppression_for(row["channel"])
    since = datetime.fromisoformat(row["since"])
    return {**row, "expires_at": None if lasts is None else since + lasts}


def _subject(noun: str, named: str) -> str:
    """Return what the audit calls a row: by its id, and by an address not at all."""
    row_id = uuid_in(named)
    return noun if row_id is None else f"{noun}:{row_id}"
