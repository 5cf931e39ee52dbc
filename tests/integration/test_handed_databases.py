"""Databases that one test hands on to the next: neither rows nor a changed schema come with them."""

from contextlib import AsyncExitStack
from typing import Final

import pytest

from tests.servers import Servers, connected

OID: Final = "SELECT oid FROM pg_database WHERE datname = current_database()"
"""What stays of a database that has got another name."""
SETTING: Final = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 99999', current_database()); END $$
"""
ROW: Final = "INSERT INTO unit (id, version, copropiedad_id, label) VALUES ('u', 1, 'c', '1')"


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE event ADD COLUMN more text; SELECT pg_stat_reset()",
        "CREATE TABLE strange (a int)",
        "ALTER TABLE unit ADD COLUMN strange int",
        "DROP INDEX membership_scope",
        "CREATE FUNCTION strange() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ANALYZE unit",
        SETTING,
    ],
)
async def test_database_with_another_schema_is_not_handed_on(servers: Servers, change: str) -> None:
    async with servers.database() as url, connected(url) as connection:
        await connection.execute(ROW)
        oid = await connection.fetchval(OID)
        await connection.execute(change)
    async with servers.database() as url, connected(url) as connection:
        assert oid != await connection.fetchval(OID)


async def test_change_by_a_connection_that_is_still_open_counts_too(servers: Servers) -> None:
    async with AsyncExitStack() as stack:
        async with servers.database() as url:
            connection = await stack.enter_async_context(connected(url))
            oid = await connection.fetchval(OID)
            await connection.execute("CREATE TABLE strange (a int)")
        async with servers.database() as url, connected(url) as other:
            assert oid != await other.fetchval(OID)


async def test_database_is_handed_on_without_rows(servers: Servers) -> None:
    async with servers.database() as url, connected(url) as connection:
        await connection.execute(ROW)
        oid = await connection.fetchval(OID)
    async with servers.database() as url, connected(url) as connection:
        left = await connection.fetchval("SELECT count(*) FROM unit")
        assert (oid, 0) == (await connection.fetchval(OID), left)
