"""Cases that are taken apart and joined, on a real database, with what intake makes of the events."""

from asyncio import gather
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from hub.desk.cases import acts, answering, merges, queries, splits
from hub.desk.cases.rows import AnswerBody, CloseBody, OtherCaseBody, ReplyBody, TakeBody
from hub.desk.matters.queries import counts, matters
from hub.desk.matters.rows import MattersQuery, MatterView
from hub.doors.operator import Operator
from hub.errors import AnswerDue, NotOffered
from hub.inbound.replies import event_of, read
from hub.model import Event, Reply
from hub.operations.cases.entries import entries_of
from hub.operations.cases.schemas import ThreadEntry, ThreadKind
from hub.storage import Database, PostgresReplies, PostgresResidents
from hub.testing import MemoryPublisher
from tests.contract.values import now
from tests.integration.test_evidence import Office
from tests.operators import operator
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, SCHEMAS, email, event, home, member, somebody

CASE: Final = "pqrs_id:pqrs-1"
MINUTE: Final = timedelta(minutes=1)
MAIL: Final = "ines@lives.example"


class Desk:
    """An operator of an office in which two people live."""

    def __init__(self, opened: Database) -> None:
        self.office = Office(opened)
        self.by: Operator = operator(opened, "account:ana", now=self.office.clock)

    async def petition(self, number: int, person: str = "p-ines", **more: Any) -> None:
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
            "WHERE event.case_key = $1 AND channel = 'email' AND person = 'p-ines' LIMIT 1",
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

    async def reads(self, case: str, person: str = "p-ines") -> list[str]:
        """Return what stands on the person's own page of a matter."""
        return [one.words for one in (await PostgresResidents(self.by.db).talk(person, case)).said]

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
        somebody("p-ines", email(MAIL)),
        member("p-ines", "unit:102", "owner"),
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
    assert "p-ines" not in {row["person"] for row in sent}


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


SECOND: Final = "pqrs_id:pqrs-2"
OTHER: Final = OtherCaseBody(other="PQ-2")


async def test_two_petitions_are_one_thread_and_one_answer_ends_the_terms_of_both(desk: Desk) -> None:
    """Ley 1755 de 2015, arts. 13 and 14: each petition has its own answer, within its own term."""
    await desk.petition(1)
    await desk.petition(2)
    await merges.merge_cases(desk.by, CASE, OTHER)
    await merges.merge_cases(desk.by, CASE, OTHER)
    running = {name for name, _, runs in await desk.promises(SECOND) if runs}
    both = await desk.thread(CASE)
    listed = await matters(desk.by.db, MattersQuery(), who=desk.by.who, places=None, now=desk.by.now)
    counted = await counts(desk.by.db, who=desk.by.who, places=None, now=desk.by.now)
    [known] = await desk.by.stores.cases.known([SECOND])
    await answering.reply_to_case(desk.by, CASE, ReplyBody(words="Ya vamos."))
    first = await desk.acted()
    told = await desk.by.db.rows("SELECT DISTINCT event_id FROM message WHERE event = 'pqrs.replied'")
    with pytest.raises(AnswerDue):
        await acts.close_case(desk.by, CASE, CloseBody(words="Ya.", form="c"))
    await acts.respond_to_case(desk.by, CASE, AnswerBody(words="El sello se cambió."))
    answered = await desk.acted()
    letters = await desk.by.db.rows("SELECT event_id FROM message WHERE event = 'pqrs.responded'")
    read = [await desk.reads(case, person) for case in (CASE, SECOND) for person in ("p-ines", "p-luis")]

    assert {"first_reply", "legal_term"} == running
    assert {"PQ-1", "PQ-2"} <= {word for one in both for word in ("PQ-1", "PQ-2") if word in one.sentence}
    assert [1] == [[one.kind for one in both].count(ThreadKind.MERGED)]
    assert CASE == known.into
    assert ([CASE], 1) == ([row.case for row in listed.items], counted.open)
    assert {("pqrs.replied", "PQ-1"), ("pqrs.replied", "PQ-2")} == names(first)
    assert 1 == len(told)
    assert {("pqrs.responded", "PQ-1"), ("pqrs.responded", "PQ-2")} == names(answered)
    assert {one.id for one in answered} == {row["event_id"] for row in letters}
    # On the page of each of her matters she reads what was said to both; nobody else does.
    assert [["Ya vamos.", "El sello se cambió."], []] * 2 == read
    assert {"met"} == {
        state for case in (CASE, "pqrs_id:pqrs-2") for _, state, _ in await desk.promises(case)
    }


def names(events: list[Event]) -> set[tuple[str, str]]:
    return {(one.name, one.data["radicado"]) for one in events}


