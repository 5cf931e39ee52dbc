"""Cases that are taken apart and joined, on a real database, with what intake makes of the events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from hub.desk.cases import splits
from hub.doors.operator import Operator
from hub.errors import NotOffered
from hub.inbound.replies import event_of, read
from hub.model import Event, Reply
from hub.operations.cases.entries import entries_of
from hub.operations.cases.schemas import ThreadEntry, ThreadKind
from hub.storage import Database, PostgresReplies
from hub.testing import MemoryPublisher
from tests.integration.test_evidence import Office
from tests.operators import operator
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, SCHEMAS, email, event, home, member, somebody

CASE: Final = "pqrs_id:pqrs-1"
MINUTE: Final = timedelta(minutes=1)
MAIL: Final = "maria@lives.example"


class Desk:
    """An operator of an office in which two people live."""

    def __init__(self, opened: Database) -> None:
        self.office = Office(opened)
        self.by: Operator = operator(opened, "account:ana", now=self.office.clock)

    async def petition(self, number: int, person: str = "p-maria", **more: Any) -> None:
        data = {
            "pqrs_id": f"pqrs-{number}",
            "radicado": f"PQ-{number}",
            "copropiedad_id": PLACE,
            "unit_id": "102",
            "petitioner": {"ref": person},
        }
        at = self.office.clock()
        await self.take_in(event("pqrs.received", {**data, **more}, at=at, id=f"received-{number}"))

    async def take_in(self, *events: Event) -> None:
        for one in events:
            SCHEMAS.check(one, now=self.office.clock())
        await self.office.take_in(*events)
        await self.office.deliver()
        self.office.clock.advance(MINUTE)

    async def acted(self) -> list[Event]:
        """Let intake take in what the operator's acts have published; return that."""
        assert isinstance(self.by.stores.publisher, MemoryPublisher)
        events = list(self.by.stores.publisher.events)
        self.by.stores.publisher.events.clear()
        await self.take_in(*events)
        return events

    async def writes(self, case: str, text: str) -> UUID:
        """Let the person answer the first mail of a case."""
        [first] = await self.by.db.rows(
            "SELECT message.id FROM message JOIN event ON event.key = message.event_key "
            "WHERE event.case_key = $1 AND channel = 'email' ORDER BY message.created_at LIMIT 1",
            case,
        )
        replies, now = PostgresReplies(self.by.db), self.office.clock()
        reply = Reply(
            channel="email",
            provider="mail",
            reference=text,
            address=MAIL,
            text=text,
            message_id=first["id"],
            at=now,
        )
        inbound = await replies.add(read(reply, await replies.about(reply), now=now))
        await self.take_in(event_of(inbound))
        return inbound.id

    async def thread(self, case: str, *, notes: bool = True) -> list[ThreadEntry]:
        [known] = await self.by.stores.cases.known([case])
        facts = await self.by.stores.cases.page(known, after=None, limit=100, whole=True, notes=notes)
        return entries_of(facts, whole=True)

    async def promises(self, case: str) -> set[tuple[str, str, bool]]:
        """Return name, state, and whether it runs."""
        rows = await self.by.db.rows("SELECT name, state, ended_at FROM clock WHERE case_key = $1", case)
        return {(row["name"], row["state"], row["ended_at"] is None) for row in rows}


@pytest.fixture
async def desk(opened: Database) -> Desk:
    desk = Desk(opened)
    await desk.office.take_in(*town(), home("102", copropiedad=PLACE))
    await desk.office.take_in(
        somebody("p-maria", email(MAIL)),
        member("p-maria", "unit:102", "owner"),
        somebody("p-luis", email("luis@lives.example")),
        member("p-luis", "unit:102", "resident"),
    )
    return desk


async def test_reply_about_another_matter_is_a_case_and_its_promise_counts_from_when_it_came(
    desk: Desk,
) -> None:
    await desk.petition(1)
    await desk.take_in(
        event("pqrs.replied", {"pqrs_id": "pqrs-1", "radicado": "PQ-1"}, at=MONDAY + 2 * MINUTE)
    )
    came = desk.office.clock()
    reply = await desk.writes(CASE, "Además se dañó el ascensor.")
    done = await splits.split_reply(desk.by, CASE, reply)
    again = await splits.split_reply(desk.by, CASE, reply)
    await desk.acted()
    apart = await desk.thread(done.apart)
    [clock] = await desk.by.db.rows("SELECT name, started_at FROM clock WHERE case_key = $1", done.apart)
    left = await desk.thread(CASE)
    sent = await desk.by.db.rows(
        "SELECT person FROM message JOIN event ON event.key = message.event_key WHERE event.case_key = $1",
        done.apart,
    )

    assert done == again
    assert ["Además se dañó el ascensor."] == [one.reply.text for one in apart if one.reply is not None]
    assert ("first_reply", came) == (clock["name"], clock["started_at"])
    assert {("first_reply", "met", False), ("legal_term", "open", True)} == await desk.promises(CASE)
    assert ThreadKind.SPLIT in [one.kind for one in left]
    assert {done.apart} == {one.reply.thread for one in left if one.reply is not None}
    assert "p-maria" not in {row["person"] for row in sent}


async def test_reply_that_opened_its_conversation_is_taken_apart_from_nothing(desk: Desk) -> None:
    await desk.take_in(
        event("admin.assembly.convened", {"copropiedad_id": PLACE, "assembly_id": "a-1"}, at=MONDAY)
    )
    reply = await desk.writes("assembly_id:a-1", "¿Puedo ir con mi hijo?")
    [row] = await desk.by.db.rows("SELECT thread FROM reply")
    with pytest.raises(NotOffered, match="has opened the case"):
        await splits.split_reply(desk.by, f"thread_id:{row['thread']}", reply)
    with pytest.raises(NotOffered, match="wrote in this case"):
        await splits.split_reply(desk.by, "assembly_id:a-1", reply)
