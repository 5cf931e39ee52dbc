"""A hub that runs, with a word of its own in every secret place of its settings: none comes out."""

from pathlib import Path

import pytest
from aiohttp import hdrs
from yarl import URL

from hub.web.routes import ROUTES
from tests.acceptance.harness import HubProcess, until
from tests.canaries import planted
from tests.integration.web_doubles import World, browsing, message_row

PATHS = sorted({route.path for route in ROUTES if route.method == hdrs.METH_GET and "{" not in route.path})


@pytest.mark.parametrize("mode", ["live", "capture"])
async def test_no_answer_of_the_hub_shows_a_secret(mode: str) -> None:
    birds = planted(HUB_MODE=mode, HUB_API_KEY="the key of this test, long enough")
    world = World(environ=dict(birds.environ))
    world.log.rows.append(message_row())
    answers = []
    async with browsing(world) as client:
        for path in PATHS:
            for headers in ({}, {hdrs.AUTHORIZATION: "Bearer the key of this test, long enough"}):
                async with client.get(URL(path), headers=headers, allow_redirects=False) as answer:
                    answers.append(f"{path} {answer.status} {dict(answer.headers)} {await answer.text()}")

    assert {"/health/ready", "/metrics", "/api/channels", "/openapi.json"} <= set(PATHS)
    assert [] == [line for line in answers if birds.seen_in(line)]
    assert any('"broken"' in line and " 200 " in line for line in answers)


async def test_a_hub_that_finds_no_database_shows_no_secret(tmp_path: Path) -> None:
    birds = planted(HUB_MODE="live", HUB_LOG_LEVEL="debug").as_files(tmp_path)
    hub = HubProcess(environment=birds.environ, log=tmp_path / "hub.log")
    await hub.start()
    try:
        await until(lambda: "storage.unavailable" in hub.log.read_text(), "the complaint")
    finally:
        await hub.kill()

    assert birds.seen_in(hub.log.read_text()) == []


async def test_a_hub_whose_other_servers_are_away_shows_no_secret(database: str, tmp_path: Path) -> None:
    """PostgreSQL alone is there: the roles run, and say again and again what they do not reach."""
    birds = planted(
        HUB_DATABASE_URL=database, HUB_MODE="live", HUB_SMS_URL="", HUB_PUSH_URL="", HUB_LOG_LEVEL="debug"
    )
    hub = HubProcess(environment=birds.environ, log=tmp_path / "hub.log")
    await hub.start()
    try:
        await until(lambda: "broker." in hub.log.read_text(), "the log of RabbitMQ")
        await until(lambda: "appointments.unavailable" in hub.log.read_text(), "the log of Redis")
    finally:
        await hub.stop()

    assert birds.seen_in(hub.log.read_text()) == []
