"""The calendar's page and its link, as a browser and a calendar program ask for them."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from hub.model import Account, Grant, Office
from tests.contract.stores import open_stores
from tests.contract.values import clock
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
LINK = re.compile(r"(/ical/[\w-]{43}\.ics)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    """A hub with a promise in each building that falls due tomorrow."""
    async with console_hub(servers) as made:
        due = datetime.now(UTC) + timedelta(days=1)
        clocks = [clock(f"pqrs_id:{mark}", context={"copropiedad_id": f"ph-{mark}"}) for mark in MARKS]
        async with open_stores(made.hub.database_url) as stores, stores.intake.transaction() as transaction:
            await transaction.save_clocks([replace(one, due_at=due) for one in clocks])
        yield made


async def pressed(hub: ConsoleHub, who: Account, path: str) -> Answer:
    """Press a button of the calendar's page, with the token of its form."""
    cookies = await hub.cookies_of(who)
    page = await hub.hub.send("GET", "/calendar", cookies, at="console")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await hub.hub.send("POST", path, {**cookies, **kind}, f"csrf={csrf[1]}", at="console")


async def read(hub: ConsoleHub, path: str) -> Answer:
    return await hub.hub.send("GET", path, {}, at="console")


async def test_link_is_shown_once_read_by_whoever_has_it_and_ended(hub: ConsoleHub) -> None:
    """A new one ends the one before; one that ended, or of a disabled account, is like one that never was."""
    eva = await hub.registry.account("eva", Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}"))
    first, second = [LINK.search((await pressed(hub, eva, "/calendar/link")).text) for _ in range(2)]
    assert first is not None
    assert second is not None
    calendar = await read(hub, second[1])
    stranger = await read(hub, f"/ical/{'x' * 43}.ics")
    old = await read(hub, first[1])
    stored = await hub.database.rows(
        "SELECT count(*) AS n, min(length(token_hash)) AS size FROM calendar_link"
    )
    page = await hub.hub.send("GET", "/calendar", await hub.cookies_of(eva), at="console")

    assert 200 == calendar.status
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert calendar.text.startswith("BEGIN:VCALENDAR\r\n")
    assert 1 == calendar.text.count("BEGIN:VEVENT\r\nUID:promise-")
    assert MARKS[1] not in calendar.text
    assert [] == [name for name in ("Persona", "@lives") if name in calendar.text]
    assert (404, 404) == (old.status, stranger.status)
    assert (1, 32) == (stored[0]["n"], stored[0]["size"])
    assert second[1] not in page.text
    await hub.database.rows("UPDATE account SET disabled_at = now() WHERE name = 'eva'")
    assert 404 == (await read(hub, second[1])).status
    await hub.database.rows("UPDATE account SET disabled_at = NULL WHERE name = 'eva'")
    assert 303 == (await pressed(hub, eva, "/calendar/unlink")).status
    assert 404 == (await read(hub, second[1])).status


async def test_calendar_that_is_read_too_often_waits(hub: ConsoleHub) -> None:
    ana = await hub.registry.account("ana-lee", Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}"))
    link = LINK.search((await pressed(hub, ana, "/calendar/link")).text)
    assert link is not None
    statuses = [(await read(hub, link[1])).status for _ in range(31)]

    assert [200] * 30 + [429] == statuses
