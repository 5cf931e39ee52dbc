"""Pages of the console in rare states, each in a hub of its own: judged as all others are."""

from __future__ import annotations

import pytest

from tests.integration.chromium import Chromium
from tests.integration.console_hub import console_hub
from tests.integration.console_states import PREPARED
from tests.integration.test_web_console_accessible import all_judged, reader
from tests.servers import Servers


@pytest.mark.timeout(300)
@pytest.mark.parametrize("section", PREPARED)
async def test_rare_pages_are_for_everybody_and_say_the_same_without_scripts(
    chromium: Chromium, servers: Servers, section: str
) -> None:
    async with console_hub(servers) as hub, reader(chromium, hub) as browser:
        await PREPARED[section](hub)

        assert not await all_judged(browser, hub, section)
