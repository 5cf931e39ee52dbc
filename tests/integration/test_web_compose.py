"""The page where staff writes to many, as a browser asks for it that sends what no button of it would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hub.model import Grant, Office
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.guarded_hub import Answer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(servers: Servers) -> AsyncIterator[ConsoleHub]:
    async with console_hub(servers) as made:
        yield made


async def pressed(hub: ConsoleHub, cookies: dict[str, str], path: str, fields: str) -> Answer:
    page = await hub.hub.send("GET", "/communications/new", cookies, at="console")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    return await hub.hub.send("POST", path, {**cookies, **FORM}, f"csrf={csrf[1]}&{fields}", at="console")


@pytest.mark.parametrize(
    ("version", "status"), [("1", 303), ("", 303), ("7", 409), ("one", 400), ("1.5", 400)]
)
async def test_a_draft_is_saved_only_from_the_version_that_was_read(
    hub: ConsoleHub, version: str, status: int
) -> None:
    writer = await hub.registry.account(
        f"writer{version or 0}", Grant(office=Office.OPERATOR, copropiedad_id=f"ph-{MARKS[0]}")
    )
    cookies = dict(await hub.cookies_of(writer))
    begun = await pressed(hub, cookies, "/communications/new", "kind=admin.circular.issued")
    draft = begun.headers["Location"].partition("?")[0]
    saved = await pressed(hub, cookies, f"{draft}/compose", f"title=Agua&version={version}")

    assert (303, status) == (begun.status, saved.status)
