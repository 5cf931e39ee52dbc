"""`hub results`: which publishers hear what became of their messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.app.openers import open_audit, open_subscriptions
from hub.cli import audit
from hub.doors.terminal import AsJson, fields, print_done, print_list, settings
from hub.model.results import ResultKind
from hub.operations import results

app = typer.Typer(no_args_is_help=True)

Source = Annotated[str, typer.Argument(metavar="SOURCE", show_default=False)]
Kinds = Annotated[
    list[ResultKind] | None, typer.Option("--kind", help="Only these; may be repeated.", show_default=False)
]
_COLUMNS: Final = fields("source", "kinds", "key", "created_at", "created_by")


@app.command()
async def on(source: Source, kind: Kinds = None, as_json: AsJson = False) -> None:
    """
    Publish on hub.events.out what becomes of the messages of a source; safe to repeat.

    It holds for messages that are planned from now on. The publisher binds its queue with the
    key that is shown: notification.*.KEY

      hub results on urn:coproservicios:crm

      hub results on urn:coproservicios:crm --kind failed --kind undelivered
    """
    async with open_subscriptions(settings()) as store, open_audit(settings()) as notes:
        row = await results.subscribe(
            source, kind or (), store=store, notes=notes, who=audit.operator(), now=datetime.now(UTC)
        )
    print_done(row, f"notification.*.{row.key}", as_json=as_json)


@app.command()
async def off(source: Source, as_json: AsJson = False) -> None:
    """Publish them no more."""
    async with open_subscriptions(settings()) as store, open_audit(settings()) as notes:
        await results.unsubscribe(source, store=store, notes=notes, who=audit.operator())
    print_done({"source": source}, f"nothing more is published about {source}", as_json=as_json)


@app.command("list")
async def list_subscriptions(as_json: AsJson = False) -> None:
    """List the sources whose results are published, and their routing keys."""
    async with open_subscriptions(settings()) as store:
        rows = await results.read_subscriptions(store)
    print_list(rows, _COLUMNS, as_json=as_json)
