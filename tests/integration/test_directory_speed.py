"""A large directory: the audience of one copropiedad is found by its index, in milliseconds."""

import statistics
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest
from msgspec.structs import replace

from hub.people.audience import ABSENTEES, EVERY_ROLE, RESIDENTS, Group
from hub.policy import load_policy
from hub.storage import Database, PostgresIntake, PostgresReach, PostgresReadiness
from hub.storage.database import load
from tests.servers import Servers

pytestmark = pytest.mark.chaos

UNITS = 250
"""Units of each copropiedad; in each unit live two people."""
ONE = Group(copropiedad_id="ph-7", roles=RESIDENTS)

FILL = (
    """INSERT INTO copropiedad (id, version, name)
       SELECT 'ph-' || c, 1, 'Conjunto' FROM generate_series(1, $1::int) c WHERE $2::int > 0""",
    """INSERT INTO unit (id, version, copropiedad_id, tower, label)
       SELECT 'u-' || c || '-' || n, 1, 'ph-' || c, (n % 4)::text, 'Apto ' || n
       FROM generate_series(1, $1::int) c, generate_series(1, $2::int) n""",
    """INSERT INTO person (id, version, removed, name, locale, digital_access, contact_points)
       SELECT 'p-' || c || '-' || n, 1, false, 'Somebody', 'es', true,
              jsonb_build_array(jsonb_build_object('id', 'm', 'kind', 'email', 'verified', n % 3 = 0,
                                                   'value', 'p-' || c || '-' || n || '@example.com'))
       FROM generate_series(1, $1::int) c, generate_series(1, $2::int * 2) n""",
    """INSERT INTO membership (id, version, removed, person_id, scope_kind, scope_id, role)
       SELECT 'm-' || c || '-' || n || role, 1, false, 'p-' || c || '-' || n, 'unit',
              'u-' || c || '-' || (n + 1) / 2, role
       FROM generate_series(1, $1::int) c, generate_series(1, $2::int * 2) n,
            unnest('{owner,resident}'::text[]) role""",
    """INSERT INTO directory_version (kind, id, version, time, since, removed, data)
       SELECT 'membership', id, 1, now(), now() - interval '1 day', false, jsonb_build_object(
           'membership_id', id, 'version', 1, 'person_id', person_id, 'role', role,
           'scope', 'unit:' || scope_id)
       FROM membership WHERE $1::int + $2::int > 0""",
    """INSERT INTO directory_version (kind, id, version, time, since, removed, data)
       SELECT 'unit', id, 1, now(), now() - interval '1 day', false, jsonb_build_object(
           'unit_id', id, 'version', 1, 'copropiedad_id', copropiedad_id, 'label', label)
       FROM unit WHERE $1::int + $2::int > 0""",
)

INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
WHERE indrelid = ANY ('{copropiedad, unit, person, membership, directory_version}'::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""

AGREE = (
    """INSERT INTO consent (id, person, purpose, at, granted, said_by, channels, text_version, method)
       SELECT gen_random_uuid(), id, purpose, now() - interval '2 days', true, gen_random_uuid(), '{}',
              'v3', 'paper'
       FROM person, unnest('{data_treatment,commercial}'::text[]) purpose""",
    # Every second one has thought better of it, half of them by BAJA.
    """INSERT INTO consent (id, person, purpose, at, granted, said_by, channels)
       SELECT gen_random_uuid(), id, 'commercial', now(), false, gen_random_uuid(), '{}'
       FROM person WHERE right(id, 1) IN ('1', '3', '5')""",
    """INSERT INTO opt_out (address, purpose, since, person, reason)
       SELECT id || '@example.com', 'commercial', now(), id, 'opted_out'
       FROM person WHERE right(id, 1) IN ('7', '9')""",
)

GONE = """
INSERT INTO suppression (address, channel, since, message_id, reason, provider, code)
SELECT id || '@example.com', 'email', now(), gen_random_uuid(), 'gone', 'smtp', '550'
FROM person WHERE right(id, 1) = '6'
"""


@pytest.fixture
async def filled(servers: Servers, people: int) -> AsyncIterator[Database]:
    """A directory of so many, and of no other test."""
    async with (
        servers.filled_database(f"directory_{people}", partial(fill, people=people)) as url,
        Database(url) as opened,
    ):
        yield opened


@pytest.fixture
async def kept(servers: Servers, people: int) -> AsyncIterator[Database]:
    """The same for tests that only read, without a copy."""
    url = await servers.filled_once(f"directory_{people}", partial(fill, people=people))
    async with Database(f"{url}?default_transaction_read_only=on") as opened:
        yield opened


async def fill(url: str, *, people: int) -> None:
    """Rows first, then indexes: an index is sorted three times as fast as each row is put into it."""
    async with Database(url) as opened:
        indexes = await opened.rows(INDEXES)
        for index in indexes:
            await opened.rows(f"DROP INDEX {index['name']}")
        for statement in FILL:
            await opened.rows(statement, people // UNITS // 2, UNITS)
        for index in indexes:
            await opened.rows(index["made"])
        await opened.rows("ANALYZE")


@pytest.mark.parametrize("people", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
async def test_the_audience_of_one_copropiedad_is_found_by_its_index(kept: Database, people: int) -> None:
    took: list[float] = []
    for _ in range(7):
        began = time.perf_counter()
        async with PostgresIntake(kept).transaction() as transaction:
            found = await transaction.people_page(ONE, "", 5000)
        took.append((time.perf_counter() - began) * 1000)
    page = await _plan(
        kept, "directory", "page", ONE.copropiedad_id, ONE.roles, (), "", 5000, None, (), 0, ()
    )
    report(f"{people} people: {len(found)} of one copropiedad in {statistics.median(took):.1f} ms\n{page}")

    assert UNITS * 2 == len(found)
    assert "membership_scope" in page
    assert "unit_copropiedad" in page
    assert "Seq Scan on membership" not in page
    assert statistics.median(took) < 250  # milliseconds: some ten are usual


@pytest.mark.parametrize("people", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
async def test_a_page_of_everyone_is_found_by_the_index_of_roles(kept: Database, people: int) -> None:
    everyone = Group(roles=EVERY_ROLE, everywhere=True)
    took: list[float] = []
    for after in ("", "p-1-499", "p-3-77", "p-9"):
        began = time.perf_counter()
        async with PostgresIntake(kept).transaction() as transaction:
            found = await transaction.people_page(everyone, after, 500)
        took.append((time.perf_counter() - began) * 1000)
    plan = await _plan(kept, "directory", "everywhere", everyone.roles, "p-3-77", 500, None)
    report(f"{people} people: pages of everyone in {', '.join(f'{ms:.0f}' for ms in took)} ms\n{plan}")

    assert 500 == len(found)
    assert "membership_role" in plan
    assert "Seq Scan" not in plan
    assert statistics.median(took) < 250  # milliseconds: some ten are usual


@pytest.mark.parametrize("people", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
async def test_who_was_an_owner_is_found_by_the_index_of_the_history(kept: Database, people: int) -> None:
    (row,) = await kept.rows("SELECT now() AS now")
    asked = "owner", "u-7-1", None, row["now"], "", 51, None
    began = time.perf_counter()
    found = await kept.rows(load("directory_history")["holders"], *asked)
    took = (time.perf_counter() - began) * 1000
    plan = await _plan(kept, "directory_history", "holders", *asked)
    report(f"{people} people: who owned one unit in {took:.1f} ms\n{plan}")
    of_all = "owner", None, "ph-7", row["now"], "", UNITS * 2 + 1, None
    began = time.perf_counter()
    owners = await kept.rows(load("directory_history")["holders"], *of_all)
    took = (time.perf_counter() - began) * 1000
    whole = await _plan(kept, "directory_history", "holders", *of_all)
    report(f"{people} people: who owned any of {UNITS} units in {took:.1f} ms\n{whole}")

    assert (2, UNITS * 2) == (len(found), len(owners))
    assert "directory_version_scope" in plan
    assert "directory_version_unit" in whole
    assert "Seq Scan on directory_version" not in plan + whole


@pytest.mark.parametrize("people", [20_000, pytest.param(100_000, marks=pytest.mark.slow)])
async def test_who_has_opted_in_is_found_by_the_index_of_the_ledger(filled: Database, people: int) -> None:
    for statement in AGREE:
        await filled.rows(statement)
    await filled.rows("ANALYZE")
    took: dict[str, list[float]] = {"all": [], "opted in": [], "readiness": []}
    wanted = replace(ONE, opted_in="commercial")
    readiness = PostgresReadiness(filled, lambda _: None)
    for _ in range(7):
        async with PostgresIntake(filled).transaction() as transaction:
            began = time.perf_counter()
            await transaction.people_page(ONE, "", 5000)
            took["all"].append(time.perf_counter() - began)
            began = time.perf_counter()
            found = await transaction.people_page(wanted, "", 5000)
            took["opted in"].append(time.perf_counter() - began)
        began = time.perf_counter()
        [counted] = await readiness.of("ph-7")
        took["readiness"].append(time.perf_counter() - began)
    refs = [person.ref for person in found]
    statement_plan = await _plan(filled, "consents", "statements", refs, ["commercial"])
    mails = [f"{ref}@example.com" for ref in refs]
    opted_out = await _plan(filled, "consents", "opted_out_of", refs, refs, mails, "commercial")
    medians = {name: statistics.median(each) * 1000 for name, each in took.items()}
    report(f"{people} people, 3 rows each: {medians} ms\n{statement_plan}\n{opted_out}")

    consenting = [person for person in found if person.left_out is None]
    assert (UNITS * 2, UNITS) == (len(found), len(consenting))
    assert (UNITS * 2, UNITS, 0) == (counted.authorised, counted.commercial, counted.missing_consent)
    assert "consent_person" in statement_plan
    assert "opt_out_person" in opted_out
    assert "opt_out_pkey" in opted_out
    assert "Seq Scan" not in statement_plan + opted_out
    assert medians["opted in"] < 250  # milliseconds: some ten are usual
    assert (
        medians["readiness"] < 2500
    )  # milliseconds; most of it is every opt-out there is, a fifth of all people


@pytest.mark.parametrize("people", [pytest.param(100_000, marks=pytest.mark.slow)])
async def test_units_that_nothing_reaches_are_counted_in_one_statement(filled: Database, people: int) -> None:
    await filled.rows(GONE)
    await filled.rows("ANALYZE suppression")
    reach = PostgresReach(filled, load_policy().suppression_for)
    began = time.perf_counter()
    places = await reach.by_place()
    took = time.perf_counter() - began
    report(f"{people} people: reach of each building in {took:.1f} s")

    units = people // 2
    assert (units // UNITS, units) == (len(places), sum(place.units for place in places))
    assert 0.4 < sum(place.reachable for place in places) / units < 0.7
    assert took < 15  # seconds: one or two are usual


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("of_units", (["u-7-1", "u-7-2"], ["owner", "payer"])),
        ("page", (ONE.copropiedad_id, ONE.roles, (), "", 50, None, (), 0, ())),
        ("page", (ONE.copropiedad_id, ONE.roles, (), "", 50, None, ABSENTEES, 0, ("1",))),
    ],
)
async def test_no_statement_reads_a_whole_role_before_the_first_analyze(
    servers: Servers, statement: str, asked: tuple[object, ...]
) -> None:
    async def fill(url: str) -> None:
        async with Database(url) as opened:
            await opened.rows("ALTER TABLE membership SET (autovacuum_enabled = off)")
            for rows in FILL:
                await opened.rows(rows, 4, UNITS)

    async with servers.filled_database("directory_unanalyzed", fill) as url, Database(url) as opened:
        plan = await _plan(opened, "directory", statement, *asked)

    assert "membership_scope" in plan
    assert "membership_role" not in plan


def report(numbers: str) -> None:
    """Print the figures, for a run with `-s`."""
    print(numbers)  # noqa: T201 - a measurement is read by a person


async def _plan(database: Database, group: str, name: str, *arguments: object) -> str:
    rows = await database.rows(f"EXPLAIN (ANALYZE, BUFFERS) {load(group)[name]}", *arguments)
    return "\n".join(row["QUERY PLAN"] for row in rows)