async def in_view(desk: Desk, view: MatterView) -> list[str]:
    asked = MattersQuery(view=view)
    found = await matters(desk.by.db, asked, who=desk.by.who, places=None, now=desk.by.now)
    return [row.case for row in found.items]


async def test_joined_cases_are_held_and_sleep_together_until_their_person_writes(desk: Desk) -> None:
    """The row of the one that is due first stands for both, whichever of them was taken on."""
    await desk.petition(1)
    await desk.take_in(
        event("pqrs.replied", {"pqrs_id": "pqrs-1", "radicado": "PQ-1"}, at=MONDAY + 2 * MINUTE)
    )
    await desk.petition(2)
    await acts.take_case(desk.by, CASE, TakeBody())
    await merges.merge_cases(desk.by, CASE, OTHER)
    held = [await in_view(desk, view) for view in (MatterView.MINE, MatterView.UNOWNED)]
    await acts.release_case(desk.by, CASE)
    released = [await in_view(desk, view) for view in (MatterView.MINE, MatterView.UNOWNED)]
    since = now()
    await queries.snooze(desk.by.db, CASE, since + timedelta(days=1), by="ana", at=since)
    asleep = [await in_view(desk, view) for view in (MatterView.OPEN, MatterView.ASLEEP)]
    await desk.writes(SECOND, "¿Qué pasó?")
    awake = await in_view(desk, MatterView.OPEN)

    assert [[SECOND], []] == held
    assert [[], [SECOND]] == released
    assert [[], [SECOND]] == asleep
    assert [SECOND] == awake


async def test_two_merges_that_cross_put_one_case_into_the_other(opened: Database) -> None:
    for number in range(8):
        one, other = f"pqrs_id:a-{number}", f"pqrs_id:b-{number}"
        done = await gather(
            queries.merge(opened, one, other, by="ana", was_open=True),
            queries.merge(opened, other, one, by="luz", was_open=True),
        )

        assert [False, True] == sorted(done)


async def test_joined_cases_are_separated_and_each_has_its_thread_again(desk: Desk) -> None:
    await desk.petition(1)
    await desk.petition(2)
    before = await desk.thread(CASE)
    await merges.merge_cases(desk.by, CASE, OTHER)
    await merges.separate_cases(desk.by, CASE, OTHER)
    after = await desk.thread(CASE, notes=False)
    [known] = await desk.by.stores.cases.known([SECOND])
    await acts.respond_to_case(desk.by, CASE, AnswerBody(words="El sello se cambió."))

    assert [one.sentence for one in before] == [one.sentence for one in after]
    assert known.into is None
    assert {("pqrs.responded", "PQ-1")} == names(await desk.acted())


async def test_cases_of_other_people_or_places_and_answered_ones_are_not_joined(desk: Desk) -> None:
    """Ley 1581 de 2012, art. 4 (f); Ley 1755 de 2015, art. 14."""
    await desk.petition(1)
    await desk.petition(2, "p-luis")
    with pytest.raises(NotOffered, match="same people"):
        await merges.merge_cases(desk.by, CASE, OTHER)
    await desk.petition(3, copropiedad_id="ph-2", unit_id=None)
    with pytest.raises(NotOffered, match="different copropiedades"):
        await merges.merge_cases(desk.by, CASE, OtherCaseBody(other="PQ-3"))
    await desk.petition(4)
    await acts.respond_to_case(desk.by, "PQ-4", AnswerBody(words="Ya."))
    await desk.acted()
    with pytest.raises(NotOffered, match="final answer"):
        await merges.merge_cases(desk.by, CASE, OtherCaseBody(other="PQ-4"))
    with pytest.raises(NotOffered, match="goes on in another one"):
        await merges.merge_cases(desk.by, CASE, OtherCaseBody(other="PQ-1"))
    assert [] == await desk.by.db.rows("SELECT case_key FROM case_merge")


async def test_what_was_taken_apart_is_joined_again_and_an_answer_ends_its_promise(desk: Desk) -> None:
    await desk.petition(1)
    reply = await desk.writes(CASE, "Y el ascensor.")
    apart = (await splits.split_reply(desk.by, CASE, reply)).apart
    await desk.acted()
    await merges.merge_cases(desk.by, CASE, OtherCaseBody(other=apart))
    await answering.reply_to_case(desk.by, CASE, ReplyBody(words="Los dos se arreglan."))
    await desk.acted()
    written = await desk.by.db.rows(
        "SELECT event.type FROM message JOIN event ON event.key = message.event_key "
        "WHERE person = 'p-ines' AND event.time >= $1",
        desk.office.clock() - MINUTE,
    )

    assert {("first_reply", "met", False)} == await desk.promises(apart)
    assert ["Y el ascensor.", "Los dos se arreglan."] == await desk.reads(apart) == await desk.reads(CASE)
    assert {"co.coproservicios.pqrs.replied.v1"} == {row["type"] for row in written}
