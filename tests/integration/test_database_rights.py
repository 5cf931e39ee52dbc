"""The two users of the database: one owns it and migrates, the other cannot change the audit."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub.access.audit import note
from hub.cli.check.servers import of_audit
from hub.errors import ConfigurationError, StorageRefused
from hub.local import programs
from hub.local.postgres import Postgres
from hub.model.ids import earliest
from hub.model.months import missing, month_of, months_after
from hub.storage import Database, PostgresAudit, PostgresMonths, migrations
from hub.storage.rights import FUNCTIONS, ONLY, ROWS, audit_rights
from tests.command_line import command
from tests.integration.divided import divide, first
from tests.servers import APP, OWNER, Servers, as_user, connected

ROOT = Path(__file__).parents[2]
USERS = ROOT / "scripts/database-users.sql"
PASSWORD = "that-of-the-one-user"


@pytest.fixture
def roles_url(database: str) -> str:
    """The HUB_DATABASE_URL of an installation with two users."""
    return as_user(database, APP)


TRIGGER = "suppress_redundant_updates_trigger"  # any that is there
REFUSED = (
    "UPDATE audit SET who = 'nobody'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET who = 'nobody'",
    "MERGE INTO audit USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE",
    "SELECT FROM audit FOR UPDATE",
    "LOCK TABLE audit IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE audit ADD COLUMN x text",
    "ALTER TABLE audit RENAME TO other",
    "ALTER TABLE audit OWNER TO hub_app",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "ALTER TABLE audit ENABLE ROW LEVEL SECURITY",
    "DROP TABLE audit",
    "DROP INDEX audit_at",
    "DROP SCHEMA public CASCADE",
    "CREATE RULE gone AS ON INSERT TO audit DO INSTEAD NOTHING",
    f"CREATE TRIGGER x BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION {TRIGGER}()",
    # A trigger on another table would run with the rights of the user who migrates.
    f"CREATE TRIGGER x BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION {TRIGGER}()",
    "CREATE TABLE mine (x int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE OR REPLACE FUNCTION drop_month(month text) RETURNS void LANGUAGE sql AS ''",
    "ALTER DEFAULT PRIVILEGES FOR ROLE hub_owner GRANT ALL ON TABLES TO hub_app",
    "SET ROLE hub_owner",
    "SET ROLE hub",
    "SET SESSION AUTHORIZATION hub_owner",
    "SET session_replication_role = replica",
    "ALTER ROLE hub_app SUPERUSER",
    "ALTER ROLE hub_owner PASSWORD 'mine'",
    "GRANT hub_owner TO hub_app",
    "UPDATE alembic_version SET version_num = '0001'",
    "SELECT make_month('audit', '2030_01', gen_random_uuid(), gen_random_uuid())",
    "SELECT make_month('event', '2030_01; DROP TABLE audit', gen_random_uuid(), gen_random_uuid())",
    "SELECT drop_month('2030_01, audit')",
)


async def test_the_roles_user_cannot_change_the_audit_nor_become_who_can(
    database: str, roles_url: str
) -> None:
    async with Database(roles_url) as opened, connected(roles_url) as roles:
        await note(PostgresAudit(opened), who="ana", action="people.read", subject="person:p-1")
        allowed = [statement for statement in REFUSED if not await _is_refused(roles, statement)]
        await roles.execute("GRANT ALL ON audit TO hub_app")  # nobody can grant a right without having it
        rights = await audit_rights(opened)
    async with connected(database) as owner:
        left = await owner.fetch("SELECT who, action FROM audit")

    assert [] == allowed
    assert [] == list(of_audit(rights))
    assert [("ana", "people.read")] == [tuple(row) for row in left]


async def _is_refused(roles: Any, statement: str) -> bool:
    try:
        async with roles.transaction():
            await roles.execute(statement)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError):
        return True
    return False


async def test_the_roles_user_adds_to_the_audit_and_reads_it(roles_url: str) -> None:
    async with Database(roles_url) as opened:
        audit = PostgresAudit(opened)
        await note(audit, who="ana", action="people.read", subject="person:p-1")
        page = await audit.notes(after=None, limit=10)

    assert ["people.read"] == [item.action for item in page.items]


async def test_names_that_the_caller_chooses_do_not_deceive_the_owners_functions(roles_url: str) -> None:
    """`pg_temp` is where anybody may make tables, and is searched first where nothing else is said."""
    async with connected(roles_url) as roles:
        await roles.execute("CREATE TEMP TABLE event_2031_01 (); CREATE TEMP TABLE event_default (key uuid)")
        await roles.execute("SET search_path = pg_temp, public")
        since, until = earliest(first(2031, 1)), earliest(first(2031, 2))
        await roles.execute("SELECT public.make_month('event', '2031_01', $1, $2)", since, until)
        partitions = await roles.fetch("SELECT inhrelid::regclass::text AS name FROM pg_inherits")

    assert "public.event_2031_01" in {row["name"] for row in partitions}


@asynccontextmanager
async def _undone(opened: Database) -> AsyncIterator[Any]:
    with suppress(_GivenUpError):
        async with opened.transaction() as run:
            yield run
            raise _GivenUpError


async def test_the_roles_user_makes_and_drops_months_that_are_not_its_own(
    database: str, roles_url: str
) -> None:
    async with Database(database) as owner:
        await divide(owner, first(2025, 3), 1)
    async with Database(roles_url) as opened:
        months = PostgresMonths(opened)
        await months.make(first(2025, 5))
        [made] = [month for month in await months.months() if month.name == "2025_05"]
        owners = await opened.rows(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE '%_2025_05'"
        )
        held = await months.drop(made)
        notes = await PostgresAudit(opened).notes(after=None, limit=10)

    assert [OWNER] == [row["tableowner"] for row in owners]
    assert held == {}
    assert [("database:hub_app", "months.drop", {"month": "2025_05"})] == [
        (note.who, note.action, note.detail) for note in notes.items
    ]


@pytest.mark.parametrize("later", range(-1, 3))
async def test_no_user_of_the_roles_drops_a_month_that_every_retention_keeps(
    database: str, roles_url: str, later: int
) -> None:
    """The month before, the current one and those to come, under their names or an old month's."""
    month = months_after(month_of(datetime.now(UTC)), later)
    within = earliest(month), earliest(months_after(month, 1))
    async with Database(database) as owner:
        await divide(owner, first(2025, 3), 1)
    async with Database(roles_url) as opened:
        for name in (f"{month:%Y_%m}", "2019_01"):
            async with _undone(opened) as run:
                for table in ("event", "message", "attempt"):
                    await run.rows("SELECT make_month($1, $2, $3, $4)", table, name, *within)
                with pytest.raises(StorageRefused, match="22023"):
                    await run.rows("SELECT drop_month($1)", name)
        with pytest.raises(StorageRefused, match="22023"):
            await opened.rows("SELECT drop_month('2019_01')")

        assert [] == (await PostgresAudit(opened).notes(after=None, limit=10)).items


