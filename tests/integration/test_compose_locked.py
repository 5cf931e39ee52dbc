"""
The services of docker-compose.yml with their commands, secrets and volumes; nothing else can be written.

Debian's own servers stand in for those of the images; the first start of PostgreSQL's image is done here.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import sys
import sysconfig
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from hub.local import programs
from tests.acceptance.harness import until
from tests.integration.containers import Machine, can_contain
from tests.integration.test_compose import ROOT, Services, compose, new_secrets, services
from tests.servers import open_folder

__all__ = ["compose", "services"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("installed")]

HUB = (10001, 10001)
SOURCE, PACKAGES, INTERPRETER = "/opt/source", "/opt/packages", "/opt/python"
POSTGRES_DATA = "/var/lib/postgresql/data"
STARTED = "completed with"
"""The last words of RabbitMQ's start, in its log."""
ROLES_HERE = ("intake", "delivery", "timers", "web", "mail")
FIRST_START = """
export LANG=C.UTF-8
initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 >/dev/null
pg_ctl -w -o "-c listen_addresses=''" start
createdb -U postgres "$POSTGRES_DB"
for file in /docker-entrypoint-initdb.d/*; do
    psql -v ON_ERROR_STOP=1 --no-psqlrc -U postgres -d "$POSTGRES_DB" -f "$file"
done
pg_ctl -m fast -w stop >/dev/null
echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
exec postgres -c "listen_addresses=*"
"""
EVENT = {
    "type": "pqrs.received",
    "data": {
        "pqrs_id": "pqrs-1",
        "radicado": "PQ-2026-000001",
        "kind": "peticion",
        "entry_channel": "web",
        "received_at": "2026-11-27T08:00:00-05:00",
        "service_area": "administracion",
        "subject": "Copia del acta",
        "petitioner": {"name": "Pedro Gómez", "phone": "300 555 1234"},
        "copropiedad_id": "ph-1",
    },
}


@pytest.fixture
async def machine(services: Services, tmp_path: Path) -> AsyncIterator[Machine]:
    with open_folder() as folder:
        (folder / "try").mkdir()
        if not can_contain(folder / "try"):
            pytest.skip("no root of our own can be mounted here")
        packages = sysconfig.get_path("purelib")
        built = Machine(
            folder=folder,
            services=services,
            secrets=new_secrets(tmp_path),
            extra={SOURCE: str(ROOT), PACKAGES: packages, INTERPRETER: sys.base_prefix},
        )
        async with built.on():
            yield built


def redis(machine: Machine) -> list[str]:
    """Its image begins in the folder of the data."""
    return ["env", "-C", "/data", *machine.services["redis"]["command"]]


def user(name: str) -> tuple[int, int]:
    found = pwd.getpwnam(name)
    return found.pw_uid, found.pw_gid


@asynccontextmanager
async def ended(process: Process) -> AsyncIterator[Process]:
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def healthy(machine: Machine, name: str, account: tuple[int, int], **more: str) -> None:
    """Wait until its own health check passes, run beside it."""
    _, *test = machine.services[name]["healthcheck"]["test"]

    async def asked() -> bool:
        code, _ = await machine.ask(name, account, test, **more)
        return code == 0

    try:
        await until(asked, f"{name} to be healthy", patience=60)
    except AssertionError as exc:
        exc.add_note(machine.log(name).read_text())
        raise


