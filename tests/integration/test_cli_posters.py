"""`hub posters list`, page by page."""

from __future__ import annotations

from hub.storage import Database
from tests.command_line import hub
from tests.integration.test_web_posters import announced, works


async def test_the_list_goes_on_where_its_page_ended(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        posters = [await announced(database, works()) for _ in range(3)]
        _, first, _ = await hub(environ, "posters", "list", "--limit", "2")
        _, rest, _ = await hub(environ, "posters", "list", "--after", first["next"])

    assert {str(poster) for poster in posters} == {row["id"] for row in (*first["items"], *rest["items"])}
    assert (2, 1, None) == (len(first["items"]), len(rest["items"]), rest["next"])
