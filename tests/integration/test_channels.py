"""Channels at the desk: pauses with their reasons, waiting messages, and the end of a pause."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import pytest

from hub.desk.channels import acts, queries
from hub.desk.channels.rows import HeldRow, PauseBody, ResumeQuery
from hub.doors.operator import Operator
from hub.errors import NoSuch, NothingChosen, NotRestored, StorageUnavailable, UnknownName
from hub.model import Lane, Message, State, Symptom
from hub.model.actors import BOOTSTRAP, CONSOLE
from hub.model.bulk import BulkFilter, BulkKind
from hub.model.pages import ListQuery
from hub.operations.bulk import runs
from hub.ports import EVERYTHING, RESTORED_BY
from hub.storage import PostgresMonitor
from hub.testing import MemoryAudit, MemoryPublisher
from hub.timers.row_work import end_pauses
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import HOUR, message, now, stored
from tests.operators import operator

OF: Final = stored(copropiedad_id="ph-1")
WAITING: Final[Mapping[str, Any]] = {"state": State.HELD, "reason": "paused", "next_at": now() + HOUR}
BEFORE: Final[Mapping[str, Any]] = {"created_at": now() - HOUR}
OLDER: Final = ResumeQuery(older="cancel")
LIMITED: Final = {
    "stopped": BulkFilter(older=True),
    "of one channel": BulkFilter(older=True, channel="sms"),
    "of one place": BulkFilter(older=True, copropiedad="ph-1"),
}


def waits(number: int, **fields: Any) -> Message:
    return message(OF, contact_id=f"c-{number}", **{**WAITING, **fields})


@pytest.fixture
async def stores(database: str) -> AsyncIterator[RealStores]:
    async with open_stores(database) as stores:
        await stores.add_events(OF)
        yield stores


@pytest.fixture
def notes() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def by(stores: RealStores, notes: MemoryAudit) -> Operator:
    return operator(stores.database, audit=notes)


async def paused(by: Operator, who: str, subject: str = EVERYTHING) -> None:
    await queries.pause(by.db, subject, by=who, reason="copia")


async def worked(by: Operator, run_id: UUID | None) -> runs.BulkReport:
    """Do what the timers do with bulk runs; return the report of this one."""
    while await by.stores.bulk.work(1, by.stores.publisher.replay) is not None:
        pass
    assert run_id is not None
    report = await runs.report(by.stores.bulk, run_id, None)
    assert report is not None
    return report


def said(notes: MemoryAudit) -> list[tuple[str, Any]]:
    return [(note.action, note.detail) for note in notes.rows]


async def test_a_pause_is_listed_with_who_and_why_until_it_is_taken_away(
    by: Operator, notes: MemoryAudit
) -> None:
    ends = now() + HOUR
    first = await acts.pause(by, "sms", PauseBody(reason="twice", ends_at=ends))
    again = await acts.pause(operator(by.db), "sms", PauseBody(reason="other"))
    [row] = (await acts.list_pauses(by, ListQuery())).items
    gone = [(await acts.resume(by, "sms", ResumeQuery())).changed for _ in range(2)]

    assert (first.changed, again.changed) == (True, False)
    assert (row.subject, row.by, row.reason, row.ends_at) == ("channel:sms", "cli:ana", "twice", ends)
    assert [True, False] == gone
    assert [] == await queries.pauses(by.db)
    assert [("pause", {"ends_at": ends.isoformat()}), ("resume", {}), ("resume", {})] == said(notes)


async def test_pause_whose_end_has_come_may_be_set_anew(by: Operator) -> None:
    await acts.pause(by, "sms", PauseBody(ends_at=now() - HOUR))
    again = await acts.pause(by, "sms", PauseBody(reason="otra vez"))
    [row] = await queries.pauses(by.db)

    assert again.changed
    assert (row.reason, row.ends_at) == ("otra vez", None)


async def test_what_is_not_in_the_audit_is_not_done(stores: RealStores) -> None:
    class Away(MemoryAudit):
        async def add(self, *_: object) -> None:
            raise StorageUnavailable

    await stores.add(waits(0, **BEFORE))
    by = operator(stores.database, audit=Away())
    with pytest.raises(StorageUnavailable):
        await acts.pause(by, "sms", PauseBody())
    await paused(by, RESTORED_BY)
    [before] = await queries.unsent(by.db)
    for query in (ResumeQuery(), OLDER):
        with pytest.raises(StorageUnavailable):
            await acts.resume(by, EVERYTHING, query)

    assert [EVERYTHING] == [row.subject for row in await queries.pauses(by.db)]
    assert [before] == await queries.unsent(by.db)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("key:crm", "key:crm/luz"),
        (BOOTSTRAP, f"{BOOTSTRAP}/luz"),
        (CONSOLE, f"{CONSOLE}/luz"),
        ("account:ana", "account:ana"),
        ("cli:ana", "cli:ana"),
    ],
)
async def test_a_system_names_who_pauses_and_whoever_has_signed_in_does_not(
    stores: RealStores, who: str, expected: str
) -> None:
    await acts.pause(operator(stores.database, who), "sms", PauseBody(by="luz"))

    assert [expected] == [row.by for row in await queries.pauses(stores.database)]


async def test_what_is_held_and_what_is_urgent_is_counted(stores: RealStores, by: Operator) -> None:
    urgent: Any = {"lane": Lane.URGENT}
    others = [waits(2, state=State.QUEUED, next_at=None, **urgent), waits(3, state=State.SENT, **urgent)]
    await stores.add(waits(0), waits(1, **urgent), *others)
    done = [await acts.pause(by, name, PauseBody()) for name in ("email", "pqrs.received", "sms")]

    [email] = [row for row in (await acts.list_channels(by, ListQuery())).items if row.name == "email"]
    assert [HeldRow(channel="email", event="pqrs.received", held=2, urgent=1)] == await queries.held(by.db)
    assert [2, 2, 0] == [one.urgent for one in done]
    assert (2, 1, "channel:email") == (email.held, email.urgent, email.paused and email.paused.subject)


async def test_broken_provider_is_listed_with_its_channel(by: Operator) -> None:
    monitor = PostgresMonitor(by.db, ())
    await monitor.see([Symptom(key="circuit:email:smtp-2", measured="")])
    await monitor.resolve(["circuit"], timedelta(microseconds=-1))
    await monitor.see([Symptom(key=key, measured="") for key in ("dead_letters", "circuit:sms:twilio")])
    channels = (await acts.list_channels(by, ListQuery())).items

    assert {"sms": ["twilio"]} == {row.name: row.broken for row in channels if row.broken}
    assert ["capture"] == next(row.providers for row in channels if row.name == "sms")


@pytest.mark.parametrize(("who", "restored"), [(RESTORED_BY, True), ("ana", False)])
async def test_pause_of_everything_says_how_much_waits_and_from_before_when(
    stores: RealStores, by: Operator, who: str, restored: bool
) -> None:
    await stores.add(waits(0, **BEFORE), waits(1, created_at=now() + HOUR))
    with pytest.raises(NoSuch):
        await acts.show_pause(by, EVERYTHING)
    await paused(by, who)
    shown = await acts.show_pause(by, EVERYTHING)

    assert (2, 1, restored, 0) == (shown.unsent, shown.older, shown.restored, shown.due_steps)
    assert shown.oldest_at is not None
    assert shown.oldest_at < shown.since


async def test_pause_of_a_channel_says_what_it_holds(stores: RealStores, by: Operator) -> None:
    await stores.add(waits(0), waits(1))
    await acts.pause(by, "email", PauseBody())
    shown = await acts.show_pause(by, "email")

    assert ("channel:email", 2, None, False) == (shown.subject, shown.unsent, shown.older, shown.restored)


async def test_restored_hub_goes_on_without_what_is_older(
    stores: RealStores, by: Operator, notes: MemoryAudit
) -> None:
    """A message that is sent already, or may be in a worker's hands, stays. The pause ends with the run."""
    messages = [
        waits(0, **BEFORE),
        waits(1, state=State.QUEUED, reason=None, next_at=None, **BEFORE),
        waits(2, state=State.SENDING, reason=None, **BEFORE),
        waits(3, state=State.SENT, reason=None, next_at=None, **BEFORE),
        waits(4, created_at=now() + HOUR),
        waits(5, state=State.SENDING, reason=None, next_at=now() - HOUR, created_at=now() - HOUR),
        waits(6, reason="in_digest", **BEFORE),
    ]
    await stores.add(*messages)
    await paused(by, RESTORED_BY)
    [counted] = await queries.unsent(by.db)
    done = await acts.resume(by, EVERYTHING, OLDER)
    again = [await acts.resume(by, EVERYTHING, query) for query in (OLDER, ResumeQuery())]
    stood = await end_pauses(by.stores.pauses, by.stores.publisher, settle=0)
    run = await worked(by, done.run)
    ended = await end_pauses(by.stores.pauses, by.stores.publisher, settle=0)

    assert ("email", "normal", 6, 5) == (counted.channel, counted.lane, counted.unsent, counted.before)
    assert {(False, 0, run.id)} == {(one.changed, one.released, one.run) for one in (done, *again)}
    assert (BulkKind.CANCEL, "copia", 5, 4, 1) == (run.kind, run.reason, run.chosen, run.done, run.skipped)
    assert ([], [EVERYTHING]) == (stood, ended)
    assert ["cancelled", "cancelled", "sending", "sent", "queued", "cancelled", "cancelled"] == [
        await stores.state_of(one) for one in messages
    ]
    assert isinstance(by.stores.publisher, MemoryPublisher)
    assert [messages[4].id] == by.stores.publisher.ticketed
    assert [("resume", {}), ("bulk.cancel", {"chosen": 5}), ("resume", {}), ("resume", {})] == said(notes)