async def test_the_services_work_where_only_their_volumes_can_be_written(machine: Machine) -> None:
    binaries = programs.find_postgres().parent
    postgres = {"PATH": f"{binaries}:/usr/bin:/bin", "PGDATA": POSTGRES_DATA}
    rabbitmq = {"HOME": "/var/lib/rabbitmq", "PATH": "/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    async with AsyncExitStack() as stack:

        async def started(name: str, account: tuple[int, int], *command: str, **more: str) -> None:
            process = await machine.start(name, account, command, **more)
            await stack.enter_async_context(ended(process))

        await started("redis", user("redis"), *redis(machine))
        await started("rabbitmq", user("rabbitmq"), "rabbitmq-server", **rabbitmq)
        await started("postgres", user("postgres"), "sh", "-ec", FIRST_START, **postgres)
        await healthy(machine, "redis", user("redis"))
        # Each of its health checks takes a second of the processor, which the broker needs to start.
        await until(lambda: STARTED in machine.log("rabbitmq").read_text(), "the broker", patience=60)
        await healthy(machine, "postgres", user("postgres"), **postgres)
        await healthy(machine, "rabbitmq", user("rabbitmq"), **rabbitmq)
        await hub(machine, "upgrade", *machine.services["upgrade"]["command"])
        for number, name in enumerate(ROLES_HERE):
            port = {"HUB_METRICS": f"127.0.0.1:{9100 + 10 * number}"}  # they share one network here
            await started(name, HUB, *program(), *machine.services[name]["command"], **PYTHON, **port)
        await hub(machine, "web", "publish", "-", text=json.dumps(EVENT))
        outbox = machine.volume("outbox")
        await until(lambda: any(outbox.rglob("*sms*")), "the text in the outbox", patience=60)
        findings = json.loads(await hub(machine, "web", "check", "--json"))["items"]
        client = {"PATH": postgres["PATH"]}  # of the server's version, as in the image
        await hub(machine, "upgrade", "db", "backup", "/var/lib/hub/backups/hub.dump", **client)

    logged = [json.loads(line) for name in ROLES_HERE for line in machine.log(name).read_text().splitlines()]
    assert [] == [line for line in logged if line["level"] == "error"]
    assert {"hub.dump", "hub.dump.json"} == {path.name for path in machine.volume("backups").iterdir()}
    shown = "\n".join(finding["what"] for finding in findings)
    assert [] == [finding for finding in findings if finding["state"] == "bad"]
    assert not re.search("auditoría|superusuario|AOF|maxmemory", shown)


PYTHON = {
    "LD_LIBRARY_PATH": f"{INTERPRETER}/lib",
    "PYTHONPATH": f"{SOURCE}:{PACKAGES}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LOGNAME": "hub",  # the image has a user of this number, this machine has none
    "HUB_CAPTURE_DIR": "/var/lib/hub/outbox",
}


def program() -> tuple[str, ...]:
    return f"{INTERPRETER}/bin/{Path(sys.executable).resolve().name}", "-m", "hub"


async def hub(machine: Machine, name: str, *command: str, text: str = "", **more: str) -> str:
    code, printed = await machine.ask(name, HUB, [*program(), *command], text, **PYTHON, **more)
    assert code == 0, printed
    return printed


@pytest.mark.parametrize("name", ["redis", "rabbitmq", "postgres", "web"])
async def test_nothing_else_of_a_container_can_be_written(machine: Machine, name: str) -> None:
    script = "touch /usr/bin/x /etc/x /run/x /x /opt/source/x; cat /proc/self/status | grep -E 'Cap|NoNew'"
    _, printed = await machine.ask(name, HUB, ["sh", "-c", script])

    assert 5 == printed.count("Read-only file system")
    assert {"0000000000000000", "1"} == {line.split()[1] for line in printed.splitlines() if ":\t" in line}


async def test_redis_without_the_password_answers_a_ping_and_nothing_else(machine: Machine) -> None:
    process = await machine.start("redis", user("redis"), redis(machine))
    async with ended(process):
        await healthy(machine, "redis", user("redis"))
        refused = [
            await machine.ask("redis", user("redis"), ["redis-cli", "-e", *command.split()])
            for command in (
                "GET x",
                "SET x 1",
                "INFO",
                "FLUSHALL",
                "CONFIG GET *",
                "ACL LIST",
                "EVAL return 0",
            )
        ]

    assert all(code != 0 and "NOPERM" in printed for code, printed in refused), refused