async def test_the_first_partition_is_not_dropped_while_it_has_the_current_month(roles_url: str) -> None:
    async with Database(roles_url) as opened:
        [young] = [month for month in await PostgresMonths(opened).months() if month.is_first]
        with pytest.raises(StorageRefused, match="22023"):
            await PostgresMonths(opened).drop(young)


async def test_the_month_before_the_last_one_may_go(database: str, roles_url: str) -> None:
    """`[retention] months = 1` keeps one whole month before the current one."""
    this = month_of(datetime.now(UTC))
    async with Database(database) as owner:
        await divide(owner, months_after(this, -2), 3)
    async with Database(roles_url) as opened:
        months = PostgresMonths(opened)
        [old, young, *_] = await months.months()

        assert {} == await months.drop(old)
        with pytest.raises(StorageRefused, match="22023"):
            await months.drop(young)


async def test_the_rights_are_exactly_those_of_the_table(database: str) -> None:
    async with connected(database) as owner:
        found = await owner.fetch(
            "SELECT relname, array_remove(array_agg(DISTINCT privilege_type::text), NULL) AS rights"
            " FROM pg_class LEFT JOIN aclexplode(relacl) AS acl ON acl.grantee = 'hub_app'::regrole"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') GROUP BY relname"
        )
        owned = await owner.fetchval(
            "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'hub_app'::regrole AND deptype = 'o'"
        )
        public = await owner.fetch(
            "SELECT relname FROM pg_class CROSS JOIN aclexplode(relacl) AS acl"
            " WHERE relnamespace = 'public'::regnamespace AND acl.grantee = 0"
        )
        functions = await owner.fetch(
            "SELECT oid::regprocedure::text AS name FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
    rights = {row["relname"]: set(row["rights"]) for row in found}

    assert {name: set(ONLY.get(name, ROWS)) for name in rights} == rights
    assert (0, []) == (owned, public)
    assert {row["name"].replace(",", ", ") for row in functions} == set(FUNCTIONS)


@pytest.mark.parametrize("table", ["audit", "seal", "seal_stamp", "template_version"])
def test_no_statement_of_the_hub_changes_the_audit_or_a_seal(table: str) -> None:
    statements = "\n".join(path.read_text() for path in (ROOT / "hub/storage/sql").glob("*.sql"))
    changing = rf"\b(UPDATE|DELETE FROM|TRUNCATE|MERGE INTO|ALTER TABLE|DROP TABLE)\s+(ONLY\s+)?{table}\b"

    assert re.search(rf"INSERT INTO {table}\b", statements)
    assert [] == re.findall(changing, statements, re.IGNORECASE)


async def test_a_new_database_is_made_by_the_owner_and_used_by_the_roles(servers: Servers) -> None:
    async with servers.empty_database() as url:
        environ = {"HUB_DATABASE_OWNER_URL": as_user(url, OWNER), "HUB_DATABASE_URL": as_user(url, APP)}
        done = [await command(environ, "db", "upgrade") for _ in range(2)]
        status = await command({"HUB_DATABASE_URL": environ["HUB_DATABASE_URL"]}, "db", "status")
        async with Database(environ["HUB_DATABASE_URL"]) as opened:
            rights = await audit_rights(opened)

    assert [0, 0, 0] == [each.code for each in (*done, status)]
    assert [] == list(of_audit(rights))


async def test_the_roles_user_alone_cannot_upgrade_and_names_the_command(servers: Servers) -> None:
    async with servers.empty_database() as url:
        done = await command({"HUB_DATABASE_URL": as_user(url, APP)}, "db", "upgrade")

    assert done.code == 1
    assert "run `hub db upgrade` with HUB_DATABASE_OWNER_URL" in done.err


@pytest.mark.parametrize(
    ("roles", "error"),
    [("nobody_knows", "does not let the user of HUB_DATABASE_URL in"), (APP, "different databases")],
)
async def test_a_wrong_user_of_the_roles_is_an_error_that_says_so(
    servers: Servers, database: str, roles: str, error: str
) -> None:
    url = as_user(database if roles != APP else servers.postgres.url, roles)
    with pytest.raises(ConfigurationError, match=error):
        await migrations.upgrade(as_user(database, OWNER), roles_url=url)


async def test_an_owner_who_owns_nothing_is_an_error_that_says_so(database: str, roles_url: str) -> None:
    with pytest.raises(ConfigurationError, match="does not own the hub's tables"):
        await migrations.upgrade(roles_url, roles_url=as_user(database, OWNER))


async def test_one_user_for_both_needs_no_second(database: str) -> None:
    await migrations.upgrade(database, roles_url=database)
    async with Database(database) as opened:
        assert (await audit_rights(opened)).is_superuser


async def run_users_script(url: str, secrets: Path) -> None:
    psql = programs.find_postgres().with_name("psql")
    running = await asyncio.create_subprocess_exec(
        *(psql, "-qX", "-v", f"secrets={secrets}", "-f", USERS, url), stdout=PIPE, stderr=STDOUT
    )
    printed, _ = await asyncio.wait_for(running.communicate(), 30)
    assert (0, b"") == (running.returncode, printed)


async def test_an_installation_of_one_user_becomes_one_of_two(
    private_postgres: Postgres, tmp_path: Path
) -> None:
    """`hub` is PostgreSQL's first superuser, as in the containers of older versions: it stays one."""
    for name in ("database_owner_password", "database_password"):
        (tmp_path / name).write_text(f"{PASSWORD}'-of-{name}\n")
    async with connected(private_postgres.url_of("postgres")) as admin:
        await admin.execute(f"CREATE ROLE older LOGIN PASSWORD '{private_postgres.password}'")
        for user in ("hub", "older"):
            await admin.execute(f"CREATE DATABASE of_{user} OWNER {user}")
            await _divide_users(private_postgres.url_of(f"of_{user}"), user, tmp_path)


async def _divide_users(url: str, user: str, secrets: Path) -> None:
    await migrations.upgrade(as_user(url, user))
    async with Database(as_user(url, user)) as opened:
        await note(PostgresAudit(opened), who="ana", action="people.read", subject="person:p-1")
        months = PostgresMonths(opened)
        for month in missing(await months.months(), datetime.now(UTC), 3):
            await months.make(month)
        before = await audit_rights(opened)
    for _ in range(2):
        await run_users_script(url, secrets)
    place = url.rpartition("@")[2]
    roles = f"postgresql://hub_app:{PASSWORD}%27-of-database_password@{place}"
    owner = f"postgresql://hub_owner:{PASSWORD}%27-of-database_owner_password@{place}"
    done = await command({"HUB_DATABASE_URL": roles, "HUB_DATABASE_OWNER_URL": owner}, "db", "upgrade")
    async with Database(roles) as opened:
        rights = await audit_rights(opened)
        notes = await PostgresAudit(opened).notes(after=None, limit=10)
        months = PostgresMonths(opened)
        await months.make(first(2031, 5))
        there = [month.name for month in await months.months()]
        of_others = await opened.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relowner <> 'hub_owner'::regrole"
        )

    assert done.code == 0
    assert [1, 0] == [len(list(of_audit(each))) for each in (before, rights)]
    assert ["people.read"] == [item.action for item in notes.items]
    assert "2031_05" in there
    assert [] == of_others


