"""docker-compose.yml as Compose itself reads it; no engine is needed for that."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hub.app.roles import ROLES
from hub.local.loopback import free_port
from hub.settings import Mode, load

ROOT = Path(__file__).parents[2]
SECRETS = ("HUB_API_KEY", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD")
GIVEN = {name: f"a-{name.lower()}-that-nobody-can-guess" for name in SECRETS}
MAIL = {"COMPOSE_PROFILES": "mail", "HUB_MAIL_DOMAIN": "respuestas.example", "HUB_SECRET": "a-secret"}
"""What the role `mail` needs besides; it is there where it was asked for."""
OURS = "hub:local"
COMMANDS = (("docker", "compose"), ("docker-compose",))

Services = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="session")
def compose() -> tuple[str, ...]:
    """Compose version 2 or newer; the first one was another program."""
    for command in COMMANDS:
        if shutil.which(command[0]):
            asked = subprocess.run(
                [*command, "version", "--short"], capture_output=True, text=True, check=False
            )
            if asked.returncode == 0 and int(asked.stdout.strip().lstrip("v").split(".")[0]) >= 2:
                return command
    reason = "no docker compose here"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def read(
    compose: tuple[str, ...], given: Mapping[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    """Without the `.env` and the variables of whoever runs the tests."""
    return subprocess.run(
        [*compose, "--env-file", "/dev/null", "-f", ROOT / "docker-compose.yml", "config", *options],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture(scope="session")
def services(compose: tuple[str, ...]) -> Services:
    answer = read(compose, GIVEN | MAIL, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    found: Services = json.loads(answer.stdout)["services"]
    return found


@pytest.fixture(scope="session")
def written(compose: tuple[str, ...]) -> Services:
    """The same with `${…}` left as it is written."""
    given = {"COMPOSE_PROFILES": "mail"}
    found: Services = json.loads(read(compose, given, "--no-interpolate", "--format", "json").stdout)[
        "services"
    ]
    return found


def hub_services(services: Services) -> Services:
    return {name: service for name, service in services.items() if service["image"] == OURS}


def role_services(services: Services) -> Services:
    return {name: services[name] for name in ROLES}


@pytest.mark.parametrize("missing", SECRETS)
def test_a_missing_secret_is_an_error_that_names_it(compose: tuple[str, ...], missing: str) -> None:
    answer = read(compose, {name: value for name, value in GIVEN.items() if name != missing})

    assert answer.returncode != 0
    assert f"required variable {missing} is missing a value" in answer.stderr


def test_no_secret_is_in_the_file(written: Services) -> None:
    variables = [pair for service in written.values() for pair in service.get("environment", {}).items()]
    named = {value for name, value in variables if re.search("KEY|PASS|SECRET|TOKEN", name)}
    in_urls = {urlsplit(value).netloc.rpartition("@")[0].partition(":")[2] for _, value in variables}

    assert named
    for value in named | in_urls - {""}:
        assert re.fullmatch(r"\$\{[A-Z_]+(:\?set it|:-)\}", value)


def test_each_role_is_a_service_of_its_name(services: Services) -> None:
    shared = {"intake", "delivery"}
    assert {role: ["run", role, *(["--processes", "auto"] if role in shared else [])] for role in ROLES} == {
        name: service["command"] for name, service in role_services(services).items()
    }


def test_mail_is_taken_in_only_where_that_was_asked_for(compose: tuple[str, ...]) -> None:
    found: Services = json.loads(read(compose, GIVEN, "--format", "json").stdout)["services"]

    assert set(ROLES) - {"mail"} == set(ROLES) & set(found)
    assert {Mode.CAPTURE} == {load(service["environment"]).mode for service in hub_services(found).values()}


def test_one_service_builds_the_image_that_all_use(services: Services) -> None:
    builders = {name for name, service in services.items() if "build" in service}

    assert {"upgrade"} == builders
    assert {*ROLES, "upgrade"} == set(hub_services(services))


def test_a_role_waits_for_healthy_servers_and_the_new_schema(services: Services) -> None:
    for service in role_services(services).values():
        waits = {name: each["condition"] for name, each in service["depends_on"].items()}
        assert waits["upgrade"] == "service_completed_successfully"
        assert {"service_healthy"} == {waits[name] for name in ("rabbitmq", "redis", "postgres")}


def test_everything_that_stays_has_a_health_check(services: Services) -> None:
    unchecked = {name for name, service in services.items() if "test" not in service.get("healthcheck", {})}

    assert {"upgrade"} == unchecked


def test_every_variable_is_a_setting_that_the_hub_reads(services: Services) -> None:
    asked: set[str] = set()

    class Environ(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name)
            return super().get(name, default)

    load(Environ())
    named = {name for service in hub_services(services).values() for name in service["environment"]}

    assert set() == named - asked


def test_the_hub_accepts_what_it_is_given_and_reaches_nobody(services: Services) -> None:
    for service in hub_services(services).values():
        assert load(service["environment"]).mode is Mode.CAPTURE


def test_captured_mail_goes_to_a_catcher_on_the_same_loopback(services: Services) -> None:
    sending = services["delivery"]

    assert sending["network_mode"] == "service:mailpit"
    assert (
        sending["environment"]["HUB_CAPTURE_SMTP"] == services["mailpit"]["environment"]["MP_SMTP_BIND_ADDR"]
    )


def test_ports_are_open_to_this_machine_only(services: Services) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert {"127.0.0.1"} == {port.get("host_ip") for port in ports}


def test_redis_writes_everything_down_and_forgets_nothing(services: Services) -> None:
    redis = services["redis"]
    command = " ".join(redis["command"])

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert ["/data"] == [volume["target"] for volume in redis["volumes"]]


def test_images_are_pinned_to_a_version(services: Services) -> None:
    for image in {service["image"] for service in services.values()} - {OURS}:
        assert re.fullmatch(r"[a-z/]+:v?\d+(\.\d+)*", image)


async def test_a_role_without_a_page_passes_the_health_check(
    services: Services, amqp_url: str, redis_url: str, database: str
) -> None:
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "HUB_AMQP_URL": amqp_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_DATABASE_URL": database,
        "HUB_METRICS": f"127.0.0.1:{port}",
    }
    _, _, option, program = services["timers"]["healthcheck"]["test"]
    here = program.replace("9090", str(port))

    async def healthy() -> bool:
        asking = await asyncio.create_subprocess_exec(
            sys.executable, option, here, stderr=asyncio.subprocess.DEVNULL
        )
        return await asyncio.wait_for(asking.wait(), 30) == 0

    before = await healthy()
    role = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub", *services["timers"]["command"]),
        env=environ,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            while not await healthy():
                assert role.returncode is None
    finally:
        role.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(role.wait(), 60)

    assert (before, code) == (False, 0)
