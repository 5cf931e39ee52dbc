"""The listener on HUB_METRICS, in roles without the page."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import pytest
from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from hub.model.reach import PlaceReach
from hub.settings import load
from hub.testing import MemoryStore
from hub.web.application import build_metrics
from hub.web.monitoring.gauges import Figures, ReachGauges
from hub.web.monitoring.remembered import Counted
from hub.web.monitoring.survey_gauges import SurveyGauges
from hub.web.service_parts import Access, Monitoring
from tests.integration.web_doubles import NOON, MemoryIncidents, MemoryLog, MemoryReach, MemorySurveys

Client = TestClient[web.Request, web.Application]
INCIDENTS: Any = MemoryIncidents(MemoryStore(lambda: NOON), lambda: NOON)
SURVEYS: Any = MemorySurveys()
REACH: Any = MemoryReach(
    PlaceReach(copropiedad_id="ph-1", name="Altos", units=10, reachable=4),
    PlaceReach(copropiedad_id="ph-2", name="Pinos", units=10, reachable=9),
)
KEY = "a key that nobody guesses, long enough"


@pytest.fixture
def answering() -> dict[str, bool]:
    return {"rabbitmq": True}


@pytest.fixture
async def client(answering: dict[str, bool]) -> AsyncIterator[Client]:
    async def ready() -> Mapping[str, bool]:
        return answering

    monitoring = Monitoring(
        ready=ready,
        registry=CollectorRegistry(),
        counts=Counted(cast(Any, MemoryLog())),
        gauges=Figures(INCIDENTS),
        surveys=SurveyGauges(SURVEYS, fewest=5, now=lambda: NOON),
        reach=ReachGauges(REACH),
    )
    app = build_metrics(Access(settings=load({"HUB_API_KEY": KEY})), monitoring)
    async with TestClient(TestServer(app, host="127.0.0.1")) as asking:
        yield asking


async def status(client: Client, path: str, key: str = "") -> int:
    async with client.get(path, headers={hdrs.AUTHORIZATION: f"Bearer {key}"}) as answer:
        return answer.status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_health_needs_no_key(client: Client, path: str) -> None:
    assert await status(client, path) == 200


async def test_a_server_that_is_away_makes_it_unready_but_not_dead(
    client: Client, answering: dict[str, bool]
) -> None:
    answering["rabbitmq"] = False

    assert (await status(client, "/health/live"), await status(client, "/health/ready")) == (200, 503)


async def test_metrics_need_the_key(client: Client) -> None:
    assert (await status(client, "/metrics"), await status(client, "/metrics", KEY)) == (401, 200)


async def test_contracts_that_were_decided_are_counted_by_area_and_copropiedad(client: Client) -> None:
    async with client.get("/metrics", headers={hdrs.AUTHORIZATION: f"Bearer {KEY}"}) as answer:
        lines = (await answer.text()).splitlines()

    labels = 'area="aseo",copropiedad="ph-1"'
    assert f'hub_contracts_decided{{{labels},outcome="renewed"}} 1.0' in lines
    assert f'hub_contracts_decided{{{labels},outcome="ended"}} 0.0' in lines


@pytest.mark.parametrize("path", ["/", "/api/messages", "/static/shell.js"])
async def test_metrics_listener_serves_nothing_else(client: Client, path: str) -> None:
    assert (await status(client, path), await status(client, path, KEY)) == (401, 404)


async def test_share_of_units_that_can_be_reached_is_of_all_and_of_each_copropiedad(client: Client) -> None:
    async with client.get("/metrics", headers={hdrs.AUTHORIZATION: f"Bearer {KEY}"}) as answer:
        text = await answer.text()

    assert 'hub_reachable_units_ratio{copropiedad="all"} 0.65' in text
    assert 'hub_reachable_units_ratio{copropiedad="ph-1"} 0.4' in text
