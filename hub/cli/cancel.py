"""`hub cancel`: keep back messages that have not left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from hub.app.openers import open_cancel
from hub.cli.audit import note
from hub.cli.names import OfChannel, OfEvent, OfEventId, OfId, OfPerson
from hub.doors.terminal import AsJson, fields, instant_option, print_json, print_list, settings
from hub.operations import cancel as cancelling
from hub.operations.cancel import CancelAnswer, CancelRequest, WhyCancelled
from hub.ports import MessageFilter


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, by channel and reason.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="How many messages to examine.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Cancel messages that have not left, for good. Safe to repeat.

    What is being sent is left alone, and so is what leaves with a digest: cancel
    the digest. An event that its publisher can take back is better recalled:
    messages that are planned later stay back, too.

      hub cancel --state held --event admin.circular.issued --why wrong --dry-run
    """
    narrowed = MessageFilter(
        state=state,
        channel=channel,
        event=event,
        event_id=event_id,
        person=person,
        id=message_id,
        reason=reason,
        since=since,
        until=until,
    )
    async with open_cancel(settings()) as store:
        request = CancelRequest(narrowed=narrowed, dry_run=dry_run)
        if not dry_run:
            await note("cancel", f"messages:{state}", why=why)
        answer = await cancelling.cancel(request, store=store, limit=limit)
    if not dry_run:
        await note("cancel", f"messages:{state}", cancelled=answer.cancelled)
    if as_json:
        print_json(answer)
    else:
        _report(answer)


def _report(answer: CancelAnswer) -> None:
    if answer.by:
        print_list(answer.by, fields("verdict", "channel", "reason", "count"), as_json=False)
    verb = "would be cancelled" if answer.dry_run else "cancelled"
    typer.secho(f"{answer.cancelled} {verb}, {answer.sending + answer.in_digest} are left alone", err=True)
