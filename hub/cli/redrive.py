"""`hub redrive`: send lost messages again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.cli.bulk_runs import How, Wait, Why, Yes
from hub.cli.many_messages import MESSAGE, AtMost, DryRun, settle_many, settle_one
from hub.cli.names import OfChannel, OfEvent, OfEventId, OfId, OfPerson
from hub.doors.act import OPERATE
from hub.doors.operator import Operator, found
from hub.doors.terminal import AsJson, instant_option, print_json
from hub.model.bulk import BulkKind
from hub.operations.bulk.choose import BulkFilter
from hub.operations.bulk.plan import MOST
from hub.operations.bulk.runs import BulkOrder
from hub.operations.redrive import redrive_one


async def redrive(  # noqa: PLR0913 - each is an option of the command line
    *,
    state: Annotated[
        Literal["failed", "expired", "bounced", "suppressed"], typer.Option(help="Which lost messages.")
    ],
    channel: OfChannel = None,
    event: OfEvent = None,
    event_id: OfEventId = None,
    person: OfPerson = None,
    message_id: OfId = None,
    reason: Annotated[str | None, typer.Option(help="How the reason begins: smtp_550.")] = None,
    since: Annotated[datetime | None, instant_option("Created at or after.")] = None,
    until: Annotated[datetime | None, instant_option("Created before.")] = None,
    include_notified: Annotated[
        bool, typer.Option("--also-told", help="Also people who were notified by another channel.")
    ] = False,
    dry_run: DryRun = False,
    limit: AtMost = MOST,
    why: Why = "",
    yes: Yes = False,
    wait: Wait = True,
    as_json: AsJson = False,
) -> None:
    """
    Send lost messages again, in place, once the cause is fixed. Safe to repeat.

    The command skips messages that are too old, messages without an address, and
    people who were or are being notified by another channel. If a whole cascade
    was lost, its first step is sent again. A TIME without an offset is Bogotá's.
    Without --id it is a bulk run, which goes on when the command is stopped: see
    `hub bulk`.

      hub redrive --state failed --channel sms --since 2026-03-09T08:00 --dry-run

      hub redrive --state bounced --reason smtp_550 --event pqrs.responded
    """
    asked = BulkFilter(
        state=state,
        channel=channel,
        event=event,
        event_id=event_id,
        person=person,
        reason=reason,
        since=since,
        until=until,
        also_told=include_notified,
    )
    noted = {"also_told": include_notified}
    order = BulkOrder(kind=BulkKind.RESEND, asked=asked, reason=why, noted=noted)
    how = How(yes=yes, waits=wait, as_json=as_json, dry_run=dry_run, most=limit)
    async with open_operator(OPERATE) as by:
        if message_id is None:
            await settle_many(by, order, how)
        else:
            one = message_id
            await settle_one(
                by,
                order,
                one,
                lambda: _redrive_one(by, one, also_told=include_notified, as_json=as_json),
                how,
            )


async def _redrive_one(by: Operator, message_id: UUID, *, also_told: bool, as_json: bool) -> None:
    done = await redrive_one(
        message_id,
        log=by.stores.log,
        store=by.stores.redrive,
        publisher=by.stores.publisher,
        actor=by.actor,
        include_notified=also_told,
    )
    one = found(MESSAGE, done)
    print_json(one) if as_json else typer.echo(f"{message_id}  {one.verdict}")