async def test_the_commands_of_the_page_make_two_users_of_one(
    private_postgres: Postgres, tmp_path: Path
) -> None:
    await migrations.upgrade(private_postgres.url)
    page = (ROOT / "docs/operations/protect.md").read_text()
    [commands] = re.findall(r"^```sh\n(mkdir -m 700 secrets\n.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    programs_here = (Path(sys.executable).parent, programs.find_postgres().parent)
    environ = {
        "PATH": ":".join([*map(str, programs_here), os.environ["PATH"]]),
        "PGHOST": "127.0.0.1",
        "PGPORT": str(private_postgres.port),
        "PGUSER": "hub",
        "PGPASSWORD": private_postgres.password,
    }
    running = await asyncio.create_subprocess_exec(
        *("bash", "-ec", commands.replace(":5432", f":{private_postgres.port}")),
        cwd=tmp_path,
        env=environ,
        stdout=PIPE,
        stderr=STDOUT,
    )
    printed, _ = await asyncio.wait_for(running.communicate(), 60)
    assert running.returncode == 0, printed
    password = (tmp_path / "secrets/database_password").read_text().strip()
    async with Database(f"postgresql://hub_app:{password}@127.0.0.1:{private_postgres.port}/hub") as opened:
        assert [] == list(of_audit(await audit_rights(opened)))


WARNED = {
    "ALTER ROLE hub_app SUPERUSER": "es superusuario",
    "ALTER ROLE hub_app CREATEROLE": "darse el permiso",
    "GRANT hub_owner TO hub_app": "es dueño de las tablas",
    "GRANT UPDATE ON audit TO hub_app": "puede cambiar la auditoría",
    "CREATE ROLE other; GRANT DELETE ON audit TO other; GRANT other TO hub_app": "puede cambiar la auditoría",
}


async def test_check_warns_of_a_user_who_may_change_the_audit(opened: Database) -> None:
    """In transactions that are given up: the users are those of other tests, too."""
    found = {}
    for grant, words in WARNED.items():
        with suppress(_GivenUpError):
            async with opened.transaction() as run:
                for statement in grant.split("; "):
                    await run.rows(statement)
                await run.rows("SET LOCAL ROLE hub_app")
                [finding] = of_audit(await audit_rights(run))
                found[grant] = (finding.state, words in finding.what)
                raise _GivenUpError

    assert dict.fromkeys(WARNED, ("warn", True)) == found


class _GivenUpError(Exception):
    pass
