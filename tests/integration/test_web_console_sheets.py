"""Each list of the console as a sheet: all rows that one answer may have, with their number in its link."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import hdrs

from tests.contract.stores import open_stores
from tests.contract.values import letter, message, stored
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.identities import API_KEY, bearer
from tests.servers import Servers

LISTS: Final = (
    *("/accounts", "/audit", "/bulk", "/cases", "/dead", "/keys", "/letters", "/letters/batches"),
    *("/messages", "/messages/unreached", "/people", "/posters", "/surveys"),
)
MORE: Final = 51
"""One more than a page has."""
SHEET: Final = re.compile(
    r'<a href="([^"]+)" download>Descargar esta lista \(CSV(, hasta 500 renglones)?\)</a>'
)


async def asked(hub: ConsoleHub, path: str) -> Answer:
    return await hub.hub.send("GET", path, {hdrs.ACCEPT: "text/html", **bearer(API_KEY)}, at="console")


async def sheet_of(hub: ConsoleHub, path: str) -> list[str]:
    """Load the sheet that the page of a list links to; return its lines after the first."""
    page = await asked(hub, path)
    link = SHEET.search(page.text)
    assert link is not None, path
    sheet = await asked(hub, link[1].replace("&amp;", "&"))
    assert sheet.headers[hdrs.CONTENT_TYPE].startswith("text/csv"), path
    return sheet.text.splitlines()[1:]


async def test_every_list_has_a_sheet_with_its_rows(servers: Servers) -> None:
    async with console_hub(servers) as hub:
        await asked(hub, hub.path("/messages/MESSAGE"))  # for the audit to have something
        found = {path: len(await sheet_of(hub, path)) for path in LISTS}

    assert [] == [path for path, lines in found.items() if not lines]


async def test_sheet_of_a_list_goes_on_where_its_page_ends(servers: Servers) -> None:
    async with console_hub(servers) as hub, open_stores(hub.hub.database_url) as stores:
        of = stored(copropiedad_id="ph-alfa")
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
            await transaction.add_dead_letters([letter(f"{{ {n}".encode()) for n in range(MORE)])
        await stores.add(*(message(of, person=f"p-{number}") for number in range(MORE)))
        page = await asked(hub, "/messages")

        assert page.text.count('<tr id="m-') == MORE - 1
        assert len(await sheet_of(hub, "/messages?state=queued")) == MORE
        assert len(await sheet_of(hub, "/dead")) == MORE + 3
