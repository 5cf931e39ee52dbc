"""`hub bounces`: verdicts of a person on mails that somebody reports as lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import typer

from hub.app.operators import open_operator
from hub.doors.act import OPERATE
from hub.doors.terminal import AsJson, Id, known, print_done
from hub.inbound import confirm_bounce

app = typer.Typer(no_args_is_help=True)

_UNREPORTED = "nothing to do: nobody reports it as lost"


@app.command()
async def confirm(message_id: Id, as_json: AsJson = False) -> None:
    """
    Record that a mail was lost, as its report says: its cascade goes on, and a legal term runs on.

      hub bounces confirm 0195…
    """
    changed = await _decide(confirm_bounce.confirm, message_id)
    _print(message_id, "lost" if changed else _UNREPORTED, changed=changed, as_json=as_json)


@app.command()
async def dismiss(message_id: Id, as_json: AsJson = False) -> None:
    """Record that a mail has arrived although it was reported as lost. Safe to repeat."""
    changed = await _decide(confirm_bounce.dismiss, message_id)
    _print(message_id, "arrived" if changed else _UNREPORTED, changed=changed, as_json=as_json)


async def _decide(decide: Callable[..., Awaitable[bool | None]], message_id: Any) -> bool:
    """Carry the decision out. Raises HubError if there is no such mail."""
    async with open_operator(OPERATE) as by:
        decided = await decide(by.actor, message_id, store=by.stores.mail_reports)
        return known(decided, f"mail {message_id}")


def _print(message_id: Any, word: str, *, changed: bool, as_json: bool) -> None:
    print_done({"id": message_id, "changed": changed}, f"{message_id}  {word}", as_json=as_json)
