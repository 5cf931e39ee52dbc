"""Communications on a real database: from a draft to each person's messages, once."""

import asyncio
import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.desk.communications import acts, stopping
from hub.desk.communications.drafts import picks_of
from hub.desk.communications.people import count_communication
from hub.desk.communications.rows import (
    CommunicationBody,
    CommunicationRecallBody,
    CommunicationsQuery,
    CommunicationWhole,
    SaveBody,
    SendBody,
)
from hub.doors.operator import Operator
from hub.errors import (
    BrokerUnavailable,
    ChangedDraft,
    InvalidAudience,
    InvalidEvent,
    LateHour,
    NoSuch,
    NotConfirmed,
    OtherBuilding,
    OtherState,
)
from hub.model import Event, Purpose
from hub.model.communications import CommunicationState
from hub.operations.communications import planning
from hub.operations.communications.work import CommunicationWork
from hub.parts.plans import planning_of
from hub.storage import Database
from hub.storage.database import POOL_SIZE
from hub.testing import MemoryPublisher
from tests.doubled import with_doubles
from tests.integration.test_evidence import Office
from tests.operators import operator
from tests.unit.factories import email, event, home, member, mobile, somebody

BODY: Final = {"title": "Lavado del tanque", "body_markdown": "El **jueves** lavamos el tanque."}
BOTH: Final = ("residents@copropiedad:ph-a", "owners@copropiedad:ph-a")


def people() -> list[Event]:
    """Two buildings: p-two owns in both, p-out lives elsewhere, p-mute has no contact."""
    return [
        *(
            event("directory.copropiedad.upserted", {"copropiedad_id": place}, id=place)
            for place in ("ph-a", "ph-b")
        ),
        home("a1", copropiedad="ph-a"),
        home("a2", copropiedad="ph-a"),
        home("b1", copropiedad="ph-b"),
        somebody("p-two", email("two@example.com"), mobile()),
        member("p-two", "unit:a1", "owner"),
        member("p-two", "unit:a1", "resident"),
        member("p-two", "unit:b1", "owner"),
        somebody("p-tenant", email("tenant@example.com")),
        member("p-tenant", "unit:a2", "tenant"),
        somebody("p-mute"),
        member("p-mute", "unit:a2", "owner"),
        somebody("p-b", email("b@example.com")),
        member("p-b", "unit:b1", "resident"),
    ]


@dataclass
class Desk:
    """An operator, and the hub behind: what is published is taken in."""

    by: Operator
    office: Office
    publisher: MemoryPublisher
    work: CommunicationWork

    async def made(self, *to: str, **fields: Any) -> CommunicationWhole:
        row = await acts.make_communication(self.by, CommunicationBody(data=BODY, to=to, **fields))
        return await acts.plan_communication(self.by, row.id)

    async def send(self, whole: CommunicationWhole, typed: str = "") -> None:
        assert whole.plan is not None
        body = SendBody(digest=whole.plan.digest or "", typed=typed)
        await acts.send_communication(self.by, whole.row.id, body)

    async def publish(self) -> list[Event]:
        """Let the timers publish, and intake take in what came."""
        before = len(self.publisher.events)
        while await self.work.publish_next():
            pass
        came = self.publisher.events[before:]
        await self.office.take_in(*came)
        return list(came)

    async def die_after_publishing(self) -> list[Event]:
        """Publish, and die before anything is marked; return what the broker has."""
        came = list[Event]()

        async def publish(event: Event) -> None:
            came.append(event)
            raise BrokerUnavailable

        with pytest.raises(BrokerUnavailable):
            await self.by.stores.communications.publish_some(1, publish, self.by.now)
        return came

    async def watched(self) -> None:
        """Let the timers look, and intake take in what they say, until they say nothing more."""
        said = -1
        while said != len(self.publisher.events):
            said = len(self.publisher.events)
            await self.work.watch()
            await self.office.take_in(*self.publisher.events[said:])
        await self.work.watch()

    async def messages(self) -> list[tuple[str, str]]:
        rows = await self.by.db.rows("SELECT person, channel FROM message ORDER BY person, channel")
        return [(row["person"], row["channel"]) for row in rows]


def work_of(by: Operator, publisher: MemoryPublisher) -> CommunicationWork:
    return CommunicationWork(
        database=by.db,
        publisher=publisher,
        texts=by.stores.company.digest_of_texts,
        review=by.stores.policy.review,
        now=by.stores.now,
        quiet=timedelta(0),
    )


