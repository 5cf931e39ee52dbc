"""Owners of cases: a case is of the source that opens it; others need `cases_of` in their key."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from hub.errors import InvalidEvent, WrongSender
from hub.intake.decode import IntakeContext
from hub.intake.source_bindings import BindingSnapshot
from hub.model import AddedEvent, StoredEvent


def judge(
    added: Mapping[UUID, tuple[StoredEvent, AddedEvent]], *, context: IntakeContext, bound: BindingSnapshot
) -> tuple[dict[UUID, InvalidEvent], set[str]]:
    """
    Return those of these events, whose cases are of others, that may not be added, and cases with strangers.

    Who opens a case has it, whoever came first: what others have sent before is then no part of it.
    """
    refused: dict[UUID, InvalidEvent] = {}
    strangers: set[str] = set()
    for key, (stored, row) in added.items():
        source, owner = stored.event.source, row.owner or ""
        if stored.opens and not row.opened:
            if not bound.may_add(owner, source):
                strangers.add(stored.case or "")
        elif not bound.may_add(source, owner):
            refused[key] = of_another(context.kinds[stored.event.type].case)
    return refused, strangers


def of_another(field: str | None) -> WrongSender:
    """Return the refusal of an event whose case, named by this field, is of another source."""
    named = f"data.{field}"
    return WrongSender(
        f"{named}: the case is of another source, and `cases_of` of no key of this one names it", field=named
    )