async def test_nothing_older_lets_a_restored_hub_go_on_at_once(stores: RealStores, by: Operator) -> None:
    await stores.add(waits(0, created_at=now() + HOUR))
    await paused(by, RESTORED_BY)
    done = await acts.resume(by, EVERYTHING, OLDER)

    assert (True, 1, None) == (done.changed, done.released, done.run)


@pytest.mark.parametrize("how", LIMITED)
async def test_pause_stands_while_anything_older_is_left(stores: RealStores, by: Operator, how: str) -> None:
    await stores.add(waits(0, **BEFORE), waits(1, channel="sms", **BEFORE))
    await paused(by, RESTORED_BY)
    order = runs.BulkOrder(kind=BulkKind.CANCEL, asked=LIMITED[how], reason="copia")
    run = await runs.start(by.stores.bulk, order, by.actor)
    assert run is not None
    if how == "stopped":
        assert await runs.stop(by.actor, by.stores.bulk, run.id)
    await worked(by, run.id)

    assert [] == await end_pauses(by.stores.pauses, by.stores.publisher, settle=0)
    assert [EVERYTHING] == [row.subject for row in await queries.pauses(by.db)]


async def test_run_takes_nothing_older_where_no_restore_has_paused(stores: RealStores, by: Operator) -> None:
    await stores.add(waits(0, **BEFORE))
    await paused(by, "ana")
    order = runs.BulkOrder(kind=BulkKind.CANCEL, asked=BulkFilter(older=True), reason="copia")
    with pytest.raises(NothingChosen):
        await runs.start(by.stores.bulk, order, by.actor)


