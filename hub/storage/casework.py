"""Cases and replies as the work of staff, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.catalog import CATALOG
from hub.model import HUB_SOURCE, Move, Person, PropertyScope, Purpose, type_of
from hub.model.casework import FILED, CaseKind, LastWord, ReplyState, ReplyView
from hub.model.ids import earliest
from hub.people.audience import Group
from hub.policy.clocks import ESCALATES
from hub.ports.cases import CaseFilter, ReplyFilter
from hub.storage import consents, people
from hub.storage.database import Store, load, read, storable
from hub.storage.filters import listed
from hub.storage.paging import Cursor

THREAD: Final = load("casework")["thread"]
_SQL = {name: text.replace("<thread>", THREAD) for name, text in load("casework").items()}
SLEEPS: Final = _SQL["sleeps"].format(own=HUB_SOURCE)
"""The condition that a case sleeps, of its row `sleep` in case_snooze."""
ASLEEP: Final = _SQL["asleep"].replace("{sleeps}", SLEEPS)
"""The condition that a case, `{of}.case_key`, sleeps: out of the views, and nothing has woken it."""
KINDS: Final = f"case_key ~ '^({'|'.join(kind.replace('.', '[.]') for kind in CaseKind)}):'"
"""As the indexes have it, or they are not used."""
ESCALATED: Final = sorted({type_of(name) for name in ESCALATES.values()})
"""Events of the hub's own that name other cases' values under the key of a PQRS."""
ANSWERS: Final = sorted(
    kind.type
    for kind in CATALOG
    if kind.name == FILED
    or any(move.clock == "first_reply" and move.move is Move.STOP for move in kind.clocks)
)
"""Events by which staff answers a reply, or by which it is answered in another case."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final[Cursor] = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
_RUNNING: Final = "clock.ended_at IS NULL AND jsonb_typeof(promise -> 'follow_up') IS DISTINCT FROM 'object'"
_OPEN: Final = f"SELECT DISTINCT case_key FROM clock WHERE {_RUNNING} AND {KINDS}"  # noqa: S608 - of constants
_ENDED: Final = (
    f"NOT EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key AND {_RUNNING} OFFSET 0)"  # noqa: S608
    " AND EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key OFFSET 0)"
)
_IS_OPEN: Final = f"EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key AND {_RUNNING} OFFSET 0)"
_HELD: Final = "SELECT case_key FROM case_task WHERE assignee = ${}"


class PostgresCasework(Store):
    """Cases and replies, and the staff who have them."""

    async def case_mark(self, case: str) -> object:
        """Return a value that differs once anything of the case has changed."""
        [row] = await self.rows(_SQL["case_mark"], storable(case))
        return tuple(row)

    async def assignee(self, case: str) -> str | None:
        """Return the assignee of the case."""
        rows = await self.rows(_SQL["assignee"], storable(case))
        return rows[0]["assignee"] if rows else None

    async def assign_case(self, case: str, assignee: str | None, *, by: str) -> None:
        """Give the case to somebody; None: `by` releases it, unless another has it by then."""
        if assignee is None:
            await self.rows(_SQL["release_case"], storable(case), storable(by))
        else:
            await self.rows(_SQL["assign_case"], storable(case), storable(assignee), storable(by))

    async def take_case(self, case: str, who: str, *, held_by: str | None) -> str:
        """Give the case to somebody unless another than `held_by` has it; return who has it then."""
        if await self.rows(_SQL["take_case"], storable(case), storable(who), storable(held_by)):
            return who
        # Released since: then it can be taken.
        return await self.assignee(case) or await self.take_case(case, who, held_by=held_by)

    async def joined(self, case: str) -> Mapping[str, bool]:
        """Return the cases that go on in the thread of this one → whether it was open when it was joined."""
        rows = await self.rows(_SQL["joined"], storable(case))
        return {row["case_key"]: row["was_open"] for row in rows}

    async def started_by(self, event_key: UUID | None) -> str | None:
        """Return the type of an event."""
        rows = await self.rows(_SQL["started_by"], event_key)
        return rows[0]["type"] if rows else None

    async def read_reply(self, reply_id: UUID, *, by: str) -> None:
        """Store that somebody has read a reply; the first one counts."""
        await self.rows(_SQL["read_reply"], reply_id, storable(by))

    async def assign_reply(
        self, reply_id: UUID, assignee: str | None, *, by: str, held_by: str | None = None
    ) -> str | None:
        """Give a reply to somebody, None: to nobody, as `take_case` does; return who has it then."""
        given = [storable(who) for who in (assignee, by, held_by)]
        if await self.rows(_SQL["assign_reply"], reply_id, *given):
            return assignee
        rows = await self.rows(_SQL["reply_assignee"], reply_id)
        return rows[0]["assignee"] if rows else None

    async def settle_reply(self, reply_id: UUID, state: ReplyState, *, by: str) -> None:
        """Say that a reply is answered or needs no answer; `open` takes that back."""
        said = None if state is ReplyState.OPEN else str(state)
        await self.rows(_SQL["settle_reply"], reply_id, said, storable(by))

    async def settle_thread(self, case: str, *, by: str, kinds: Collection[str]) -> int:
        """Say that all open replies of these kinds are answered in this case; return how many."""
        threads = [storable(case), storable(case.partition(":")[2])]
        return len(await self.rows(_SQL["settle_thread"], threads, storable(by), sorted(kinds)))


