"""`hub cancel`: keep back messages that have not left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.cli.bulk_runs import How, Wait, Yes
from hub.cli.many_messages import MESSAGE, AtMost, DryRun, settle_many, settle_one
from hub.cli.names import OfChannel, OfEvent, OfEventId, OfId, OfPerson
from hub.doors.act import OPERATE
from hub.doors.operator import Operator, found
from hub.doors.terminal import AsJson, instant_option, print_json
from hub.model.bulk import BulkKind
from hub.operations.bulk.choose import BulkFilter
from hub.operations.bulk.plan import MOST
from hub.operations.bulk.runs import BulkOrder
from hub.operations.cancel import WhyCancelled, cancel_one, check_cancelled


async def cancel(  # noqa: PLR0913 - each is an option of the command line
    *,
    state: Annotated[Literal["queued", "held", "retrying"], typer.Option(help="Which waiting messages.")],
    why: Annotated[
        WhyCancelled, typer.Option("--why", help="For the audit, which has no free text about a person.")
    ],
    channel: OfChannel = None,
    event: OfEvent = None,
    event_id: OfEventId = None,
    person: OfPerson = None,
    message_id: OfId = None,
    reason: Annotated[str | None, typer.Option(help="How the reason begins: throttled.")] = None,
    since: Annotated[datetime | None, instant_option("Created at or after.")] = None,
    until: Annotated[datetime | None, instant_option("Created before.")] = None,
    dry_run: DryRun = False,
    limit: AtMost = MOST,
    yes: Yes = False,
    wait: Wait = True,
    as_json: AsJson = False,
) -> None:
    """
    Cancel messages that have not left, for good. Safe to repeat.

    What is being sent is left alone, and so is what leaves with a digest: cancel
    the digest. An event that its publisher can take back is better recalled:
    messages that are planned later stay back, too. Without --id it is a bulk run,
    which goes on when the command is stopped: see `hub bulk`.

      hub cancel --state held --event admin.circular.issued --why wrong --dry-run
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
    )
    order = BulkOrder(kind=BulkKind.CANCEL, asked=asked, reason=why, noted={"why": why})
    how = How(yes=yes, waits=wait, as_json=as_json, dry_run=dry_run, most=limit)
    async with open_operator(OPERATE) as by:
        if message_id is None:
            await settle_many(by, order, how)
        else:
            one = message_id
            await settle_one(by, order, one, lambda: _cancel_one(by, one, why, as_json=as_json), how)


async def _cancel_one(by: Operator, message_id: UUID, why: WhyCancelled, *, as_json: bool) -> None:
    given = by.stores
    done = await cancel_one(message_id, why, log=given.log, store=given.cancel, actor=by.actor)
    changed, verdict = found(MESSAGE, done)
    check_cancelled(verdict)
    print_json(changed) if as_json else typer.echo(f"{message_id}  cancelled")
