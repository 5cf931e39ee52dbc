"""`hub replies`: list and show replies; those of the desk answer them."""

from __future__ import annotations

from typing import Annotated, Final

import typer
from msgspec import to_builtins

from hub.access.sight import EVERY_SIGHT
from hub.app.operators import open_operator
from hub.desk.cases.noun import REPLIES
from hub.doors.act import READ
from hub.doors.command import group_of
from hub.doors.terminal import (
    AsJson,
    Id,
    Limit,
    fields,
    known,
    print_json,
    print_list,
    print_whole,
)
from hub.model import ReplyKind
from hub.operations.cases.replies import read_reply
from hub.ports.casework import ReplyFilter

replies = group_of(REPLIES, open_operator)

_REPLIES: Final = fields("received_at", "kind", "channel", "address", "person", "case", "id")


@replies.command("list")
async def list_replies(
    kind: Annotated[ReplyKind | None, typer.Option(help="Only those.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List replies, newest first, without their text."""
    async with open_operator(READ) as by:
        page = await by.stores.contacts.replies(
            ReplyFilter(kind=kind), after=None, limit=limit, plain=EVERY_SIGHT.names
        )
    print_list(page.items, _REPLIES, page.next, as_json=as_json)


@replies.command("show")
async def show_reply(reply_id: Id, as_json: AsJson = False) -> None:
    """Show a reply with its text."""
    async with open_operator(READ) as by:
        found = await read_reply(by.actor, by.stores.contacts, by.stores.casework, reply_id)
        reply = known(found, f"reply {reply_id}")
    if as_json:
        print_json(reply)
        return
    facts = to_builtins(reply) | {"files": [file.name for file in reply.files]}
    print_whole(facts, facts.pop("text"))
