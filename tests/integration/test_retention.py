"""Retention: old rows go, kind by kind; rows that an open case or the law needs stay."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from msgspec import structs

from hub.model.retention import LEAST, DataKind
from hub.operations.evidence.verify import verify
from hub.operations.retention import apply, report
from hub.policy import load_policy
from hub.policy.policy import Retention
from hub.storage import Database, PostgresEvidence, PostgresRetention
from hub.timers.row_work import erase_old_data
from tests.integration.constancias import seal_all
from tests.integration.test_erasures import KEPT, WORDS, Rights, about, leave, rights
from tests.integration.test_seals import quiet
from tests.unit.timer_harness import hub_with, timers_of

__all__ = ["rights"]

LATER: Final = datetime.now(UTC) + timedelta(days=800)
FOR_EVER: Final = dict.fromkeys(DataKind, 0)
A_YEAR: Final = dict.fromkeys(DataKind, 12)


async def run(database: Database, now: datetime = LATER, **months: int) -> Mapping[DataKind, int]:
    kinds: dict[DataKind, int] = {**FOR_EVER, **{DataKind(kind): number for kind, number in months.items()}}
    rows = await apply(PostgresRetention(database), kinds, now, pace=0)
    return {row.kind: row.rows for row in rows if row.rows}


async def test_nothing_goes_that_is_kept_for_ever(rights: Rights) -> None:
    before = await rights.seen()

    assert {} == await run(rights.database)
    assert before == await rights.seen()


async def test_nothing_goes_before_its_time(rights: Rights) -> None:
    await leave(rights)
    before = await rights.seen()
    await apply(PostgresRetention(rights.database), A_YEAR, datetime(2026, 3, 10, tzinfo=UTC), pace=0)

    assert before == await rights.seen()


async def test_open_case_keeps_its_texts_and_contacts(rights: Rights) -> None:
    await rights.database.rows("UPDATE reply SET published_at = now()")
    open_cases = "SELECT count(*) AS n FROM message WHERE event = 'pqrs.received' AND name = ''"
    await run(rights.database, texts=12, contacts=12)

    assert 0 == (await rights.database.rows(open_cases))[0]["n"]
    assert WORDS["mail"] in str(await rights.database.rows("SELECT recipients FROM party"))


async def test_texts_go_and_legal_ones_stay_for_their_own_time(rights: Rights) -> None:
    await leave(rights)
    await run(rights.database, texts=12)
    left = await rights.database.rows(
        "SELECT DISTINCT purpose FROM message WHERE name <> '' AND next_at IS NULL AND state <> 'waiting'"
    )
    await run(rights.database, legal=12)
    after = await rights.database.rows("SELECT count(*) AS n FROM attempt WHERE content IS NOT NULL")

    assert ["legal"] == [row["purpose"] for row in left]
    assert 0 == after[0]["n"]


async def test_seals_still_fit_after_the_retention(rights: Rights) -> None:
    await leave(rights)
    await seal_all(rights.database)
    await run(rights.database, texts=12, legal=12, contacts=12, comments=12, replies=12)
    whole = await verify(PostgresEvidence(rights.database), remake=True, progress=quiet)
    assert [] == whole.mismatches


async def test_people_without_a_reference_go_with_their_case(rights: Rights) -> None:
    await leave(rights)
    await rights.database.rows("UPDATE clock SET ended_at = now()")
    done = await run(rights.database, contacts=12)
    rows = await rights.database.rows("SELECT recipients::text AS who FROM party")
    events = await rights.database.rows(
        "SELECT data::text AS data FROM event WHERE case_key = 'pqrs_id:pqrs-78'"
    )

    assert 1 == done[DataKind.CONTACTS]
    assert not any(WORDS["mail"] in row["who"] for row in rows)
    assert not any(WORDS["mail"] in row["data"] for row in events)


async def test_replies_comments_and_settled_letters_go(rights: Rights) -> None:
    await leave(rights)
    await rights.office.take_in(about("satisfaction.detractor.detected", 8, comment=WORDS["comment"]))
    await rights.database.rows("UPDATE dead_letter SET state = 'discarded', settled_at = now()")
    done = await run(rights.database, replies=12, comments=12, dead_letters=12)
    seen = str(await rights.database.rows("SELECT text FROM reply UNION ALL SELECT words FROM case_note"))
    seen += str(await rights.database.rows("SELECT name FROM given_file"))
    seen += str(await rights.database.rows("SELECT data::text FROM event WHERE data ? 'comment'"))

    # A reply, a photo of a petition, and two notes of colleagues.
    assert {DataKind.REPLIES: 4, DataKind.COMMENTS: 3, DataKind.DEAD_LETTERS: 1} == done
    assert not [word for word in ("reply", "comment", "report", "inside", "file") if WORDS[word] in seen]


async def test_dry_run_counts_and_changes_nothing(rights: Rights) -> None:
    await leave(rights)
    before = await rights.seen()
    told = {row.kind: row.rows for row in await report(PostgresRetention(rights.database), A_YEAR, LATER)}
    after = await rights.seen()
    done = await apply(PostgresRetention(rights.database), A_YEAR, LATER, pace=0)

    assert before == after
    assert told == {row.kind: row.rows for row in done}
    assert told[DataKind.TEXTS] > 0


async def test_run_that_was_broken_off_goes_on(rights: Rights) -> None:
    await leave(rights)
    store = PostgresRetention(rights.database)
    before = LATER - timedelta(days=365)
    first, cursor = await store.erase(DataKind.TEXTS, before, "", 2)
    done = await run(rights.database, texts=12)

    assert cursor is not None
    assert done[DataKind.TEXTS] > 0
    assert {} == await run(rights.database, texts=12)
    assert first <= 2


async def test_timers_apply_the_policy(rights: Rights) -> None:
    await leave(rights)
    policy = structs.replace(load_policy(), retention=Retention(months=0, texts=12))
    timers = timers_of(
        await hub_with(), old_data=PostgresRetention(rights.database), policy=policy, now=lambda: LATER
    )
    await erase_old_data(timers)
    left = await rights.database.rows(
        "SELECT DISTINCT purpose FROM message WHERE name <> '' AND next_at IS NULL AND state <> 'waiting'"
    )

    assert ["legal"] == [row["purpose"] for row in left]


async def test_audit_of_the_last_year_is_never_forgotten(opened: Database) -> None:
    add = (
        "INSERT INTO audit (id, at, who, action, subject, detail) "
        "SELECT gen_random_uuid(), now() - age, 'ana', 'x', 'y', '{}' "
        "FROM unnest(ARRAY['400 days', '300 days']::interval[]) AS given (age)"
    )
    await opened.rows(add)
    await run(opened, datetime.now(UTC) + timedelta(days=900), audit=12)
    rows = await opened.rows("SELECT at FROM audit")

    assert 1 == len(rows)


@pytest.mark.parametrize(("given", "kept"), [(0, 0), (3, LEAST[DataKind.AUDIT]), (36, 36)])
def test_audit_is_kept_for_a_year_at_least(given: int, kept: int) -> None:
    assert kept == Retention(months=0, audit=given).kinds[DataKind.AUDIT]


def test_every_kind_has_its_months() -> None:
    fields: dict[str, Any] = {kind.value: number for number, kind in enumerate(DataKind, 20)}

    assert {DataKind(kind): number for kind, number in fields.items()} == Retention(months=0, **fields).kinds


def test_law_keeps_nothing_but_legal_messages() -> None:
    assert {"message", "attempt", "letter"} == {table for table, _ in KEPT}


async def test_ended_pages_and_codes_of_residents_go_with_the_sign_ins(rights: Rights) -> None:
    left = "SELECT person FROM resident_code UNION ALL SELECT person FROM resident_session"
    rows = await report(PostgresRetention(rights.database), {**FOR_EVER, DataKind.SIGN_INS: 12}, LATER)
    before = await rights.database.rows(left)
    found = await run(rights.database, sign_ins=12)

    assert {DataKind.SIGN_INS: 2} == found == {row.kind: row.rows for row in rows if row.rows}
    assert (2, 0) == (len(before), len(await rights.database.rows(left)))
