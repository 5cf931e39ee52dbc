"""docker-compose.yml as Compose itself reads it; no engine is needed for that."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from aiohttp import ClientConnectionError, ClientSession

from hub.app.roles import ROLES
from hub.consumers.topology import events_queue
from hub.local.loopback import free_port
from hub.local.server import plain_environment
from hub.model import Lane
from hub.settings import Mode, load
from hub.storage import Database
from tests.acceptance.harness import publisher, until

ROOT = Path(__file__).parents[2]
MAIL = {"COMPOSE_PROFILES": "mail,monitoring", "HUB_MAIL_DOMAIN": "respuestas.example"}
"""The services of the role `mail`, which are there on request, as those that monitor."""
MONITORING = {"prometheus", "grafana"}
OURS = "hub:local"
COMMANDS = (("docker", "compose"), ("docker-compose",))

CREDENTIALS = "push_credentials"
"""The file that `credentials=` of the URL of push names: of no setting of its own."""
COMPANY = "/etc/hub"
"""Where a role finds what the company has written: policy, templates, files of SMS providers."""
NOT_PASSED = {
    "HUB_VOICE_URL": "no channel is built of it",
    "HUB_LOG": "the image sets it: logs of a container are JSON",
    "HUB_CAPTURE_DIR": "the image sets it, where the volume is",
}
"""Setting → why no service has it."""
OF_EVERY_ROLE = {"HUB_POLICY": f"{COMPANY}/policy.toml", "HUB_TEMPLATES": f"{COMPANY}/templates"} | {
    "HUB_LOG_LEVEL": "debug"
}
"""Settings of `.env` that each role has."""

PROVIDERS = {"email_url", "sms_url", "push_url", "whatsapp_url", CREDENTIALS}
EVERY = {"amqp_url", "database_url"}
"""Of every role: it consumes or publishes, and writes rows."""
PLANNING = {*EVERY, "redis_url", "api_key", "traces_url"}
"""The roles that know appointments, and whose metrics other containers read, with the key."""
INSIDE = {*PLANNING, "secret"}
"""Those that also sign or read addresses, links and seals."""
SECRETS_OF = {
    "intake": PLANNING,  # delivery tells it which channels there are, and it signs nothing
    "delivery": INSIDE | PROVIDERS,
    # The monitor asks for the balance of a prepaid provider, calls the one outside and stamps the seals.
    "timers": INSIDE | {"sms_url", "heartbeat_url", "timestamp_url"},
    # It verifies calls of providers, tries events, and `hub check` asks them and RabbitMQ.
    "web": INSIDE | PROVIDERS | {"amqp_management_url"},
    "mail": {*EVERY, "secret"},  # strangers write to it; it reads signed addresses
}
TOGETHER = {"intake", "delivery"}
"""The roles of which one waits for the other."""
WAITING = {"rabbitmq": "ok", "redis": "ok", "postgresql": "ok", "clock": "ok", "channels": "not ok"}
"""The servers of an intake that delivery has told nothing."""

FIXED_IN = {"rabbitmq": (4, 2), "redis": (8, 2, 8), "mailpit": (1, 30)}
"""Service → the first version without the holes known by now; older series of RabbitMQ get no mends."""

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
    """Without the `.env` and the variables of the person who runs the tests."""
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
    found: Services = whole(compose, MAIL)["services"]
    return found


def whole(compose: tuple[str, ...], given: Mapping[str, str]) -> dict[str, Any]:
    answer = read(compose, given, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets that `scripts/new-secrets` makes."""
    return new_secrets(tmp_path_factory.mktemp("checkout"))


def new_secrets(checkout: Path) -> Path:
    (checkout / "scripts").mkdir(exist_ok=True)
    shutil.copy(ROOT / "scripts/new-secrets", checkout / "scripts")
    subprocess.run([checkout / "scripts/new-secrets"], check=True, capture_output=True, timeout=30)
    return checkout / "secrets"


