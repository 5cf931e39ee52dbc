"""Who was what on a day, as a command against a real database."""

from __future__ import annotations

from hub.storage import Database, PostgresIntake
from tests.contract.values import membership, person
from tests.integration.test_cli_contacts import printed
from tests.integration.test_cli_servers import environ, hub

__all__ = ["environ"]


async def test_who_was_an_owner_on_a_day_is_asked_on_the_command_line(environ: dict[str, str]) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(
            [
                person("p-1", names="María Peña"),
                membership("p-1", "unit:u-1", "owner", since="2019-07-01", until="2026-03-09"),
                membership("p-2", "unit:u-1", "owner", since="2026-03-09"),
            ]
        )
    asked = ("people", "who", "owner", "--unit", "u-1")
    before, _ = await printed(environ, *asked, "--on", "2026-03-08")
    _, after, _ = await hub(environ, *asked, "--on", "2026-03-09")
    _, first, _ = await hub(environ, *asked, "--limit", "1")
    refused = [
        await hub(environ, *words)
        for words in (asked[:3], (*asked, "--on", "ayer"), ("people", "who", "vecino", "--unit", "u-1"))
    ]

    assert "M*** P***" in before
    assert ["p-2"] == [row["person"] for row in after["items"]]
    assert (1, None) == (len(first["items"]), first["next"])
    assert [2, 2, 2] == [status for status, _, _ in refused]
