"""A letter that is still here when its person is marked is not printed, unless the law demands it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from hub.desk.letters import queries
from hub.model import MarkEntry, MarkReason, Message, Purpose, State
from hub.storage import Database, PostgresPreferences
from tests.contract.values import now
from tests.integration.test_print_batches import HERE, letters


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
