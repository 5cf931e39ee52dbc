"""Replies as work of staff: each is given to somebody, answered, settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct, structs

from hub.access import audit
from hub.access.actor import Actor
from hub.access.sight import EVERY_SIGHT, Field, Sight
from hub.errors import UnknownAccount
from hub.model import (
    NOWHERE,
    THREAD,
    Account,
    Event,
    Json,
    PropertyScope,
    ReplyKind,
    Scope,
    own_event,
    reach_of,
)
from hub.model.actors import ACCOUNT, canonical, of_account
from hub.model.casework import ReplyState
from hub.model.reply_rows import ReplyWhole
from hub.operations.cases.acts import CaseActs
from hub.ports import AccountStore, AuditStore
from hub.storage import PostgresCasework, PostgresContacts

REPLIED: Final = "support.replied"
NONE_NEEDED: Final = "none"
"""The channel of an answer that was not needed: the promise ends as well."""


class ReplyTask(Struct, kw_only=True, frozen=True):
    """A reply after an act: its state, and its assignee."""

    id: UUID
    state: ReplyState
    assignee: str | None


async def read_reply(
    by: Actor,
    contacts: PostgresContacts,
    work: PostgresCasework,
    reply_id: UUID,
    *,
    sight: Sight = EVERY_SIGHT,
) -> ReplyWhole | None:
    """Return a reply with name and text, where its words are seen; staff has read it then. It is audited."""
    reply = await contacts.reply(reply_id, sight.where(Field.WORDS), plain=_as_named)
    if reply is None:
        return None
    await by.note("reply.show", f"reply:{reply_id}", person=reply.person)
    await work.read_reply(reply_id, by=by.by)
    return reply


async def look_at_reply(by: Actor, contacts: PostgresContacts, reply_id: UUID) -> ReplyWhole | None:
    """Return a reply without its words, for a caller who may not read them; the look is audited."""
    reply = await contacts.reply(reply_id, by.places)
    if reply is None:
        return None
    await by.note("reply.show", f"reply:{reply_id}", person=reply.person, words=False)
    return structs.replace(reply, text="", subject="", files=[])


def _as_named(_: str | None) -> bool:
    """A reply that is opened with its words is opened with its name."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyActs:
    """
    Changes replies that `places` include; None for any other. Raises BrokerUnavailable.

    `who` acts: an account, or a key.
    """

    contacts: PostgresContacts
    work: PostgresCasework
    accounts: AccountStore
    notes: AuditStore
    acts: CaseActs

    async def assign(
        self, reply_id: UUID, assignee: str | None, *, who: str, places: PropertyScope
    ) -> ReplyTask | None:
        """Give a reply to an account by its name, to `who`, or with None to nobody. Raises UnknownAccount."""
        reply = await self.contacts.reply(reply_id, places)
        if reply is None:
            return None
        given = assignee if assignee in {None, who} else await self._account(assignee or "", reply)
        await audit.note(self.notes, who=who, action="reply.assign", subject=f"reply:{reply_id}", to=given)
        await self.work.assign_reply(reply_id, given, by=who)
        return ReplyTask(id=reply_id, state=reply.state, assignee=given)

    async def settle(
        self, reply_id: UUID, state: ReplyState, *, who: str, now: datetime, places: PropertyScope
    ) -> ReplyTask | None:
        """
        Say that a reply is answered or needs no answer; `open` takes that back.

        The promise to answer it ends with that, and does not begin anew.
        """
        reply = await self.contacts.reply(reply_id, places)
        if reply is None:
            return None
        await audit.note(self.notes, who=who, action="reply.settle", subject=f"reply:{reply_id}", state=state)
        if state is not ReplyState.OPEN and reply.kind is ReplyKind.REPLY:
            await self.acts.publisher.event(replied(reply, state, who=who, now=now))
        await self.work.settle_reply(reply_id, state, by=who)
        return ReplyTask(id=reply_id, state=state, assignee=reply.assignee)

    async def may_take(self, reply: ReplyWhole) -> Sequence[Account]:
        """Return the accounts that may operate where the reply belongs, by name."""
        return [account for account in await self.accounts.accounts() if reaches(account, reply.copropiedad)]

    async def _account(self, name: str, reply: ReplyWhole) -> str:
        account = await self.accounts.named(canonical(name.removeprefix(ACCOUNT)))
        if account is None or not reaches(account, reply.copropiedad):
            raise UnknownAccount
        return of_account(account.name)


def replied(reply: ReplyWhole, state: ReplyState, *, who: str, now: datetime) -> Event:
    """Make the event that ends the promise to the writer. A repeat is a duplicate."""
    data: dict[str, Json] = {THREAD: reply.thread, "agent_id": who, "replied_at": now.isoformat()}
    data |= {"channel": NONE_NEEDED} if state is ReplyState.CLOSED else {}
    data |= {"copropiedad_id": reply.copropiedad} if reply.copropiedad else {}
    return own_event(REPLIED, f"reply:{reply.id}:replied", data, time=now)


def reaches(account: Account, place: str | None) -> bool:
    """Return whether the account may operate at this place; None is the whole company."""
    if account.disabled_at is not None:
        return False
    places = reach_of(account.grants).get(Scope.OPERATE, NOWHERE)
    return places is None or (place is not None and place in places)