def environment(service: Mapping[str, Any], secrets: Path) -> dict[str, str]:
    """The variables of a service, with its secrets where they are here."""
    mounted = {secret["target"]: secret["source"] for secret in service["secrets"]}
    return {
        name: str(secrets / mounted[value]) if name.endswith("_FILE") else value
        for name, value in service["environment"].items()
    }


def hub_services(services: Services) -> Services:
    return {name: service for name, service in services.items() if service["image"] == OURS}


def role_services(services: Services) -> Services:
    return {name: services[name] for name in ROLES}


def test_no_container_has_a_secret_in_its_environment(services: Services) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert value in {secret["target"] for secret in service["secrets"]}
            else:
                assert not re.search("KEY|PASS|SECRET|TOKEN|_URL$", name) or name == "HUB_PUBLIC_URL"
                assert not urlsplit(value).username


def test_every_service_can_write_to_its_volumes_only_and_gain_no_right(services: Services) -> None:
    for name, service in services.items():
        locked = {
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
            "pids_limit": 2048,
        }
        assert locked == {key: service.get(key) for key in locked}, name
        assert not {"cap_add", "privileged", "devices", "pid", "ipc"} & set(service), name
        assert service["user"].partition(":")[0] not in {"", "0", "root"}, name
        assert "/tmp" in service["tmpfs"], name  # noqa: S108 - read, not used
        binds = [volume for volume in service.get("volumes", []) if volume["type"] == "bind"]
        assert all(bind.get("read_only") for bind in binds), name


def test_only_the_upgrade_has_the_owner_of_the_database(services: Services) -> None:
    given = {
        name: {secret["source"] for secret in each.get("secrets", [])} for name, each in services.items()
    }

    assert {"upgrade"} == {name for name, sources in given.items() if "database_owner_url" in sources}
    assert {"postgres"} == {name for name, sources in given.items() if "database_owner_password" in sources}
    assert {"database_owner_url", "database_url"} == given["upgrade"]


def test_each_service_has_the_secrets_that_its_role_reads_and_no_other(services: Services) -> None:
    given = {name: secrets_of(service) for name, service in hub_services(services).items()}

    assert {**SECRETS_OF, "upgrade": {"database_owner_url", "database_url"}} == given
    for service in hub_services(services).values():
        named = {name for name in service["environment"] if name.endswith("_FILE")}
        assert {f"HUB_{source.upper()}_FILE" for source in secrets_of(service) - {CREDENTIALS}} == named


