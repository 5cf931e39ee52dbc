"""`hub webhooks`: where results go by HTTP, for publishers without RabbitMQ."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.access.keyring import KeyRing
from hub.app.openers import open_audit, open_webhooks
from hub.channels.webhook_calls import HttpWebhookCalls
from hub.cli import audit
from hub.doors.terminal import (
    AsJson,
    fields,
    instant_option,
    print_done,
    print_json,
    print_list,
    settings,
    warn,
)
from hub.model.results import ResultKind
from hub.operations import webhooks
from hub.ports import AuditStore, WebhookStore

app = typer.Typer(no_args_is_help=True)

Id = Annotated[
    UUID, typer.Argument(metavar="ID", help="As `hub webhooks list` shows it.", show_default=False)
]
_COLUMNS: Final = fields(
    *("id", "source", "url", "kinds", "state", "waiting", "failing_since", "last_error", "sent_at")
)
_ONCE: Final = "Shown once: it is stored only sealed."


@app.command()
async def add(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False)],
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="The source of its events.", show_default=False)
    ],
    kind: Annotated[
        list[ResultKind] | None,
        typer.Option("--kind", help="Only these; may be repeated.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Post what becomes of the messages of a source to a URL, and show the secret that signs it once.

    It holds for messages that are planned from now on.

      hub webhooks add https://crm.example/hub --source urn:coproservicios:crm
    """
    given = settings()
    async with _open() as (store, notes):
        made = await webhooks.add(
            url,
            source,
            kind or (),
            store=store,
            notes=notes,
            ring=KeyRing(given.secrets),
            who=audit.operator(),
            now=datetime.now(UTC),
        )
    if as_json:
        print_json(made)
        return
    typer.echo(f"{made.id}\n{made.secret}")
    warn(_ONCE)


@app.command("list")
async def list_webhooks(as_json: AsJson = False) -> None:
    """List the endpoints: whether they take events, and how many wait."""
    async with open_webhooks(settings()) as store:
        rows = await webhooks.read_webhooks(store)
    print_list(rows, _COLUMNS, as_json=as_json)


@app.command("test")
async def try_out(webhook_id: Id, as_json: AsJson = False) -> None:
    """Call an endpoint now with one event, notification.test; exit 1 if it does not take it."""
    given = settings()
    async with (
        open_webhooks(given) as store,
        aclosing(HttpWebhookCalls(given.webhook_networks)) as calls,
    ):
        done = await webhooks.try_out(
            webhook_id, store=store, calls=calls, ring=KeyRing(given.secrets), now=datetime.now(UTC)
        )
    print_done(done, "taken" if done.taken else f"not taken: {done.reason}", as_json=as_json)
    if not done.taken:
        raise typer.Exit(1)


@app.command()
async def rotate(
    webhook_id: Id,
    old_ends: Annotated[
        datetime | None, instant_option("When the old secret ends; by default in a day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new secret and show it once. Both sign until the old one ends."""
    async with _open() as (store, notes):
        made = await webhooks.rotate(
            webhook_id,
            earlier_ends_at=old_ends,
            store=store,
            notes=notes,
            ring=KeyRing(settings().secrets),
            who=audit.operator(),
            now=datetime.now(UTC),
        )
    if as_json:
        print_json(made)
        return
    typer.echo(made.secret)
    warn(_ONCE)


@app.command()
async def on(webhook_id: Id, as_json: AsJson = False) -> None:
    """Turn an endpoint on again that was turned off, or try it now: what waits goes out."""
    async with _open() as (store, notes):
        await webhooks.enable(webhook_id, store=store, notes=notes, who=audit.operator())
    print_done({"id": str(webhook_id)}, f"{webhook_id} is on", as_json=as_json)


@app.command()
async def remove(webhook_id: Id, as_json: AsJson = False) -> None:
    """Remove an endpoint and what waits for it."""
    async with _open() as (store, notes):
        await webhooks.remove(webhook_id, store=store, notes=notes, who=audit.operator())
    print_done({"id": str(webhook_id)}, f"{webhook_id} is removed", as_json=as_json)


@asynccontextmanager
async def _open() -> AsyncIterator[tuple[WebhookStore, AuditStore]]:
    async with open_webhooks(settings()) as store, open_audit(settings()) as notes:
        yield store, notes
