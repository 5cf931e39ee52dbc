"""`hub redrive`: send lost messages again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from hub.app import container as hub_app
from hub.cli.audit import note
from hub.cli.common import AsJson, as_instant, print_json, print_table, settings, wait
from hub.cli.names import OfChannel, OfEvent
from hub.cli.progress import silent
from hub.operations import redrive as redriving
from hub.operations.redrive import Redriven, RedrivenAnswer, RedriveRequest
from hub.ports import MessageFilter, RedriveResult

Since = Annotated[
    datetime | None, typer.Option(parser=as_instant, metavar="TIME", help="Created at or after.")
]
Until = Annotated[datetime | None, typer.Option(parser=as_instant, metavar="TIME", help="Created before.")]


class Lost(StrEnum):
    FAILED = "failed"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"


def redrive(  # noqa: PLR0913 - each is an option of the command line
    *,
    state: Annotated[Lost, typer.Option(help="Which lost messages.")],
    channel: OfChannel = None,
    event: OfEvent = None,
    event_id: Annotated[str | None, typer.Option(help="The id that the publisher gave the event.")] = None,
    person: Annotated[str | None, typer.Option(help="A person's reference.")] = None,
    reason: Annotated[str | None, typer.Option(help="How the reason begins: smtp_550.")] = None,
    since: Since = None,
    until: Until = None,
    also_told: Annotated[
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
        state=state.value,
        channel=channel,
        event=event,
        event_id=event_id,
        person=person,
        reason=reason,
        since=since,
        until=until,
    )
    request = RedriveRequest(narrowed=message_filter, also_told=also_told, dry_run=dry_run)
    answer = redriving.shown(
        wait(_redrive(request, limit, silent if as_json else _progress)), dry_run=dry_run
    )
    if as_json:
        print_json(answer)
    else:
        _report(answer)


async def _redrive(
    request: RedriveRequest, limit: int | None, on_progress: Callable[[Redriven], None]
) -> Redriven:
    given = settings()
    async with hub_app.open_redrive(given) as store, hub_app.open_publisher(given) as publisher:
        done = await redriving.redrive(
            request, store=store, publisher=publisher, limit=limit, on_progress=on_progress
        )
    if not request.dry_run:
        await note("redrive", f"messages:{request.narrowed.state}", taken=done.of(RedriveResult.TAKEN))
    return done


def _progress(done: Redriven) -> None:
    if done.next is not None:
        typer.secho(f"{sum(done.counts.values())} looked at …", dim=True, err=True)


def _report(answer: RedrivenAnswer) -> None:
    columns = ("verdict", "channel", "reason", "count")
    if answer.by:
        print_table(columns, [tuple(str(getattr(row, name)) for name in columns) for row in answer.by])
    verb = "would go again" if answer.dry_run else "go again"
    left = answer.too_old + answer.no_contact + answer.told
    typer.secho(f"{answer.taken} {verb}, {left} are left alone", err=True)