def test_role_that_strangers_write_to_holds_no_key_and_answers_no_other_container(services: Services) -> None:
    mail = services["mail"]

    assert "127.0.0.1" == mail["environment"]["HUB_METRICS"].partition(":")[0]
    assert [COMPANY] == [volume["target"] for volume in mail["volumes"]]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A role that runs with the variables of its service alone."""

    process: asyncio.subprocess.Process
    health: str
    log: Path
    client: ClientSession

    async def ready(self) -> tuple[int, Mapping[str, str]]:
        """Return the status of the answer and what each server is said to be; 0 while nobody listens."""
        assert self.process.returncode is None, self.log.read_text()
        try:
            async with self.client.get(self.health) as answer:
                return answer.status, (await answer.json()).get("servers", {})
        except ClientConnectionError:
            return 0, {}

    async def is_ready(self) -> bool:
        return (await self.ready())[0] == 200

    def lines(self) -> Sequence[Mapping[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@dataclass(frozen=True, kw_only=True)
class Roles:
    """What a service has from its file and its secrets, and the servers of this test instead of its own."""

    services: Services
    secrets: Path
    servers: Mapping[str, str]
    folder: Path

    @asynccontextmanager
    async def running(self, role: str) -> AsyncIterator[Running]:
        """Run it; at its end it has stopped by itself, and logged no error."""
        port, log = free_port(), self.folder / f"{role}.log"
        with log.open("wb") as writing:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "hub", "run", role),
                env={**plain_environment(), **self._variables(role), "HUB_METRICS": f"127.0.0.1:{port}"},
                stderr=writing,
            )
        health = f"http://127.0.0.1:{port}/health/ready"
        try:
            async with ClientSession() as client:
                yield (found := Running(process=process, health=health, log=log, client=client))
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            code = await asyncio.wait_for(process.wait(), 60)
        assert 0 == code
        assert [] == [line for line in found.lines() if line["level"] in {"error", "critical"}]

    def _variables(self, role: str) -> Mapping[str, str]:
        given = environment(self.services[role], self.secrets)
        here = {
            "HUB_CAPTURE_DIR": str(self.folder / "outbox"),
            "HUB_MODE": "allowlist",
            "HUB_ALLOW_RECIPIENTS": "nobody@example.com",
        }
        here |= {name: url for name, url in self.servers.items() if given.pop(f"{name}_FILE", None)}
        here |= {name: f"127.0.0.1:{free_port()}" for name in ("HUB_HTTP", "HUB_MAIL") if name in given}
        return {**given, **here}


@pytest.fixture
def roles(
    services: Services, secrets: Path, amqp_url: str, redis_url: str, database: str, tmp_path: Path
) -> Roles:
    servers = {"HUB_AMQP_URL": amqp_url, "HUB_REDIS_URL": redis_url, "HUB_DATABASE_URL": database}
    providers = {
        "HUB_EMAIL_URL": "smtp://127.0.0.1:1",
        "HUB_SMS_URL": "twilio+https://SID:TOKEN@127.0.0.1:1?from=%2B573001234567",
    }
    return Roles(services=services, secrets=secrets, servers={**servers, **providers}, folder=tmp_path)


@pytest.mark.parametrize("role", sorted(ROLES.keys() - TOGETHER))
async def test_role_works_with_the_variables_of_its_service_alone(
    roles: Roles, database: str, role: str
) -> None:
    async with roles.running(role) as running:
        await until(running.is_ready, f"{role} to be ready")
        await until(partial(beats, database), "its clock")


async def test_intake_has_no_provider_and_plans_with_what_delivery_has_told(
    roles: Roles, amqp_url: str, database: str
) -> None:
    """Both have the variables of their service alone."""
    petition = json.loads((ROOT / "schemas/pqrs.received.v1.json").read_text())["examples"][0]
    async with roles.running("intake") as intake, publisher(amqp_url) as sender, Database(database) as opened:

        async def planned() -> bool:
            return ["email"] == [row["channel"] for row in await opened.rows("SELECT channel FROM message")]

        async def waits() -> bool:
            return await intake.ready() == (503, WAITING)

        await until(waits, "intake to wait for its channels alone")
        await sender.publish("pqrs.received", {**petition, "petitioner": {"name": "P", "email": "p@b.co"}})
        queue = await sender.channel.declare_queue(events_queue(Lane.NORMAL), passive=True)
        consumers = queue.declaration_result.consumer_count
        async with roles.running("delivery") as delivery:
            await until(delivery.is_ready, "delivery to be ready")
            await until(intake.is_ready, "intake to be ready")
            await until(planned, "the mail to be planned")
        told = [line for line in intake.lines() if line["event"].startswith("channels.")]

    assert 0 == consumers
    assert ["channels.awaited", "channels.known"] == [line["event"] for line in told]
    assert ["email", "sms", "inbox", "print"] == told[1]["channels"]


async def beats(database: str) -> bool:
    """Return whether the process has reported its clock, as it does once all of its work has begun."""
    await asyncio.sleep(0.1)  # aiormq complains of a channel that ends while it is being opened
    async with Database(database, size=1) as opened:
        return bool(await opened.rows("SELECT FROM heartbeat WHERE subject = 'clock' LIMIT 1"))


def secrets_of(service: Mapping[str, Any]) -> set[str]:
    return {secret["source"] for secret in service.get("secrets", [])}


def test_the_script_makes_each_secret_and_nobody_else_may_enter_their_folder(
    compose: tuple[str, ...], secrets: Path
) -> None:
    asked = whole(compose, MAIL)["secrets"]
    made = {path.name for path in secrets.iterdir()}

    assert {name: str(ROOT / "secrets" / name) for name in asked} == {
        name: secret["file"] for name, secret in asked.items()
    }
    assert made - {"rabbitmq_password", "redis_password"} == set(asked)
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o444}
    assert "secrets/" in (ROOT / ".gitignore").read_text().split()


def test_the_script_never_writes_over_a_secret(tmp_path: Path) -> None:
    first = contents(new_secrets(tmp_path))
    chosen = tmp_path / "secrets/email_url"
    chosen.unlink()
    chosen.write_text("smtp://mail.example")
    (tmp_path / "secrets/amqp_url").unlink()

    assert first | {"email_url": "smtp://mail.example"} == contents(new_secrets(tmp_path))


def test_the_script_takes_what_an_older_version_has(tmp_path: Path) -> None:
    older = {"HUB_API_KEY": "k" * 48, "RABBITMQ_PASSWORD": "word", "HUB_SECRET": "a b", "HUB_MODE": "live"}
    lines = [*(f"{name}={value}" for name, value in older.items()), 'HUB_SMS_URL="http+https://u:p@x?a=b"']
    (tmp_path / ".env").write_text("\n".join([*lines, ""]))
    made = contents(new_secrets(tmp_path))

    assert ("k" * 48, "a b") == (made["api_key"], made["secret"])
    assert "amqp://hub:word@rabbitmq:5672/" == made["amqp_url"]
    assert "default_pass = word" in made["rabbitmq.conf"].splitlines()
    assert ("http+https://u:p@x?a=b", "") == (made["sms_url"], made["email_url"])


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text().strip() for path in folder.iterdir()}


def test_each_role_is_a_service_of_its_name(services: Services) -> None:
    shared = {"intake", "delivery"}
    assert {role: ["run", role, *(["--processes", "auto"] if role in shared else [])] for role in ROLES} == {
        name: service["command"] for name, service in role_services(services).items()
    }


def test_mail_is_taken_in_only_where_that_was_asked_for(compose: tuple[str, ...], secrets: Path) -> None:
    found: Services = whole(compose, {})["services"]

    assert set(ROLES) - {"mail"} == set(ROLES) & set(found)
    assert not MONITORING & set(found)
    assert {Mode.CAPTURE} == {
        load(environment(service, secrets)).mode for service in hub_services(found).values()
    }


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


def test_services_pass_every_setting_that_the_hub_reads_and_no_other(services: Services) -> None:
    asked: set[str] = set()

    class Environ(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name.removesuffix("_FILE"))
            return super().get(name, default)

    load(Environ())
    named = {name for service in hub_services(services).values() for name in service["environment"]}
    image = set(re.findall(r"HUB_\w+", (ROOT / "Dockerfile").read_text()))

    assert asked - NOT_PASSED.keys() == {name.removesuffix("_FILE") for name in named}
    assert {name for name, why in NOT_PASSED.items() if "the image" in why} == image


def test_each_role_has_the_company_and_may_not_change_it(compose: tuple[str, ...]) -> None:
    found = role_services(whole(compose, MAIL | OF_EVERY_ROLE)["services"])

    assert dict.fromkeys(ROLES, OF_EVERY_ROLE) == {
        name: {each: service["environment"][each] for each in OF_EVERY_ROLE}
        for name, service in found.items()
    }
    assert dict.fromkeys(ROLES, ROOT / "company") == {
        name: mounts(service)[COMPANY] for name, service in found.items()
    }


def test_the_image_backs_up_with_the_client_of_the_servers_version(services: Services) -> None:
    """A client older than the server refuses it. `upgrade` has the owner, who copies the tables."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    server = re.search(r"postgres:(\d+)", services["postgres"]["image"])
    backups = {volume["target"]: volume["type"] for volume in services["upgrade"]["volumes"]}

    assert server is not None
    assert [server[1]] == re.findall(r"postgresql-client-(\d+)", dockerfile.rpartition("FROM ")[2])
    assert "volume" == backups["/var/lib/hub/backups"]
    assert "/var/lib/hub/backups" in dockerfile


