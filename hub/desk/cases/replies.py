"""Replies as work of staff: listed and read, given to somebody, settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, structs

from hub.access.sight import Field
from hub.business_time.dates import day_start, next_day_start
from hub.desk.cases.known import held_by_another
from hub.desk.cases.rows import AssignBody, RepliesQuery, ReplyTask, SettleReplyBody
from hub.doors.operator import Operator, found
from hub.errors import UnknownAccount
from hub.model import NOWHERE, Account, ReplyKind, Scope, reach_of, within
from hub.model.actors import ACCOUNT, canonical, of_account
from hub.model.casework import ReplyState
from hub.model.pages import Rows
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.operations.cases.acts import replied
from hub.ports.cases import ReplyFilter

REPLY: Final = "reply"
Id = Annotated[UUID, Meta(description="The id of the reply.")]


async def list_replies(by: Operator, query: RepliesQuery) -> Rows[ReplyRow]:
    """List replies, newest first, without their text."""
    asked = ReplyFilter(
        kind=query.kind,
        view=query.view,
        who=by.who,
        channel=query.channel,
        since=None if query.since is None else day_start(query.since),
        until=None if query.until is None else next_day_start(query.until),
        places=within(by.places, query.copropiedad),
    )
    return await by.stores.contacts.replies(asked, after=query.after, limit=query.limit, plain=by.sight.names)


async def show_reply(by: Operator, reply_id: Id) -> ReplyWhole:
    """Show a reply with its text, to whoever must answer it or has `privacy` there."""
    return found(REPLY, await read_reply(by, reply_id))


async def assign_reply(by: Operator, reply_id: Id, body: AssignBody) -> ReplyTask:
    """Give a reply to an account, to the caller, or to nobody, if nobody else has it; safe to repeat."""
    reply = found(REPLY, await by.stores.contacts.reply(reply_id, by.places))
    given = await _given(by, reply, body)
    if reply.assignee not in (None, given, body.held_by):
        raise await held_by_another(by, reply.assignee or "")
    await by.audit("reply.assign", f"reply:{reply_id}", to=given)
    held = await by.stores.casework.assign_reply(reply_id, given, by=by.who, held_by=reply.assignee)
    if held != given:
        raise await held_by_another(by, held or "")
    return ReplyTask(id=reply_id, state=reply.state, assignee=given)


async def close_reply(by: Operator, reply_id: Id, body: SettleReplyBody) -> ReplyTask:
    """Say that a reply is answered or needs no answer; safe to repeat."""
    reply = found(REPLY, await by.stores.contacts.reply(reply_id, by.places))
    await by.audit("reply.settle", f"reply:{reply_id}", state=body.state)
    # The promise to answer it ends with that; `open` again begins none anew.
    if body.state is not ReplyState.OPEN and reply.kind is ReplyKind.REPLY:
        await by.stores.publisher.event(replied(reply, body.state, who=by.who, now=by.now))
    await by.stores.casework.settle_reply(reply_id, body.state, by=by.who)
    return ReplyTask(id=reply_id, state=body.state, assignee=reply.assignee)


async def read_reply(by: Operator, reply_id: UUID) -> ReplyWhole | None:
    """Return a reply with name and text, where its words are seen; staff has read it then. It is audited."""
    there = by.sight.where(Field.WORDS)
    reply = await by.stores.contacts.reply(reply_id, there, plain=_as_named)
    if reply is None:
        return None
    await by.audit("reply.show", f"reply:{reply_id}", person=reply.person)
    await by.stores.casework.read_reply(reply_id, by=by.by)
    return reply


async def look_at_reply(by: Operator, reply_id: UUID) -> ReplyWhole | None:
    """Return a reply without its words, for a caller who may not read them; the look is audited."""
    reply = await by.stores.contacts.reply(reply_id, by.places)
    if reply is None:
        return None
    await by.audit("reply.show", f"reply:{reply_id}", person=reply.person, words=False)
    return structs.replace(reply, text="", subject="", files=[])


def _as_named(_: str | None) -> bool:
    """A reply that is opened with its words is opened with its name."""
    return True


async def colleagues_at(by: Operator, place: str | None) -> Sequence[Account]:
    """Return the accounts that may operate at this place, by name; None is the whole company."""
    return [account for account in await by.stores.accounts.accounts() if _reaches(account, place)]


async def _given(by: Operator, reply: ReplyWhole, body: AssignBody) -> str | None:
    """Return who gets a reply, by reference: None for nobody. Raises UnknownAccount."""
    if body.nobody or body.account in {None, by.who}:
        return None if body.nobody else by.who
    account = await by.stores.accounts.named(canonical((body.account or "").removeprefix(ACCOUNT)))
    if account is None or not _reaches(account, reply.copropiedad):
        raise UnknownAccount
    return of_account(account.name)


def _reaches(account: Account, place: str | None) -> bool:
    if account.disabled_at is not None:
        return False
    places = reach_of(account.grants).get(Scope.OPERATE, NOWHERE)
    return places is None or (place is not None and place in places)
