"""Casework in PostgreSQL: the list of cases, and their assignees."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.desk.cases import queries
from hub.errors import StorageRefused
from hub.inbound.replies import read
from hub.model import ClockState, State, type_of
from hub.model.casework import CaseKind, ReplyState, ReplyView
from hub.model.pages import PageQuery
from hub.ports.cases import CaseFilter, ReplyFilter
from hub.rendering.titles_es import EVENTS
from hub.storage import migrations
from hub.storage.casework import KINDS
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, clock, copropiedad, event, mailed, message, now, stored

EVERYTHING = CaseFilter()


async def happen(
    stores: RealStores, case: str, *, hours: int, place: str = "ph-1", name: str = "pqrs.received"
) -> None:
    """Let something happen in a case, some hours after noon."""
    of = event(name, id=f"{case} {hours}", time=NOON + hours * HOUR, data={"radicado": f"R-{case[-1]}"})
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([copropiedad(place)])
        await transaction.add_events([stored(of, case=case, copropiedad_id=place)])


async def promise(
    stores: RealStores, case: str, *, ended: bool = False, state: ClockState = ClockState.OPEN
) -> None:
    made = clock(case, state=state, context={"copropiedad_id": "ph-1"}, ended_at=NOON if ended else None)
    await stores.save_clocks(made)


async def cases(stores: RealStores, asked: CaseFilter = EVERYTHING) -> list[str]:
    return [row.case for row in (await queries.cases(stores.database, asked)).items]


async def wrote(stores: RealStores, text: str = "¿Para cuándo?", *, emergency: bool = False) -> UUID:
    """Let somebody answer a message."""
    of = stored(event(id=str(uuid4()), time=now()), copropiedad_id="ph-1")
    purpose = {"purpose": "emergency"} if emergency else {}
    sent = message(of, state=State.SENT, created_at=now(), **purpose)
    await stores.add_events(of)
    await stores.add(sent)
    reply = mailed(text, at=now(), message_id=sent.id)
    return (await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))).id


async def replies(stores: RealStores, view: ReplyView | None = None, who: str = "") -> list[UUID]:
    page = await stores.contacts.replies(ReplyFilter(view=view, who=who), after=None, limit=9)
    return [row.id for row in page.items]


def test_kinds_are_those_of_the_indexes() -> None:
    rooms = sorted(Path(migrations.__file__).parent.glob("baseline/*.sql"))
    found = [kinds for room in rooms for kinds in re.findall(r"case_key ~ '[^']+'", room.read_text("utf-8"))]

    assert [KINDS, KINDS] == found
    assert all(kind.value.replace(".", "[.]") in KINDS for kind in CaseKind)


async def test_cases_come_in_the_order_of_what_happened_last(stores: RealStores) -> None:
    await happen(stores, "pqrs_id:1", hours=1)
    await happen(stores, "request_id:2", hours=2, name="maintenance.request.received")
    await happen(stores, "pqrs_id:1", hours=3, name="pqrs.replied")
    await happen(stores, "unit_id:9", hours=4, name="admin.payment.received")
    page = await queries.cases(stores.database, EVERYTHING, PageQuery(limit=1))
    rest = await queries.cases(stores.database, EVERYTHING, PageQuery(after=page.next, limit=1))
    [row] = page.items

    assert ("pqrs_id:1", "R-1", "PQRS recibida", EVENTS["pqrs.replied"], "Conjunto ph-1", "no_promises") == (
        *(row.case, row.number, row.title, row.last, row.copropiedad, row.state),
    )
    assert (["request_id:2"], None) == ([row.case for row in rest.items], rest.next)
    with pytest.raises(StorageRefused):
        await queries.cases(stores.database, EVERYTHING, PageQuery(after="nonsense"))


async def test_cases_are_selected(stores: RealStores) -> None:
    for number, place in enumerate(("ph-1", "ph-2", "ph-1"), start=1):
        await happen(stores, f"pqrs_id:{number}", hours=number, place=place)
    await happen(stores, "thread_id:4", hours=4, name="support.form.received")
    await promise(stores, "pqrs_id:1", state=ClockState.BREACHED)
    await promise(stores, "pqrs_id:3", ended=True, state=ClockState.MET)
    await stores.casework.assign_case("pqrs_id:3", "account:ana", by="account:luz")
    await stores.casework.assign_case("pqrs_id:1", "account:ana", by="account:ana")
    found = {
        "open": await cases(stores, CaseFilter(is_open=True)),
        "closed": await cases(stores, CaseFilter(is_open=False)),
        "kind": await cases(stores, CaseFilter(kind=CaseKind.CONVERSATION)),
        "place": await cases(stores, CaseFilter(places=frozenset({"ph-2"}))),
        "nowhere": await cases(stores, CaseFilter(places=frozenset())),
        "mine": await cases(stores, CaseFilter(assignee="account:ana")),
        "mine and open": await cases(stores, CaseFilter(assignee="account:ana", is_open=True)),
        "since": await cases(stores, CaseFilter(since=NOON + 2 * HOUR, until=NOON + 4 * HOUR)),
    }
    [row] = (await queries.cases(stores.database, CaseFilter(is_open=True))).items

    assert {
        "open": ["pqrs_id:1"],
        "closed": ["pqrs_id:3"],
        "kind": ["thread_id:4"],
        "place": ["pqrs_id:2"],
        "nowhere": [],
        "mine": ["pqrs_id:3", "pqrs_id:1"],
        "mine and open": ["pqrs_id:1"],
        "since": ["pqrs_id:3", "pqrs_id:2"],
    } == found
    assert ("open", 1, "account:ana") == (row.state, row.breached, row.assignee)


async def test_mark_of_a_case_differs_with_what_happens_in_it(stores: RealStores) -> None:
    marks = [await stores.casework.case_mark("pqrs_id:1")]
    await happen(stores, "pqrs_id:1", hours=1)
    marks.append(await stores.casework.case_mark("pqrs_id:1"))
    await promise(stores, "pqrs_id:1")
    marks.append(await stores.casework.case_mark("pqrs_id:1"))
    await stores.casework.assign_case("pqrs_id:1", "account:ana", by="account:ana")
    marks.append(await stores.casework.case_mark("pqrs_id:1"))
    await happen(stores, "pqrs_id:2", hours=1)

    assert len(set(map(str, marks))) == 4
    assert marks[-1] == await stores.casework.case_mark("pqrs_id:1")


async def test_case_is_given_to_one_at_a_time_and_taken_back(stores: RealStores) -> None:
    await stores.casework.assign_case("pqrs_id:1", "account:ana", by="account:ana")
    await stores.casework.assign_case("pqrs_id:1", "account:luz", by="account:luz")
    await stores.casework.assign_case("pqrs_id:1", None, by="account:ana")
    held = await stores.casework.assignee("pqrs_id:1")
    await stores.casework.assign_case("pqrs_id:1", None, by="account:luz")

    assert ("account:luz", None) == (held, await stores.casework.assignee("pqrs_id:1"))


async def test_replies_are_listed_by_what_staff_has_done(stores: RealStores) -> None:
    first, second = await wrote(stores), await wrote(stores, emergency=True)
    new = await replies(stores, ReplyView.UNREAD)
    await stores.casework.read_reply(first, by="account:ana")
    await stores.casework.assign_reply(first, "account:ana", by="account:ana")
    seen = {view: await replies(stores, view, "account:ana") for view in ReplyView}
    await stores.casework.settle_reply(first, ReplyState.ANSWERED, by="account:ana")
    await stores.casework.settle_reply(second, ReplyState.CLOSED, by="account:ana")
    settled = {view: await replies(stores, view, "account:ana") for view in ReplyView}
    await stores.casework.settle_reply(second, ReplyState.OPEN, by="account:ana")
    whole = await stores.contacts.reply(first)

    assert [second, first] == new
    assert {
        ReplyView.OPEN: [second, first],
        ReplyView.UNREAD: [second],
        ReplyView.UNASSIGNED: [second],
        ReplyView.MINE: [first],
        ReplyView.ANSWERED: [],
        ReplyView.CLOSED: [],
        ReplyView.EMERGENCY: [second],
    } == seen
    assert {ReplyView.ANSWERED: [first], ReplyView.CLOSED: [second]} == {
        view: found for view, found in settled.items() if found
    }
    assert [second] == await replies(stores, ReplyView.OPEN)
    assert whole is not None
    assert ("answered", "account:ana", False) == (whole.state, whole.assignee, whole.emergency)


async def test_answer_of_another_system_answers_what_was_written_before(stores: RealStores) -> None:
    written = await wrote(stores)
    answer = event("pqrs.responded", id="answer", time=now() + timedelta(minutes=1))
    await stores.add_events(stored(answer))
    later = await wrote(stores)
    await stores.add_events(stored(event("pqrs.assigned", id="no answer", time=now() + HOUR)))

    assert written in await replies(stores, ReplyView.ANSWERED)
    assert later is not None


async def test_answer_in_a_case_settles_all_that_was_written_there(stores: RealStores) -> None:
    first, second = await wrote(stores), await wrote(stores)
    await stores.casework.settle_reply(second, ReplyState.CLOSED, by="account:ana")
    settled = await stores.casework.settle_thread("pqrs_id:PQ-1", by="account:ana", kinds=["reply"])

    assert 1 == settled
    assert ([first], [second]) == (
        await replies(stores, ReplyView.ANSWERED),
        await replies(stores, ReplyView.CLOSED),
    )


async def test_event_that_began_something_is_named(stores: RealStores) -> None:
    await happen(stores, "pqrs_id:1", hours=1)
    [row] = (await queries.cases(stores.database, EVERYTHING)).items

    assert type_of("pqrs.received") == await stores.casework.started_by(row.id)
    assert await stores.casework.started_by(None) is None
