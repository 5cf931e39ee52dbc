"""The chain of seals: the rows of each seal, and the findings of verification."""

import asyncio
import json
import zlib
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from hub.errors import StorageConflict
from hub.model import State
from hub.model.evidence import SealedRow
from hub.model.ids import uuid8
from hub.model.months import EPOCH, month_of, months_after
from hub.model.seals import LEAF, leaf
from hub.operations.evidence.flaws import Flaw, Verification
from hub.operations.evidence.verify import verify
from hub.storage import Database, PostgresEvidence, PostgresIntake, PostgresSeals
from hub.testing import MemoryPublisher
from hub.timers.sealing import Sealer, seal
from tests.contract.values import event, message, stored
from tests.integration.divided import divide, lose

MINUTE = timedelta(minutes=1)
EIGHT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
"""Eight in the morning in Bogotá."""
LATER = EIGHT + timedelta(days=1)
COLUMNS = ("number", "minute", "count", "root", "previous", "digest", "leaves")
BODY = b"Lo que se dijo"


def quiet(_done: int, _total: int) -> None:
    """Show no progress."""


def message_id(number: int, at: datetime = EIGHT) -> UUID:
    return uuid8(at, "message", str(number))


async def record(database: Database, number: int, at: datetime, *, event_at: datetime = EIGHT) -> None:
    """Store an attempt as recorded at that instant, with kept bytes."""
    await database.rows(
        """
        INSERT INTO attempt
            (message_id, at, outcome, provider, reference, code, took, digest, content, recorded_at)
        VALUES ($1, $2, 'accepted', 'smtp', 'ref-ñ"', '250 ok', interval '0.25 s', $3, $4, $5)
        """,
        message_id(number, event_at),
        at - MINUTE / 2,
        sha256(BODY).digest(),
        zlib.compress(BODY),
        at,
    )


async def seal_all(database: Database, until: datetime = LATER) -> int:
    """Seal all rows; return the number of seals made."""
    store, made = PostgresSeals(database), 0
    while await store.seal_next(until) is not None:
        made += 1
    return made


