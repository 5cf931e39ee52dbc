"""Prometheus reads a hub that works, loads the rules, and answers each panel of the dashboard."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import yaml

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, Publisher, event, hub_process, publisher, until
from tests.monitoring_files import ALERTS, Query, alerts, documented, of_series, queries
from tests.programs import need_program
from tests.providers.http import answering

ROLES: Final = ("intake", "delivery", "timers", "web")
QUIET: Final = frozenset(
    {
        # Nothing of it happens in this test; that each is exposed under its name is a test of its own room.
        *("hub_contracts_decided", "hub_exclusions_age_seconds", "hub_events_demoted_total"),
        *("hub_genuine_checks_total", "hub_mail_total", "hub_documents_total", "hub_webhook_calls_total"),
        *("hub_signature_verified_total", "hub_connections_cut_total", "hub_unknown_outcomes_total"),
        # Only of refusals, and of messages that wait at the moment of a scrape.
        *("hub_refusals_total", "hub_oldest_queued_seconds"),
        *("hub_survey_nps", "hub_survey_satisfaction", "hub_survey_response_ratio"),
    }
)
"""Metrics without a value here."""
MOVING: Final = (
    "sum(rate(hub_retries_total[1m])) > 0",
    'sum(rate(hub_timer_lateness_seconds_count{kind="message"}[1m])) > 0',
    'sum(rate(hub_accept_seconds_count{channel="email"}[1m])) > 0',
)
"""Series that have to be seen to grow."""


@dataclass
class Prometheus:
    """One that scrapes each second."""

    url: str
    session: aiohttp.ClientSession

    async def ask(self, path: str, **parameters: str) -> Any:
        async with self.session.get(f"{self.url}/api/v1/{path}", params=parameters) as answer:
            body = await answer.json()
        assert body["status"] == "success", (parameters, body)
        return body["data"]

    async def value(self, expression: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("query", query=expression))["result"]
        return found

    async def is_ready(self) -> bool:
        try:
            async with self.session.get(f"{self.url}/-/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@pytest.fixture
def program() -> str:
    return need_program("prometheus")


@asynccontextmanager
async def prometheus(program: str, folder: Path, ports: dict[str, int]) -> AsyncIterator[Prometheus]:
    """Run it on loopback, with the rules and a target for each role."""
    listens = f"127.0.0.1:{free_port()}"
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [
            {
                "job_name": "hub",
                "static_configs": [
                    {"labels": {"role": role}, "targets": [f"127.0.0.1:{port}"]}
                    for role, port in ports.items()
                ],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listens}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            running = Prometheus(f"http://{listens}", session)
            await until(running.is_ready, "Prometheus")
            yield running
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def hubs(house: House, ports: dict[str, int]) -> AsyncIterator[None]:
    """Run each role as a process of its own, as an installation does."""
    started = [role_of(house, role, port) for role, port in ports.items()]
    first, *others = started
    async with hub_process(first):
        try:
            for hub in others:
                await hub.start()
            yield
        finally:
            for hub in others:
                await hub.stop()


def role_of(house: House, role: str, port: int) -> HubProcess:
    environment = {**house.environment, "HUB_METRICS": f"127.0.0.1:{port}"}
    if role == "web":
        environment["HUB_HTTP"] = f"127.0.0.1:{free_port()}"
    return HubProcess(environment=environment, roles=(role,), log=house.folder / f"{role}.log")


def refused(number: int) -> dict[str, Any]:
    return event("pqrs.received", {"number": number})


@pytest.mark.slow
async def test_each_panel_has_an_answer_from_a_hub_that_works(
    house: House, program: str, tmp_path: Path
) -> None:
    ports = {role: free_port() for role in ROLES}
    house.twilio.script.append(answering(503))
    async with hubs(house, ports), prometheus(program, tmp_path, ports) as asked:
        async with publisher(house.amqp_url) as publishing:
            await directory.publish_all(publishing)
            await until(lambda: targets_up(asked), "all targets")
            # A counter that is born after the first scrape begins at zero.
            for number in range(3):
                petitioner = {"name": "Pedro", "email": f"pedro{number}@example.co", "phone": "300 555 1234"}
                await publishing.publish("pqrs.received", directory.pqrs(number, petitioner=petitioner))
            await publishing.publish("pqrs.received", {"number": 1})
            await publishing.publish("admin.payment.received", _payment("u-101"))
            await publishing.publish("admin.payment.received", _payment("u-nobody"))
        missing, shown = set[str](), set[str]()
        try:
            await until(lambda: answers_all(asked, missing, shown), "a value of each metric", patience=60)
        except AssertionError:
            pytest.fail(f"no value of {sorted(missing)}")
        for query in queries():
            await asked.value(query.filled())
        known = {of_series(name) for name in await asked.ask("label/__name__/values")}
        rules = (await asked.ask("rules"))["groups"][0]["rules"]
        kept = await asked.value("sum(hub_accept_seconds_count)")
        by_lane = await asked.value("sum by (lane) (increase(hub_accept_seconds_count[1m])) > 0")

    assert {name for name in known if name.startswith("hub_")} <= documented()
    assert [(rule["alert"], "ok") for rule in alerts()] == [(rule["name"], rule["health"]) for rule in rules]
    assert float(kept[0]["value"][1]) >= len(house.smtp.mails) > 0
    assert "normal" in {row["metric"]["lane"] for row in by_lane}


def panels_of_what_happens() -> list[Query]:
    """Panels whose metrics have a value here; one that shows only faults has none."""
    return [
        query
        for query in queries()
        if query.place.startswith("panel ")
        and not query.metrics & QUIET
        and "> 0" not in query.expression
        and "_survey_" not in query.expression
    ]


async def targets_up(asked: Prometheus) -> bool:
    return len(ROLES) == len(await asked.value('up{job="hub"} == 1'))


async def answers_all(asked: Prometheus, missing: set[str], shown: set[str]) -> bool:
    """Whether each metric has a value, and each panel has had one: messages that have not ended soon have."""
    known = set(await asked.ask("label/__name__/values"))
    wanted = set().union(*(query.metrics for query in queries())) - QUIET
    missing.clear()
    missing |= {name for name in wanted if not {name, f"{name}_bucket"} & known}
    missing |= {query for query in MOVING if not await asked.value(query)}
    panels = {query.filled() for query in panels_of_what_happens()} - shown
    shown |= {panel for panel in panels if await asked.value(panel)}
    missing |= panels - shown
    return not missing


def _payment(unit: str) -> dict[str, Any]:
    return {
        "payment_id": f"pago-{unit}",
        "unit_id": unit,
        "amount_cop": 385_000,
        "method": "pse",
        "paid_at": "2026-03-09T08:05:00-05:00",
        "receipt_no": "RC-88",
        "balance_cop": 0,
    }


KEY: Final = "a key that nobody guesses, long enough"
MANY: Final = 50
FEW: Final = 10
"""Series that may come because something happens for the first time."""


async def publish(publisher: Publisher, numbers: Iterable[int]) -> None:
    """Publish what nobody knows: events, sources, buildings, people; each under names of its own."""
    for number in numbers:
        name = f"nosuch.event{number}.happened"
        unknown = event(name, {"nosuch": number}, source=f"urn:nosuch:{number}")
        await publisher.publish_bytes(json.dumps(unknown).encode(), name)
        place = {"copropiedad_id": f"nosuch-{number}", "unit_id": f"nosuch-unit-{number}"}
        source = f"urn:nosuch:system-{number}"
        await publisher.publish("pqrs.received", directory.pqrs(number, **place), source=source)


def series(metrics: str) -> set[str]:
    """Return the series of an exposition: names with labels, without values."""
    lines = (line for line in metrics.splitlines() if line.startswith("hub_"))
    return {line.rpartition(" ")[0] for line in lines if "_created" not in line}


async def test_unknown_names_make_no_series(house: House) -> None:
    url = f"127.0.0.1:{free_port()}"
    house.settings |= {"HUB_HTTP": url, "HUB_API_KEY": KEY}
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        house.running() as publisher,
        aiohttp.ClientSession(f"http://{url}", headers=headers) as session,
    ):

        async def text(path: str) -> str:
            async with session.get(path) as answer:
                return await answer.text()

        async def has_seen(number: int) -> bool:
            found: dict[str, Any] = json.loads(await text("/api/summary"))
            dead = found["counts"]["dead"].get("open", 0)
            return len(house.smtp.mails) >= number and dead >= number

        await publish(publisher, [0])
        await until(lambda: has_seen(1), "the first of each to be seen")
        before = series(await text("/metrics"))
        await publish(publisher, range(1, 1 + MANY))
        await until(lambda: has_seen(1 + MANY), "all others to be seen")
        metrics = await text("/metrics")

    assert len(before) > 50
    assert "nosuch" not in metrics
    assert len(series(metrics) - before) <= FEW