@pytest.mark.parametrize("mode", ["allowlist", "live"])
def test_delivery_has_a_network_of_its_own_once_people_are_reached(
    compose: tuple[str, ...], mode: str
) -> None:
    found = whole(compose, {"HUB_MODE": mode, "HUB_ALLOW_RECIPIENTS": "a@b.co"})["services"]
    delivery = found["delivery"]

    assert "mailpit" not in found
    assert "default" in delivery["networks"]
    assert not {"network_mode"} & set(delivery)
    assert {"HUB_MODE": mode} == {
        name: value
        for name, value in delivery["environment"].items()
        if name in {"HUB_MODE", "HUB_CAPTURE_SMTP"}
    }
    assert ROLES.keys() - {"mail"} == found.keys() & ROLES.keys()


def test_the_hub_accepts_what_it_is_given_and_reaches_nobody(services: Services, secrets: Path) -> None:
    for service in hub_services(services).values():
        assert load(environment(service, secrets)).mode is Mode.CAPTURE


def test_prometheus_reads_each_role_with_the_key_that_it_is_given(services: Services) -> None:
    [scrape] = yaml.safe_load((ROOT / "monitoring/prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = {each["labels"]["role"]: set(each["targets"]) for each in scrape["static_configs"]}
    given = services["prometheus"]
    port = services["web"]["environment"]["HUB_METRICS"].rpartition(":")[2]

    assert set(ROLES) - {"mail"} == set(targets)
    assert all(f"{role}:{port}" in named for role, named in targets.items())
    assert scrape["authorization"]["credentials_file"] in {each["target"] for each in given["secrets"]}
    assert "--config.file=/etc/prometheus/prometheus.yml" in given["command"]
    assert mounts(given)["/etc/prometheus"] == ROOT / "monitoring/prometheus"


def test_grafana_shows_the_dashboard_with_what_prometheus_has(services: Services) -> None:
    folder, shown = ROOT / "monitoring/grafana/provisioning", mounts(services["grafana"])
    [source] = yaml.safe_load((folder / "datasources/hub.yml").read_text())["datasources"]
    [provider] = yaml.safe_load((folder / "dashboards/hub.yml").read_text())["providers"]

    assert "http://prometheus:9090" == source["url"]
    assert shown["/etc/grafana/provisioning"] == folder
    assert shown[f"{provider['options']['path']}/hub.json"] == ROOT / "monitoring/grafana/hub.json"


def mounts(service: Mapping[str, Any]) -> Mapping[str, Path]:
    return {each["target"]: Path(each["source"]) for each in service["volumes"] if each["type"] == "bind"}


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


def test_images_are_pinned_to_a_version_and_its_digest(services: Services) -> None:
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert len(bases) == 2
    for image in {service["image"] for service in services.values()} - {OURS} | set(bases):
        assert re.fullmatch(r"[a-z/]+:v?\d+(\.\d+)*(-[a-z]+)*@sha256:[0-9a-f]{64}", image)


@pytest.mark.parametrize("service", FIXED_IN)
def test_image_is_no_older_than_the_last_hole_that_was_mended_in_it(services: Services, service: str) -> None:
    version = re.search(r":v?([\d.]+)", services[service]["image"])

    assert version is not None
    assert FIXED_IN[service] <= tuple(map(int, version[1].split(".")))


def test_what_has_no_wheel_is_built_where_its_backend_is_pinned() -> None:
    """A package of one file in the lock: its source."""
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.findall(r"^([\w.-]+)==.*\n((?:    --hash=.*\n)+)", lock, re.MULTILINE)
    built = re.findall(r"--no-binary (\S+)", (ROOT / "Dockerfile").read_text())

    assert {name for name, hashes in packages if hashes.count("--hash") == 1} == set(built)
    assert "setuptools==" in (ROOT / "requirements-build.lock").read_text()


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