async def sealed_day(database: Database) -> None:
    """Record ten attempts in each of three minutes, and seal them."""
    for number in range(30):
        await record(database, number, EIGHT + (number // 10) * 5 * MINUTE + timedelta(seconds=number))
    assert await seal_all(database) == 3


async def verified(database: Database, head: bytes | None = None) -> Verification:
    return await verify(PostgresEvidence(database), head=head, progress=quiet)


async def flaws(database: Database) -> set[tuple[Flaw, int | None, UUID | None]]:
    found = await verified(database)
    return {(mismatch.flaw, mismatch.seal, mismatch.message_id) for mismatch in found.mismatches}


async def test_a_minute_is_sealed_when_it_is_over_and_not_before(opened: Database) -> None:
    await record(opened, 1, EIGHT + timedelta(seconds=59))
    early = await seal_all(opened, until=EIGHT + timedelta(seconds=59, milliseconds=999))
    done = await seal_all(opened, until=EIGHT + MINUTE)

    assert (early, done) == (0, 1)


async def test_a_chain_that_nobody_touched_fits(opened: Database) -> None:
    await sealed_day(opened)
    found = await verified(opened)

    assert (found.seals, found.rows, found.mismatches) == (3, 30, [])


THIRD = message_id(3)
TAMPERED = {
    "outcome": ("UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1", Flaw.CHANGED_ROW),
    "reference": ("UPDATE attempt SET reference = 'otra' WHERE message_id = $1", Flaw.CHANGED_ROW),
    "instant of recording": (
        "UPDATE attempt SET recorded_at = recorded_at + interval '1 day' WHERE message_id = $1",
        Flaw.CHANGED_ROW,
    ),
    "no instant of recording": (
        "UPDATE attempt SET recorded_at = NULL WHERE message_id = $1",
        Flaw.CHANGED_ROW,
    ),
    "digest": (
        "UPDATE attempt SET digest = '\\x00'::bytea, content = NULL WHERE message_id = $1",
        Flaw.CHANGED_ROW,
    ),
    "gone": ("DELETE FROM attempt WHERE message_id = $1", Flaw.MISSING_ROW),
    "bytes": ("UPDATE attempt SET content = '\\x00'::bytea WHERE message_id = $1", Flaw.CHANGED_BYTES),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_a_row_that_somebody_changed_is_named(opened: Database, how: str) -> None:
    await sealed_day(opened)
    statement, flaw = TAMPERED[how]
    await opened.rows(statement, THIRD)

    assert await flaws(opened) == {(flaw, 1, THIRD)}


async def test_a_row_that_somebody_added_is_named(opened: Database) -> None:
    await sealed_day(opened)
    await record(opened, 99, EIGHT + timedelta(seconds=30))
    await record(opened, 98, EIGHT + 3 * MINUTE)

    assert await flaws(opened) == {(Flaw.ADDED_ROW, 1, message_id(99)), (Flaw.ADDED_ROW, 2, message_id(98))}


async def test_a_row_that_states_no_instant_of_recording_is_named_unless_it_is_older_than_the_seals(
    opened: Database,
) -> None:
    await sealed_day(opened)
    for number, at in ((97, EIGHT + 2 * MINUTE), (96, EIGHT - MINUTE)):
        await record(opened, number, at)
        await opened.rows("UPDATE attempt SET recorded_at = NULL WHERE message_id = $1", message_id(number))

    assert await flaws(opened) == {(Flaw.ADDED_ROW, None, message_id(97))}


async def test_a_seal_that_somebody_changed_is_named(opened: Database) -> None:
    await sealed_day(opened)
    await opened.rows("UPDATE seal SET count = 9 WHERE number = 2")

    assert await flaws(opened) == {(Flaw.CHANGED_SEAL, 2, None)}


async def test_a_seal_made_again_breaks_the_chain_after_it(opened: Database) -> None:
    await sealed_day(opened)
    await opened.rows("UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1", message_id(13))
    kept = await opened.rows("DELETE FROM seal WHERE number >= 2 RETURNING *")
    await PostgresSeals(opened).seal_next(LATER)
    third = next(row for row in kept if row["number"] == 3)
    await opened.rows(
        f"INSERT INTO seal ({', '.join(COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *(third[name] for name in COLUMNS),
    )

    assert await flaws(opened) == {(Flaw.BROKEN_LINK, 3, None)}


async def test_seals_that_are_missing_are_noticed(opened: Database) -> None:
    await sealed_day(opened)
    await opened.rows("DELETE FROM seal WHERE number = 2")

    assert (Flaw.MISSING_SEALS, 3, None) in await flaws(opened)


async def test_a_chain_made_anew_lacks_the_head_that_was_told(opened: Database) -> None:
    await sealed_day(opened)
    last = await PostgresSeals(opened).last_before(LATER)
    assert last is not None
    known = await verified(opened, last.digest)
    await opened.rows("UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1", THIRD)
    await opened.rows("DELETE FROM seal")
    await seal_all(opened)
    found = await verified(opened, last.digest)

    assert known.mismatches == []
    assert [mismatch.flaw for mismatch in found.mismatches] == [Flaw.UNKNOWN_HEAD]


async def test_a_message_that_ends_unsent_is_sealed_with_its_reason(opened: Database) -> None:
    """By each statement that ends it: one is planned as suppressed, one is cancelled later."""
    about = stored(event())
    planned = message(about, contact_id="a")
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.add_events([about])
        await transaction.add_messages(
            [planned, message(about, contact_id="b", state=State.SUPPRESSED, reason="no_contact")]
        )
    await opened.rows("UPDATE message SET state = 'sending' WHERE id = $1", planned.id)
    await opened.rows("UPDATE message SET state = 'cancelled', reason = 'over' WHERE id = $1", planned.id)
    rows = await opened.rows("SELECT state, reason FROM ending ORDER BY state")
    await seal_all(opened, until=datetime.now(UTC) + 2 * MINUTE)
    whole = await verified(opened)
    await opened.rows("UPDATE ending SET reason = 'otra' WHERE message_id = $1", planned.id)
    changed = await flaws(opened)
    await opened.rows("DELETE FROM ending WHERE message_id = $1", planned.id)

    assert [tuple(row) for row in rows] == [("cancelled", "over"), ("suppressed", "no_contact")]
    assert (whole.rows, whole.mismatches) == (2, [])
    # The ending no longer says why it ended.
    assert changed == {(Flaw.CHANGED_ROW, 1, planned.id), (Flaw.WRONG_STATE, None, planned.id)}
    # Without any row it may have ended before endings were recorded: it was planned before the first seal.
    assert await flaws(opened) == {(Flaw.MISSING_ROW, 1, planned.id)}


async def test_two_timers_at_once_make_one_chain(opened: Database) -> None:
    for number in range(20):
        await record(opened, number, EIGHT + number * MINUTE)

    async def timer() -> None:
        while True:
            try:
                if await PostgresSeals(opened).seal_next(LATER) is None:
                    return
            except StorageConflict:
                await asyncio.sleep(0.01)

    await asyncio.gather(*(timer() for _ in range(4)))
    found = await verified(opened)

    assert (found.seals, found.rows, found.mismatches) == (20, 20, [])


async def test_a_month_that_was_dropped_is_gone_and_not_broken(opened: Database) -> None:
    old = months_after(month_of(datetime.now(UTC)), -3) + timedelta(days=2)
    months = await divide(opened, month_of(old), 5)
    await record(opened, 1, EIGHT, event_at=old)
    await record(opened, 2, EIGHT)
    await seal_all(opened)
    assert await months.drop((await months.months())[0]) == {}
    found = await verified(opened)

    assert (found.rows, found.gone, found.mismatches) == (1, 1, [])


async def test_a_missing_month_that_the_retention_keeps_is_named(opened: Database) -> None:
    this = month_of(datetime.now(UTC))
    old, young = months_after(this, -3), months_after(this, -2)
    await divide(opened, old, 5)
    await record(opened, 1, EIGHT, event_at=old + timedelta(days=2))
    await record(opened, 2, EIGHT, event_at=young + timedelta(days=2))
    await seal_all(opened)
    for month in (old, young):
        await lose(opened, f"{month:%Y_%m}")
    found = {kept: await kept_from(opened, months_after(this, -kept)) for kept in (1, 2, 3)}
    for_ever = await kept_from(opened, EPOCH)

    assert (2, []) == (found[1].gone, found[1].mismatches)
    assert (1, [f"{young:%Y-%m}, con 1 intentos"]) == (found[2].gone, lost(found[2]))
    assert 0 == found[3].gone
    assert [f"{month:%Y-%m}, con 1 intentos" for month in (old, young)] == lost(found[3])
    assert lost(found[3]) == lost(for_ever)


async def test_a_missing_month_without_a_sealed_row_is_named(opened: Database) -> None:
    this = month_of(datetime.now(UTC))
    lacking = months_after(this, -2)
    await divide(opened, months_after(this, -3), 5)
    await lose(opened, f"{lacking:%Y_%m}")
    found = {kept: await kept_from(opened, months_after(this, -kept)) for kept in (1, 2)}

    assert [] == found[1].mismatches
    assert [f"entre {lacking:%Y-%m-%d} y {months_after(this, -1):%Y-%m-%d}, sin intentos"] == lost(found[2])


async def test_a_database_that_has_lost_all_months_says_so(opened: Database) -> None:
    await divide(opened, month_of(EIGHT), 1)
    await record(opened, 1, EIGHT)
    await seal_all(opened)
    await lose(opened, f"{EIGHT:%Y_%m}")

    assert [f"{EIGHT:%Y-%m}, con 1 intentos"] == lost(await kept_from(opened, EPOCH))


async def kept_from(database: Database, month: datetime) -> Verification:
    return await verify(PostgresEvidence(database), kept_from=month, progress=quiet)


def lost(found: Verification) -> list[str]:
    assert {Flaw.MISSING_MONTH} == {mismatch.flaw for mismatch in found.mismatches}
    return [mismatch.detail.removeprefix(": ").partition(" sellados")[0] for mismatch in found.mismatches]


async def test_erasing_a_person_breaks_no_seal(opened: Database) -> None:
    await sealed_day(opened)
    await opened.rows("UPDATE attempt SET facts = NULL, content = NULL")
    await opened.rows("UPDATE message SET name = '', address = ''")
    found = await verified(opened)

    assert (found.rows, found.mismatches) == (30, [])


async def test_nothing_is_sealed_while_a_transaction_of_its_time_is_open(opened: Database) -> None:
    """A row that is committed late is in the seal of its own minute: no seal is made before."""
    store = PostgresSeals(opened)
    async with opened.transaction() as late:
        await late.rows(
            """
            INSERT INTO attempt (message_id, at, outcome, provider, code, took)
            VALUES ($1, now(), 'accepted', 'smtp', '', interval '0')
            """,
            message_id(1),
        )
        before = await store.horizon()
        during = await store.horizon()
    [row] = await opened.rows("SELECT recorded_at FROM attempt")

    assert during.oldest <= before.own
    assert row["recorded_at"] < before.at


async def test_a_sealer_waits_for_the_look_before_and_begins_again_after_a_restart(opened: Database) -> None:
    await record(opened, 1, datetime.now(UTC) - 3 * MINUTE)
    first, second = (
        Sealer(store=PostgresSeals(opened), publisher=MemoryPublisher(), notify=False) for _ in range(2)
    )
    await seal(first)
    made = await opened.rows("SELECT FROM seal")
    async with asyncio.timeout(60):
        while not await opened.rows("SELECT FROM seal"):
            await seal(second)
            await asyncio.sleep(0.1)
    await seal(first)
    found = await verified(opened)

    assert (len(made), found.seals, found.rows, found.mismatches) == (0, 1, 1, [])


async def test_the_head_of_yesterday_is_told_once_and_always_the_same(opened: Database) -> None:
    await record(opened, 1, datetime.now(UTC) - timedelta(days=2))
    publisher = MemoryPublisher()
    sealer = Sealer(store=PostgresSeals(opened), publisher=publisher, notify=True)
    async with asyncio.timeout(60):
        while not publisher.events:
            await seal(sealer)
            await asyncio.sleep(0.1)
    await seal(sealer)
    head = await PostgresSeals(opened).last_before(LATER + timedelta(days=9999))
    assert head is not None
    [told] = publisher.events

    assert told.name == "hub.evidence.sealed"
    assert told.data["digest"] == head.digest.hex()
    assert told.id == f"seal-head:{told.data['day']}"
    assert date.fromisoformat(told.data["day"]) < datetime.now(UTC).date()


def test_a_leaf_can_be_computed_by_anybody() -> None:
    row = SealedRow(
        message_id=message_id(1),
        at=EIGHT,
        recorded_at=EIGHT + timedelta(microseconds=5),
        outcome="accepted",
        provider="smtp",
        reference='ñ\u2028"\\\n\x7f',
        code="250",
        took=1500,
        digest=bytes(32),
        version=None,
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    at = round((EIGHT - epoch).total_seconds()) * 10**6
    said = [str(row.message_id), at, at + 5, "accepted", "smtp", row.reference, "250", 1500, "00" * 32, None]
    plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    assert leaf(row) == row.message_id.bytes + at.to_bytes(8, "big") + sha256(plain).digest()
    assert len(leaf(row)) == LEAF
