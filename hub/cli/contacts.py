"""`hub replies`, `hub suppressions`, `hub opt-outs`: what people wrote, and where the hub sends nothing."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

import typer

from hub.app import container as hub_app
from hub.cli.audit import note
from hub.cli.common import (
    AsJson,
    Limit,
    Whole,
    as_instant,
    cell,
    print_items,
    print_json,
    print_table,
    print_whole,
    settings,
    title,
    to_uuid,
    wait,
)
from hub.cli.names import known_channel
from hub.errors import HubError
from hub.model import ReplyKind
from hub.operations.suppressions import read_suppressions
from hub.people.audience import written_as
from hub.policy import load_policy
from hub.ports import ContactStore, Page

T = TypeVar("T")

replies = typer.Typer(no_args_is_help=True, help="Replies of people: list, show.")
suppressions = typer.Typer(no_args_is_help=True, help="Suppressed contact points: list, add, lift.")
opt_outs = typer.Typer(
    no_args_is_help=True, help="Opt-outs from commercial messages and surveys: list, lift."
)

Named = Annotated[str, typer.Argument(metavar="ADDRESS|ID", show_default=False)]
_NOTHING: Final = "nothing to lift: no such address or id, or it was lifted before; `list` shows the ids"


@replies.command("list")
def list_replies(
    kind: Annotated[ReplyKind | None, typer.Option(help="Only those.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List replies, newest first, without their text."""
    page = _query(lambda store: store.replies(kind=kind, after=None, limit=limit))
    _print(page, ("received_at", "kind", "channel", "address", "person", "case", "id"), as_json=as_json)


@replies.command("show")
def show_reply(reply_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Show a reply with its text."""
    asked = to_uuid(reply_id)
    reply = _query(lambda store: store.reply(asked))
    if reply is None:
        raise HubError(f"there is no reply {asked}")
    wait(note("reply.show", f"reply:{asked}", person=reply["person"]))
    if as_json:
        print_json(reply)
        return
    print_whole({name: value for name, value in reply.items() if name != "text"}, reply["text"])


@suppressions.command("list")
def list_suppressions(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List suppressions, newest first, with their reason and expiry."""
    policy = load_policy(settings().policy)
    page = _query(lambda store: read_suppressions(store, policy, limit=limit))
    columns = ("since", "address", "channel", "reason", "expires_at", "lifted_at", "id")
    _print(page, columns, as_json=as_json)


@suppressions.command("show")
def show_suppression(
    row_id: Annotated[str, typer.Argument(metavar="ID")], whole: Whole = False, as_json: AsJson = False
) -> None:
    """Show a suppression and its person, masked. Each look is audited."""
    asked = to_uuid(row_id)
    row = _query(lambda store: store.suppression(asked, whole=whole))
    if row is None:
        raise HubError(f"there is no suppression {asked}")
    wait(note("suppression.show", f"suppression:{asked}", person=row["person"], whole=whole))
    if as_json:
        print_json({**row, "masked": not whole, "may_unmask": True})
        return
    print_table(("", ""), [(title(name), cell(row, name)) for name in row if row[name] is not None])


@suppressions.command("add")
def add_suppression(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False)],
    channel: Annotated[
        str, typer.Option(parser=known_channel, metavar="CHANNEL", help="email, sms, whatsapp, push.")
    ],
    reason: Annotated[str, typer.Option(help="Why, for colleagues who find it.")] = "operator",
    until: Annotated[
        datetime | None,
        typer.Option(parser=as_instant, metavar="TIME", help="When it ends; by default as the policy says."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Suppress a contact point on a channel: no message goes there, not even an emergency.

      hub suppressions add maria@example.co --channel email --reason "typing error"
    """
    tidy, by = written_as(address), getpass.getuser()
    if tidy is None and channel != "push":
        raise typer.BadParameter(f"{address!r} is neither an email address nor a telephone number")
    if until is not None and until <= datetime.now(UTC):
        raise typer.BadParameter("--until is over already")
    _query(lambda store: store.suppress_address(tidy or address, channel, reason=reason, until=until, by=by))
    wait(note("suppression.add", f"channel:{channel}"))
    _report({"suppressed": 1}, f"nothing goes there by {channel} any more", as_json=as_json)


@suppressions.command("lift")
def lift_suppression(named: Named, as_json: AsJson = False) -> None:
    """Lift the suppressions of an address on all channels, or one by its id. Safe to repeat."""
    _lift(
        lambda store, whom: store.lift_suppression(whom, by=getpass.getuser()),
        named,
        "suppression",
        as_json=as_json,
    )


@opt_outs.command("list")
def list_opt_outs(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List opt-outs, newest first."""
    page = _query(lambda store: store.opt_outs(after=None, limit=limit))
    columns = ("since", "address", "purpose", "person", "reason", "lifted_at", "id")
    _print(page, columns, as_json=as_json)


@opt_outs.command("lift")
def lift_opt_out(named: Named, as_json: AsJson = False) -> None:
    """Lift an opt-out at the person's request. People can also write INICIAR themselves."""
    _lift(
        lambda store, whom: store.lift_opt_out(whom, by=getpass.getuser()), named, "opt_out", as_json=as_json
    )


def _lift(
    lift: Callable[[ContactStore, str], Awaitable[int]], named: str, what: str, *, as_json: bool
) -> None:
    whom = written_as(named) or named
    lifted = _query(lambda store: lift(store, whom))
    wait(note(f"{what}.lift", what, lifted=lifted))
    _report({"lifted": lifted}, f"{lifted} lifted" if lifted else _NOTHING, as_json=as_json)


def _query(question: Callable[[ContactStore], Awaitable[T]]) -> T:
    return wait(_ask(question))


async def _ask(question: Callable[[ContactStore], Awaitable[T]]) -> T:
    async with hub_app.open_contacts(settings()) as store:
        return await question(store)


def _print(page: Page, columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        print_items(page.items, page.next)
        return
    titles = [title(column) for column in columns]
    print_table(titles, [[cell(row, column) for column in columns] for row in page.items])


def _report(shown: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
    else:
        typer.echo(sentence)
