"""A letter that is still here when its person is marked is not printed, unless the law demands it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from hub.desk.letters import queries
from hub.model import MarkEntry, MarkReason, Message, Purpose, State
from hub.people.contact_changes import notices
from hub.storage import Database, PostgresIntake, PostgresPreferences, PostgresTimers
from tests.contract.values import event, message, now, stored
from tests.integration.test_evidence import Office
from tests.integration.test_print_batches import HERE, letters
from tests.unit.factories import MONDAY, email, somebody


async def mark(database: Database, person: str, reason: MarkReason) -> None:
    entry = MarkEntry(id=uuid4(), person=person, reason=reason, since=now(), by="luis", note="")
    await PostgresPreferences(database).mark(entry)


async def states(database: Database) -> dict[str, tuple[str, str | None]]:
    rows = await database.rows("SELECT person, state, reason FROM message")
    return {row["person"]: (row["state"], row["reason"]) for row in rows}


async def printed(database: Database) -> int:
    made = await queries.make_batch(database, HERE, by="luis", size="letter", now=datetime.now(UTC))
    return len(await queries.letters_of(database, made.batch))


async def test_open_letter_to_who_is_marked_is_cancelled(opened: Database) -> None:
    await _of(opened, Purpose.SERVICE, 2)
    await mark(opened, "p-0", MarkReason.PROTECTED_ADDRESS)

    assert {"p-0": ("cancelled", "do_not_contact"), "p-1": ("sent", None)} == await states(opened)
    assert 1 == await printed(opened)
    assert 1 == len(await PostgresPreferences(opened).stopped("p-0", limit=10))
    # A message that ended unsent is sealed with its reason.
    assert [("cancelled", "do_not_contact")] == [
        (row["state"], row["reason"]) for row in await opened.rows("SELECT state, reason FROM ending")
    ]


@pytest.mark.parametrize(
    ("reason", "state"), [(MarkReason.CONTESTED_ACCOUNT, "sent"), (MarkReason.DECEASED, "cancelled")]
)
async def test_letter_that_the_law_demands_stays_but_for_the_deceased(
    opened: Database, reason: MarkReason, state: str
) -> None:
    await _of(opened, Purpose.LEGAL, 1)
    await mark(opened, "p-0", reason)

    assert state == (await states(opened))["p-0"][0]


async def test_letter_that_is_handed_over_stays_as_it_is(opened: Database) -> None:
    [one] = await _of(opened, Purpose.SERVICE, 1)
    await queries.hand_over(opened, one.id)
    await mark(opened, "p-0", MarkReason.DECEASED)

    assert State.DELIVERED == (await states(opened))["p-0"][0]


async def _of(database: Database, purpose: Purpose, number: int) -> list[Message]:
    made = await letters(database, number)
    await database.rows("UPDATE message SET purpose = $1", purpose.value)
    return list(made)


@pytest.mark.parametrize("reason", list(MarkReason))
async def test_former_contact_of_who_is_marked_hears_nothing(opened: Database, reason: MarkReason) -> None:
    office = Office(opened)
    await office.take_in(
        somebody("p-1", email("vieja@example.com")), somebody("p-2", email("de@example.com"))
    )
    await PostgresPreferences(opened).mark(
        MarkEntry(id=uuid4(), person="p-1", reason=reason, since=MONDAY, by="luis", note="")
    )
    await office.take_in(
        somebody("p-1", email("segura@example.com"), version=2),
        somebody("p-2", email("a@example.com"), version=2),
    )
    changes = await PostgresTimers(opened).contact_changes(10)

    assert {("p-1", True), ("p-2", False)} == {(change.person, change.marked) for change in changes}
    assert ["p-2"] == [event.data["person_id"] for change in changes for event in notices(change)]


async def test_what_a_mark_has_stopped_is_said_of_the_callers_buildings(opened: Database) -> None:
    async with PostgresIntake(opened).transaction() as transaction:
        for place in ("ph-1", "ph-2"):
            of = stored(event(id=f"of-{place}"), copropiedad_id=place)
            await transaction.add_events([of])
            stopped = message(of, person="p-1", state=State.SUPPRESSED, reason="do_not_contact")
            await transaction.add_messages([stopped])
    wishes = PostgresPreferences(opened)
    seen = [
        sum(row.events for row in await wishes.stopped("p-1", limit=9, places=places))
        for places in (None, frozenset({"ph-1"}), frozenset[str]())
    ]

    assert [2, 1, 0] == seen
