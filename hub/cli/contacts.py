"""`hub replies`, `hub suppressions`, `hub opt-outs`: what people wrote, and where the hub sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub.app.openers import open_casework, open_contacts
from hub.cli.audit import acting
from hub.cli.names import known_channel
from hub.doors.terminal import (
    AsJson,
    Id,
    Limit,
    Whole,
    fields,
    instant_option,
    known,
    print_done,
    print_facts,
    print_json,
    print_list,
    print_whole,
    settings,
)
from hub.model import ReplyKind
from hub.operations import suppressions as lifting
from hub.operations.cases.replies import read_reply
from hub.operations.suppressions import lift, read_suppression, read_suppressions, suppress
from hub.people.audience import written_as
from hub.policy import load_policy
from hub.ports.casework import ReplyFilter

replies = typer.Typer(no_args_is_help=True)
suppressions = typer.Typer(no_args_is_help=True)
opt_outs = typer.Typer(no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="ADDRESS|ID", show_default=False)]

_REPLIES: Final = fields("received_at", "kind", "channel", "address", "person", "case", "id")
_SUPPRESSIONS: Final = fields("since", "address", "channel", "reason", "expires_at", "lifted_at", "id")
_OPT_OUTS: Final = fields("since", "address", "purpose", "person", "reason", "lifted_at", "id")
_MASKING: Final = frozenset({"masked", "may_unmask"})
_NOTHING: Final = "nothing to lift: no such address or id, or it was lifted before; `list` shows the ids"


@replies.command("list")
async def list_replies(
    kind: Annotated[ReplyKind | None, typer.Option(help="Only those.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List replies, newest first, without their text."""
    async with open_contacts(settings()) as store:
        page = await store.replies(ReplyFilter(kind=kind), after=None, limit=limit)
    print_list(page.items, _REPLIES, page.next, as_json=as_json)


@replies.command("show")
async def show_reply(reply_id: Id, as_json: AsJson = False) -> None:
    """Show a reply with its text."""
    async with open_contacts(settings()) as store, open_casework(settings()) as work, acting() as by:
        reply = known(await read_reply(by, store, work, reply_id), f"reply {reply_id}")
    if as_json:
        print_json(reply)
        return
    print_whole({name: value for name, value in reply.items() if name != "text"}, reply["text"])


@suppressions.command("list")
async def list_suppressions(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List suppressions, newest first, with their reason and expiry."""
    policy = load_policy(settings().policy)
    async with open_contacts(settings()) as store:
        page = await read_suppressions(store, policy, limit=limit)
    print_list(page.items, _SUPPRESSIONS, page.next, as_json=as_json)


@suppressions.command("show")
async def show_suppression(row_id: Id, whole: Whole = False, as_json: AsJson = False) -> None:
    """Show a suppression and its person, masked. Each look is audited."""
    policy = load_policy(settings().policy)
    async with open_contacts(settings()) as store, acting() as by:
        found = await read_suppression(by, store, policy, row_id, private=None, whole=whole)
    row = known(found, f"suppression {row_id}")
    if as_json:
        print_json(row)
        return
    print_facts(row, fields(*(name for name in row if row[name] is not None and name not in _MASKING)))


@suppressions.command("add")
async def add_suppression(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False)],
    channel: Annotated[
        str, typer.Option(parser=known_channel, metavar="CHANNEL", help="email, sms, whatsapp, push.")
    ],
    reason: Annotated[str, typer.Option(help="Why, for colleagues who find it.")] = "operator",
    until: Annotated[datetime | None, instant_option("When it ends; by default as in the policy.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Suppress a contact point on a channel: no message goes there, not even an emergency.

      hub suppressions add maria@example.co --channel email --reason "typing error"
    """
    tidy = written_as(address)
    if tidy is None and channel != "push":
        raise typer.BadParameter(f"{address!r} is neither an email address nor a telephone number")
    if until is not None and until <= datetime.now(UTC):
        raise typer.BadParameter("--until is over already")
    async with open_contacts(settings()) as store, acting() as by:
        await suppress(by, store, tidy or address, channel, reason=reason, until=until)
    print_done({"suppressed": 1}, f"nothing goes there by {channel} any more", as_json=as_json)


@suppressions.command("lift")
async def lift_suppression(named: Named, as_json: AsJson = False) -> None:
    """Lift the suppressions of an address on all channels, or one by its id. Safe to repeat."""
    async with open_contacts(settings()) as store, acting() as by:
        lifted = await lift(by, store, named)
    _report(lifted, as_json=as_json)


@opt_outs.command("list")
async def list_opt_outs(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List opt-outs, newest first."""
    async with open_contacts(settings()) as store:
        page = await store.opt_outs(after=None, limit=limit)
    print_list(page.items, _OPT_OUTS, page.next, as_json=as_json)


@opt_outs.command("lift")
async def lift_opt_out(named: Named, as_json: AsJson = False) -> None:
    """Lift an opt-out at the person's request. People can also write INICIAR themselves."""
    async with open_contacts(settings()) as store, acting() as by:
        lifted = await lifting.lift_opt_out(by, store, named)
    _report(lifted, as_json=as_json)


def _report(lifted: int, *, as_json: bool) -> None:
    print_done({"lifted": lifted}, f"{lifted} lifted" if lifted else _NOTHING, as_json=as_json)