@pytest.mark.parametrize("name", [EVERYTHING, "email"])
async def test_what_is_older_than_any_other_pause_is_cancelled_by_a_plan(
    stores: RealStores, by: Operator, notes: MemoryAudit, name: str
) -> None:
    """A refusal leaves no row in the audit."""
    await stores.add(one := waits(0, **BEFORE))
    await paused(by, "ana")
    with pytest.raises(NotRestored):
        await acts.resume(by, name, OLDER)

    assert "held" == await stores.state_of(one)
    assert [] == said(notes)


async def test_nobody_pauses_as_if_it_were_a_restore(stores: RealStores) -> None:
    by = operator(stores.database, "this machine")
    await acts.pause(by, EVERYTHING, PauseBody(by=RESTORED_BY))
    shown = await acts.show_pause(by, EVERYTHING)

    assert (f"this machine/{RESTORED_BY}", False) == (shown.by, shown.restored)


async def test_pages_go_on_once_a_channel_is_paused_or_broken(by: Operator) -> None:
    marks = [await acts.mark(by)]
    await acts.pause(by, "sms", PauseBody())
    marks.append(await acts.mark(by))
    await PostgresMonitor(by.db, ()).see([Symptom(key="circuit:sms:twilio", measured="")])
    marks.append(await acts.mark(by))

    assert all(before != after for before, after in pairwise(marks))


def test_a_name_is_a_channel_an_event_or_everything() -> None:
    subjects = [acts.subject_of(name) for name in ("sms", "pqrs.received", "all")]

    assert subjects == ["channel:sms", "event:pqrs.received", EVERYTHING]


@pytest.mark.parametrize(
    ("name", "suggestion"), [("pqrs.recived", "pqrs.received"), ("zzz", "email, sms, push")]
)
def test_unknown_name_is_refused_with_the_known_ones(name: str, suggestion: str) -> None:
    with pytest.raises(UnknownName, match=suggestion):
        acts.subject_of(name)
