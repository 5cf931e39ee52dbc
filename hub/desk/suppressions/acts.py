"""Suppressions and opt-outs: list, show, suppress, lift."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from msgspec.structs import replace

from hub.desk.suppressions.rows import (
    LiftBody,
    Lifted,
    LiftForm,
    OptOutRow,
    SuppressionRow,
    SuppressionWhole,
)
from hub.doors.operator import Operator, found
from hub.model import PropertyScope
from hub.model.ids import uuid_in
from hub.model.looks import WholeQuery
from hub.model.pages import PageQuery, Rows
from hub.people.audience import written_as
from hub.people.masking import mask_address
from hub.policy import Policy
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)
AnyRow = TypeVar("AnyRow", SuppressionRow, OptOutRow)


SUPPRESSION: Final = "suppression"
OPT_OUT: Final = "opt_out"

SeenRow = TypeVar("SeenRow", bound=SuppressionRow)


async def list_suppressions(by: Operator, query: PageQuery) -> Rows[SuppressionRow]:
    """List suppressed contact points, newest first."""
    page = await suppressions(by.db, query, by.places)
    return replace(page, items=[_with_end(row, by.stores.policy) for row in page.items])


async def show_suppression(by: Operator, row_id: UUID, query: WholeQuery) -> SuppressionWhole:
    """Show a suppressed contact point; masked by default."""
    read = partial(suppression, by.db)
    return _with_end(await by.look(read, row_id, SUPPRESSION, whole=query.whole), by.stores.policy)


async def suppress(by: Operator, address: str, channel: str, *, reason: str, until: datetime | None) -> None:
    """Suppress an address on a channel. The audit names the channel and never the address."""
    await by.audit("suppression.add", f"channel:{channel}")
    await insert_suppression(by.db, address, channel, reason=reason, until=until, by=by.by)


async def lift_suppression(by: Operator, body: LiftBody) -> Lifted:
    """Lift a suppression; safe to repeat."""
    return await _lift(by.for_whom(body.by), body.address)


async def lift_of_person(by: Operator, ref: str, body: LiftForm) -> Lifted:
    """Lift the suppression of a contact of this person; safe to repeat."""
    # The address is read whole for the comparison: nothing of it is shown.
    person = found("person", await by.stores.directory.somebody(ref, places=by.places, whole=True))
    row = found(SUPPRESSION, await suppression(by.db, body.suppression, whole=True))
    theirs = {point["value"].lower() for point in person["contact_points"]}
    found(SUPPRESSION, row if row.address.lower() in theirs else None)
    return await _lift(by, str(body.suppression), person=ref)


async def list_opt_outs(by: Operator, query: PageQuery) -> Rows[OptOutRow]:
    """List opt-outs, newest first."""
    return await opt_outs(by.db, query)


async def lift_opt_out(by: Operator, body: LiftBody) -> Lifted:
    """Lift an opt-out at the person's request. People can also write INICIAR themselves."""
    await by.audit("opt_out.lift", _subject(OPT_OUT, body.address))
    return Lifted(lifted=await delete_opt_out(by.db, _written(body.address), by=by.by))


async def _lift(by: Operator, named: str, *, person: str | None = None) -> Lifted:
    await by.audit("suppression.lift", _subject(SUPPRESSION, named), person=person)
    lifted = await delete_suppression(by.db, _written(named), by=by.by, places=by.places)
    return Lifted(lifted=lifted)


def _with_end(row: SeenRow, policy: Policy) -> SeenRow:
    """Add the expiry of a suppression: an operator's, else the policy's."""
    lasts = policy.suppression_for(row.channel)
    if row.expires_at is not None or lasts is None:
        return row
    return replace(row, expires_at=row.since + lasts)


def _subject(noun: str, named: str) -> str:
    """Return the name of a row in the audit: its id, never an address."""
    row_id = uuid_in(named)
    return noun if row_id is None else f"{noun}:{row_id}"


def _written(named: str) -> str:
    return written_as(named) or named


async def suppressions(db: Database, query: PageQuery, places: PropertyScope = None) -> Rows[SuppressionRow]:
    """List suppressions, newest first, masked; a suppression belongs to the copropiedad of its message."""
    return _masked(await rows_of(SuppressionRow, db, _SQL["suppressions"], query, listed(places), by="since"))


async def suppression(
    db: Database,
    row_id: UUID,
    *,
    places: PropertyScope = None,
    whole: bool = False,
    named: bool = False,  # noqa: ARG001 - it has an address, and no name
) -> SuppressionWhole | None:
    """Return a suppression with the person whose message caused it; masked unless `whole`."""
    rows = await db.rows(_SQL["suppression"], row_id, listed(places))
    if not rows:
        return None
    address = rows[0]["address"]
    shown = address if whole else mask_address(address)
    return read(SuppressionWhole, rows[0], address=shown, masked=not whole, may_unmask=whole)


async def insert_suppression(
    db: Database, address: str, channel: str, *, reason: str, until: datetime | None, by: str
) -> None:
    """Suppress an address on a channel; `until` None: for the policy's time."""
    await db.rows(_SQL["suppress"], storable(address), channel, until, storable(reason), storable(by))


async def delete_suppression(db: Database, named: str, *, by: str, places: PropertyScope = None) -> int:
    """Lift the suppressions of an address on all channels, or one by its id; return how many."""
    return len(await db.rows(_SQL["lift_suppression"], storable(named), storable(by), listed(places)))


async def opt_outs(db: Database, query: PageQuery) -> Rows[OptOutRow]:
    """List opt-outs, newest first, masked."""
    return _masked(await rows_of(OptOutRow, db, _SQL["opt_outs"], query, by="since"))


async def delete_opt_out(db: Database, named: str, *, by: str) -> int:
    """Lift the opt-outs of an address, or one by its id; return how many."""
    return len(await db.rows(_SQL["lift_opt_out"], storable(named), storable(by)))


def _masked(page: Rows[AnyRow]) -> Rows[AnyRow]:
    return replace(page, items=[replace(row, address=mask_address(row.address)) for row in page.items])