def newest_of(asked: CaseFilter, values: list[object], more: Iterable[str] = ()) -> str:
    """
    Return the query of the newest event of each case; append its parameters to `values`.

    `values` begins with the four that each such query has: cursor, limit, places, ESCALATED. `more` are
    conditions of `event`.
    """
    conditions = " AND ".join([*_conditions(asked, values), *more]) or "true"
    if asked.assignee is not None:
        values.append(storable(asked.assignee))
        return _SQL["newest_of"].format(named=_HELD.format(len(values)), narrowed=conditions)
    if asked.is_open:
        return _SQL["newest_of"].format(named=_OPEN, narrowed=conditions)
    return _SQL["newest"].format(kinds=f"event.{KINDS}", narrowed=conditions)


def _conditions(asked: CaseFilter, values: list[object]) -> Iterable[str]:
    if asked.kind is not None:
        values.append(f"{asked.kind}:")
        yield f"starts_with(event.case_key, ${len(values)})"
    if asked.since is not None:
        values.append(earliest(max(asked.since, _EPOCH)))
        yield f"event.key >= ${len(values)}"
    if asked.until is not None:
        values.append(earliest(max(asked.until, _EPOCH)))
        yield f"event.key < ${len(values)}"
    if asked.is_open is False:
        yield _ENDED
    if asked.is_open and asked.assignee is not None:
        yield _IS_OPEN


_VIEWS: Final[Mapping[ReplyView, str]] = {
    ReplyView.OPEN: "state = 'open' AND kind = 'reply'",
    ReplyView.UNREAD: "read_at IS NULL AND state = 'open' AND kind = 'reply'",
    ReplyView.UNASSIGNED: "assignee IS NULL AND state = 'open' AND kind = 'reply'",
    ReplyView.MINE: "assignee = ${} AND state = 'open'",
    ReplyView.ANSWERED: "state = 'answered'",
    ReplyView.CLOSED: "state = 'closed'",
    ReplyView.EMERGENCY: "emergency AND state = 'open' AND received_at > now() - interval '7 days'",
}


def reply_conditions(asked: ReplyFilter, first_free: int) -> tuple[str, list[object]]:
    """Make the conditions of a filter of replies; `first_free` is the first parameter number that is free."""
    given = {name: value for name in _COLUMNS if (value := getattr(asked, name)) is not None}
    given |= {ReplyView.MINE: asked.who} if asked.view is ReplyView.MINE else {}
    known = {**_COLUMNS, ReplyView.MINE: _VIEWS[ReplyView.MINE]}
    found = [known[name].format(number) for number, name in enumerate(given, start=first_free)]
    found += [_VIEWS[asked.view]] if asked.view not in {None, ReplyView.MINE} else []
    values = [storable(value) if isinstance(value, str) else value for value in given.values()]
    return " AND ".join(found) or "true", values


_COLUMNS: Final = {
    "kind": "kind = ${}",
    "channel": "channel = ${}",
    "since": "received_at >= ${}",
    "until": "received_at < ${}",
}


class PostgresConversations(Store):
    """The last words of a person, and what is known of them, for who answers."""

    async def last_words(
        self, case: str, places: PropertyScope = None, *, alone: bool = False
    ) -> Sequence[LastWord]:
        """Return the last thing that somebody wrote in a case by each channel; `alone` as in KnownCase."""
        threads = [storable(case), storable(case.partition(":")[2])]
        rows = await self.rows(_SQL["last_words"], threads, listed(places), alone)
        return [read(LastWord, row) for row in rows]

    async def whatsapp_at(self, addresses: Sequence[str], person: str | None) -> datetime | None:
        """Return when these numbers, or this person's, last wrote by WhatsApp; None: not of late."""
        [row] = await self.rows(_SQL["whatsapp_at"], list(addresses), storable(person))
        at: datetime | None = row["at"]
        return at

    async def person(self, ref: str) -> Person | None:
        """Return somebody of the directory with what decides whether they may be answered."""
        group = Group(person=storable(ref))
        found = await consents.with_facts(
            self, Purpose.TRANSACTIONAL, (await people.look_up(self, [group]))[group]
        )
        return found[0] if found else None