@pytest.fixture
async def desk(opened: Database) -> Desk:
    office = Office(opened)
    await office.take_in(*people())
    publisher = MemoryPublisher()
    by = operator(opened, "account:ana", publisher=publisher, now=office.clock)
    return Desk(by=by, office=office, publisher=publisher, work=work_of(by, publisher))


async def test_what_was_to_leave_before_now_does_not_leave(desk: Desk) -> None:
    soon = desk.office.clock() + timedelta(minutes=1)
    planned = await desk.made(*BOTH, starts_at=soon)
    desk.office.clock.advance(timedelta(minutes=2))
    with pytest.raises(LateHour):
        await desk.send(planned)
    with pytest.raises(LateHour):
        await desk.made(*BOTH, starts_at=soon)


async def test_who_has_two_buildings_is_told_once(desk: Desk) -> None:
    whole = await desk.made(*BOTH, "owners@copropiedad:ph-b", "residents@copropiedad:ph-b")
    assert whole.plan is not None
    assert whole.plan.shown is not None
    assert (4, ["ph-a", "ph-b"]) == (whole.plan.shown.people, whole.plan.shown.places)
    await desk.send(whole)
    parts = await desk.publish()
    await desk.office.deliver()

    assert ["ph-a", "ph-b"] == [part.data["copropiedad_id"] for part in parts]
    told = await desk.messages()
    assert sorted(set(told)) == sorted(told)
    assert {"p-two", "p-tenant", "p-mute", "p-b"} == {person for person, _ in told}
    assert 1 == sum(one.message.person == "p-two" for one in desk.office.email.sent)


async def test_a_dead_process_publishes_the_same_bytes_again_and_nobody_is_told_twice(desk: Desk) -> None:
    await desk.send(await desk.made(*BOTH))
    (part,) = await desk.publish()
    told = await desk.messages()
    await desk.by.db.rows("UPDATE communication_part SET published_at = NULL")
    (again,) = await desk.publish()

    assert part == again
    assert told == await desk.messages()


async def test_some_of_a_building_are_told_and_no_poster_hangs(desk: Desk) -> None:
    await desk.send(await desk.made(*BOTH, without=("person:p-two",)))
    await desk.publish()
    await desk.send(await desk.made(*BOTH))
    await desk.publish()

    posters = await desk.by.db.rows("SELECT event_key FROM poster")
    first = await desk.by.db.rows("SELECT DISTINCT person FROM message WHERE event_id LIKE '%:0' ORDER BY 1")
    assert 1 == len(posters)
    assert ["p-mute", "p-tenant", "p-two"] == [row["person"] for row in first]


async def test_rows_of_people_are_fixed_when_it_is_planned(desk: Desk) -> None:
    """Who moves in afterwards is not told; who has left the directory is not either."""
    whole = await desk.made(*BOTH)
    await desk.office.take_in(
        somebody("p-new", email("new@example.com")), member("p-new", "unit:a1", "resident")
    )
    await desk.send(whole)
    await desk.publish()

    assert {"p-mute", "p-tenant", "p-two"} == {person for person, _ in await desk.messages()}


