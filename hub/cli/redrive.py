"""`hub redrive`: send lost messages again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from hub.app.connections import open_publisher
from hub.app.openers import open_redrive
from hub.cli.audit import note
from hub.cli.names import OfChannel, OfEvent, OfEventId, OfId, OfPerson
from hub.cli.progress import silent
from hub.doors.terminal import AsJson, fields, instant_option, print_json, print_list, settings
from hub.operations import redrive as redriving
from hub.operations.redrive import Redriven, RedrivenAnswer, RedriveRequest
from hub.ports import MessageFilter, RedriveResult


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count, by channel and reason.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="How many messages to examine.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Send lost messages again, in place, once the cause is fixed. Safe to repeat.

    The command skips messages that are too old, messages without an address, and
    people who were or are being notified by another channel. If a whole cascade
    was lost, its first step is sent again. A TIME without an offset is Bogotá's.

      hub redrive --state failed --channel sms --since 2026-03-09T08:00 --dry-run

      hub redrive --state bounced --reason smtp_550 --event pqrs.responded
    """
    message_filter = MessageFilter(
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
    request = RedriveRequest(narrowed=message_filter, include_notified=include_notified, dry_run=dry_run)
    given, on_progress = settings(), silent if as_json else _progress
    async with open_redrive(given) as store, open_publisher(given) as publisher:
        if not dry_run:
            await note("redrive", f"messages:{state}", also_told=include_notified)
        done = await redriving.redrive(
            request, store=store, publisher=publisher, limit=limit, on_progress=on_progress
        )
    if not dry_run:
        await note("redrive", f"messages:{state}", taken=done.of(RedriveResult.TAKEN))
    answer = redriving.shown(done, dry_run=dry_run)
    if as_json:
        print_json(answer)
    else:
        _report(answer)


def _progress(done: Redriven) -> None:
    if done.next is not None:
        typer.secho(f"{sum(done.counts.values())} looked at …", dim=True, err=True)


def _report(answer: RedrivenAnswer) -> None:
    if answer.by:
        print_list(answer.by, fields("verdict", "channel", "reason", "count"), as_json=False)
    verb = "would go again" if answer.dry_run else "go again"
    left = answer.too_old + answer.no_contact + answer.told
    typer.secho(f"{answer.taken} {verb}, {left} are left alone", err=True)
