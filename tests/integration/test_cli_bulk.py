"""Bulk actions as commands: the list, the progress, and a stop."""

from __future__ import annotations

from uuid import uuid4

from hub.storage import Database, PostgresBulk
from tests.command_line import hub
from tests.contract.test_bulk_store import run_of


async def test_bulk_action_is_listed_shown_and_stopped(environ: dict[str, str]) -> None:
    run = run_of(2)
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await PostgresBulk(database).start(run, [uuid4(), uuid4()])
    _, listed, _ = await hub(environ, "bulk", "list")
    stops = [(await hub(environ, "bulk", "stop", str(run.id)))[1]["changed"] for _ in range(2)]
    _, shown, _ = await hub(environ, "bulk", "show", str(run.id))
    unknown, _, error = await hub(environ, "bulk", "show", str(uuid4()))

    assert [row["id"] for row in listed["items"]] == [str(run.id)]
    assert stops == [True, False]
    assert (shown["state"], shown["ended_by"][:4]) == ("cancelled", "cli:")
    assert unknown == 1
    assert "bulk run" in error