async def test_what_was_changed_after_the_plan_is_not_sent(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await acts.save_communication(
        desk.by, whole.row.id, SaveBody(data={**BODY, "title": "Otro"}, to=BOTH, version=1)
    )
    with pytest.raises(ChangedDraft):
        await desk.send(whole)
    with pytest.raises(ChangedDraft):
        await acts.save_communication(desk.by, whole.row.id, SaveBody(data=BODY, to=BOTH, version=1))

    assert [] == await desk.publish()


async def test_a_plan_of_another_tab_changes_nothing_of_what_was_seen_and_sent(desk: Desk) -> None:
    """Stored between look and send, that is not sent; too late, nothing of what was sent is lost."""
    whole = await desk.made(*BOTH)
    row, store = await acts.row_of(desk.by, whole.row.id), desk.by.stores.communications
    seen = await store.plan_of(row.id)
    await desk.office.take_in(somebody("p-new"), member("p-new", "unit:a1", "resident"))
    again = await acts.plan_communication(desk.by, row.id)
    assert seen is not None
    assert await store.start(row, seen.id, seen.digest, desk.by.now) is None
    await desk.send(again)
    with pytest.raises(ChangedDraft):
        await planning.plan(desk.by.actor, row, planning_of(desk.by.stores))

    assert 1 == len(await desk.publish())
    assert {"p-mute", "p-new", "p-tenant", "p-two"} == {person for person, _ in await desk.messages()}


async def test_hour_is_kept_and_it_can_be_taken_back_until_then(desk: Desk) -> None:
    later = desk.office.clock() + timedelta(hours=2)
    whole = await desk.made(*BOTH, starts_at=later)
    await desk.send(whole)
    assert [] == await desk.publish()
    await acts.take_back_communication(desk.by, whole.row.id)
    desk.office.clock.advance(timedelta(hours=3))
    assert [] == await desk.publish()
    again = await acts.show_communication(desk.by, whole.row.id)
    now = SaveBody(data=BODY, to=BOTH, version=again.row.version)
    await acts.save_communication(desk.by, whole.row.id, now)
    await desk.send(await acts.plan_communication(desk.by, whole.row.id))
    (part,) = await desk.publish()

    assert desk.office.clock() == part.time
    with pytest.raises(OtherState, match="running"):
        await acts.take_back_communication(desk.by, whole.row.id)


async def test_it_is_done_once_nothing_of_it_can_leave(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await desk.send(whole)
    await desk.publish()
    await desk.work.watch()
    running = await acts.show_communication(desk.by, whole.row.id)
    await desk.office.deliver()
    await desk.work.watch()
    done = await acts.show_communication(desk.by, whole.row.id)

    assert CommunicationState.RUNNING == running.row.state
    assert running.progress is not None
    assert (3, 3) == (running.progress.people, running.progress.going)
    assert CommunicationState.DONE == done.row.state
    assert done.progress is not None
    assert (0, 2) == (done.progress.going, done.progress.sent)


async def test_many_people_need_the_name_of_their_building(desk: Desk) -> None:
    await desk.office.take_in(
        *(somebody(f"p-{n}", email(f"{n}@example.com")) for n in range(60)),
        *(member(f"p-{n}", "unit:a2", "resident") for n in range(60)),
    )
    whole = await desk.made(*BOTH)
    assert "Altos del Rosal" == whole.needs_typed
    with pytest.raises(NotConfirmed):
        await desk.send(whole, typed="Altos del Río")
    policy = desk.by.stores.policy
    free = replace(policy, review=replace(policy.review, free=(*policy.review.free, Purpose.SERVICE)))
    desk.by = dataclasses.replace(desk.by, stores=with_doubles(desk.by.stores, policy=free))
    await desk.send(whole, typed=" altos  del ROSAL ")

    assert 1 == len(await desk.publish())


async def test_operator_of_one_building_neither_sees_nor_writes_to_another(desk: Desk) -> None:
    whole = await desk.made("owners@copropiedad:ph-b")
    scopes = dict.fromkeys(desk.by.reach, frozenset({"ph-a"}))
    there = dataclasses.replace(desk.by, reach=scopes, who="account:beto")
    for words in ("owners@copropiedad:ph-b", "everyone", "person:p-b", "owners@unit:b1"):
        with pytest.raises(InvalidAudience):
            await acts.make_communication(there, CommunicationBody(data=BODY, to=(words,)))
    with pytest.raises(NoSuch):
        await acts.show_communication(there, whole.row.id)
    page = await acts.list_communications(there, CommunicationsQuery())

    assert [] == page.items


async def test_only_the_hub_itself_chooses_people(desk: Desk) -> None:
    """What another system writes into these extensions is not believed: the catalogue's people are told."""
    whole = await desk.made("person:p-tenant")
    await desk.send(whole)
    (part,) = await desk.publish()
    theirs = replace(part, id="theirs", source="urn:crm", data={**part.data, "circular_id": "theirs"})
    await desk.office.take_in(theirs)

    rows = await desk.by.db.rows("SELECT DISTINCT person FROM message WHERE event_id = 'theirs'")
    assert {"p-two", "p-tenant", "p-mute"} == {row["person"] for row in rows}


WRONG: Final = CommunicationRecallBody(
    reason="El día estaba mal.",
    wrong_markdown="Decía jueves.",
    correction_markdown="El lavado es el **viernes**.",
)


async def test_a_recall_corrects_exactly_those_who_had_it(desk: Desk) -> None:
    """p-tenant has the mail, p-two's bounced with everything else, p-mute has an unread entry alone."""
    whole = await desk.made(*BOTH)
    await desk.send(whole)
    await desk.publish()
    await desk.office.deliver()
    await desk.by.db.rows(
        "UPDATE message SET state = 'bounced' WHERE person = 'p-two' AND state <> 'waiting'"
    )
    await stopping.recall_communication(desk.by, whole.row.id, WRONG)
    await desk.watched()
    shown = await acts.show_communication(desk.by, whole.row.id)
    assert shown.correction is not None
    planned = await acts.plan_communication(desk.by, shown.correction)
    assert planned.plan is not None
    assert planned.plan.shown is not None
    assert 1 == planned.plan.shown.people
    await desk.send(planned)
    (part,) = await desk.publish()
    await desk.watched()
    corrected = await acts.show_communication(desk.by, whole.row.id)

    assert ("admin.correction.issued", ["email"]) == (part.name, part.data["channels"])
    assert CommunicationState.CORRECTED == corrected.row.state
    told = await desk.by.db.rows("SELECT DISTINCT person, channel FROM message WHERE event_id = $1", part.id)
    assert [("p-tenant", "email")] == [(row["person"], row["channel"]) for row in told]


async def test_what_was_not_published_never_leaves_after_a_recall(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await desk.send(whole)
    body = CommunicationRecallBody(reason="No era.", no_correction="Nadie la recibió.")
    await stopping.recall_communication(desk.by, whole.row.id, body)
    assert [] == await desk.publish()
    await desk.watched()

    assert CommunicationState.CORRECTED == (await acts.show_communication(desk.by, whole.row.id)).row.state
    assert [] == await desk.messages()


async def test_a_recall_without_a_correction_says_why(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await desk.send(whole)
    for body in (
        CommunicationRecallBody(reason="x"),
        CommunicationRecallBody(reason="x", wrong_markdown="x"),
        replace(WRONG, no_correction="x"),
    ):
        with pytest.raises(InvalidEvent):
            await stopping.recall_communication(desk.by, whole.row.id, body)

    assert CommunicationState.RUNNING == (await acts.show_communication(desk.by, whole.row.id)).row.state


async def state_of(desk: Desk, whole: CommunicationWhole) -> tuple[str, str | None]:
    row = (await acts.show_communication(desk.by, whole.row.id)).row
    return row.state, row.why


async def test_a_part_that_a_dead_process_has_published_reaches_nobody_after_a_recall(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await desk.send(whole)
    (part,) = await desk.die_after_publishing()
    body = CommunicationRecallBody(reason="No era.", no_correction="Nadie la recibió.")
    await stopping.recall_communication(desk.by, whole.row.id, body)
    await desk.watched()
    await desk.office.take_in(part)
    await desk.office.deliver()

    assert (CommunicationState.CORRECTED, None) == await state_of(desk, whole)
    assert [] == desk.office.email.sent


async def test_a_recall_without_readers_or_whose_correction_is_discarded_ends(desk: Desk) -> None:
    unread, read = await desk.made("person:p-tenant"), await desk.made("person:p-two")
    await desk.send(read)
    await desk.publish()
    await desk.office.deliver()
    await desk.send(unread)
    await desk.publish()
    for one in (unread, read):
        await stopping.recall_communication(desk.by, one.row.id, WRONG)
    await desk.watched()
    shown = await acts.show_communication(desk.by, read.row.id)
    assert shown.correction is not None
    await acts.discard_communication(desk.by, shown.correction)
    await desk.watched()

    assert (CommunicationState.CORRECTED, "unread") == await state_of(desk, unread)
    assert (CommunicationState.CORRECTED, "uncorrected") == await state_of(desk, read)
    assert [] == await desk.by.db.rows("SELECT FROM pause")


async def test_what_never_left_is_not_taken_back(desk: Desk) -> None:
    whole = await desk.made(*BOTH)
    await acts.discard_communication(desk.by, whole.row.id)
    with pytest.raises(OtherState):
        await stopping.recall_communication(desk.by, whole.row.id, WRONG)

    assert "cancelled" == (await state_of(desk, whole))[0]


async def test_correction_of_what_another_system_took_back_is_offered_and_leaves(desk: Desk) -> None:
    circular = {**BODY, "copropiedad_id": "ph-a", "audience": "both"}
    await desk.office.take_in(event("admin.circular.issued", circular, id="theirs", source="urn:crm"))
    await desk.office.deliver()
    data = {
        "source": "urn:crm",
        "id": "theirs",
        "reason": "Otro día.",
        "correction_markdown": "Es el viernes.",
    }
    await desk.office.take_in(event("notification.recall", data, source="urn:crm"))
    await desk.work.watch()
    page = await acts.list_communications(desk.by, CommunicationsQuery(kind="admin.correction.issued"))
    (offered,) = page.items
    begun = await acts.show_communication(desk.by, offered.id)
    better = {**begun.data, "wrong_markdown": "Decía jueves."}
    await acts.save_communication(desk.by, offered.id, SaveBody(kind=offered.kind, data=better, version=1))
    planned = await acts.plan_communication(desk.by, offered.id)
    await desk.send(planned)
    (part,) = await desk.publish()

    assert planned.plan is not None
    assert planned.plan.shown is not None
    assert (2, "Decía jueves.") == (planned.plan.shown.people, part.data["wrong_markdown"])


async def test_what_goes_on_is_picked_and_nothing_of_another_building(desk: Desk) -> None:
    outage = {"service": "Agua", "since": "2026-03-09T08:00:00-05:00"}
    for place in ("ph-a", "ph-b"):
        body = CommunicationBody(
            kind="building.outage.reported", data=outage, to=(f"residents@copropiedad:{place}",)
        )
        row = await acts.make_communication(desk.by, body)
        await desk.send(await acts.plan_communication(desk.by, row.id))
    schema = desk.by.stores.schemas.by_name["building.outage.restored"].document
    there = dataclasses.replace(desk.by, reach=dict.fromkeys(desk.by.reach, frozenset({"ph-a"})))
    everywhere, here = await picks_of(desk.by, schema), await picks_of(there, schema)

    assert 2 == len({number for number, _ in everywhere["outages"]})
    assert ["Agua, lunes 9 de marzo de 2026, Altos del Rosal"] == [words for _, words in here["outages"]]


async def test_what_goes_on_is_of_its_building_alone(desk: Desk) -> None:
    data = {"service": "Agua", "since": "2026-03-09T08:00:00-05:00"}
    here, there = "residents@copropiedad:ph-a", "residents@copropiedad:ph-b"
    body = CommunicationBody(kind="building.outage.reported", data=data, to=(here,))
    began = await acts.make_communication(desk.by, body)
    await desk.send(await acts.plan_communication(desk.by, began.id))
    (part,) = await desk.publish()
    over = {"outage_id": part.data["outage_id"], "restored_at": "2026-03-09T08:05:00-05:00"}
    rows = [
        await acts.make_communication(
            desk.by, CommunicationBody(kind="building.outage.restored", data=over, to=to)
        )
        for to in ((there,), (here, there), (here,))
    ]
    for row in rows[:2]:
        with pytest.raises(OtherBuilding) as refused:
            await acts.plan_communication(desk.by, row.id)
        assert "data.outage_id" == refused.value.field
    whole = await acts.plan_communication(desk.by, rows[2].id)

    assert whole.is_planned


async def test_what_reaches_nobody_is_not_sent(desk: Desk) -> None:
    whole = await desk.made("council@copropiedad:ph-a")
    assert whole.plan is not None
    with pytest.raises(ChangedDraft):
        await desk.send(whole)

    assert (False, []) == (whole.is_planned, await desk.publish())


async def test_pages_that_count_at_once_do_not_wait_for_each_other(desk: Desk) -> None:
    """More looks than the pool has connections: none holds one while it waits for another."""
    row = await acts.make_communication(desk.by, CommunicationBody(data=BODY, to=BOTH))
    counts = await asyncio.gather(*(count_communication(desk.by, row.id) for _ in range(POOL_SIZE + 2)))

    assert {3} == {one.people for one in counts}


async def test_who_was_chosen_is_forgotten_three_months_after_the_end(desk: Desk) -> None:
    await desk.send(await desk.made(*BOTH))
    await desk.publish()
    old = await desk.by.db.rows("SELECT count(*) AS n FROM communication_person")
    await desk.by.db.rows("UPDATE communication SET ended_at = $1", desk.office.clock() - timedelta(days=91))
    await desk.made("person:p-b")
    left = await desk.by.db.rows("SELECT person FROM communication_person")

    assert (3, ["p-b"]) == (old[0]["n"], [row["person"] for row in left])
