"""The programs of `examples/publishing`: each publishes an event that a running hub takes in and answers."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aio_pika
import pytest

from hub.consumers import topology
from hub.local.loopback import free_port
from tests.acceptance.conftest import House
from tests.acceptance.directory import publish_all
from tests.integration.node import MODULES, need
from tests.servers import Servers

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "examples/publishing"
JARS: Final = [
    Path("/usr/share/java") / name for name in ("amqp-client.jar", "slf4j-api.jar", "slf4j-nop.jar")
]
SECONDS: Final = 60
"""A virtual machine of Java that compiles its program takes some of them."""


def python(name: str) -> list[str]:
    return [sys.executable, str(EXAMPLES / "python" / name)]


def node(folder: Path) -> list[str]:
    """Run it where `npm install` would have put the packages of its `package.json`."""
    need("amqplib")
    place = folder / "node"
    shutil.copytree(EXAMPLES / "node", place)
    (place / "node_modules").symlink_to(MODULES)
    return ["node", str(place / "publish.js")]


def java() -> list[str]:
    if shutil.which("javac") is None or not JARS[0].exists():
        reason = "no JDK, or no amqp-client: `JAVA=yes scripts/test` installs both"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return ["java", "-cp", ":".join(map(str, JARS)), str(EXAMPLES / "java/Publish.java")]


@dataclass(frozen=True, kw_only=True)
class Program:
    """The command that starts a program, given a folder of its own."""

    name: str
    command: Callable[[Path], list[str]]


PROGRAMS: Final = (
    Program(name="aio-pika", command=lambda _: python("publish.py")),
    Program(name="hub.client", command=lambda _: python("publish_with_client.py")),
    Program(name="node", command=node),
    Program(name="java", command=lambda _: java()),
    Program(name="curl", command=lambda _: [str(EXAMPLES / "curl/publish.sh")]),
)
every_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)


async def run(command: list[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a publisher's program, which has no setting but these; return its exit code and its output."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**kept, "PYTHONPATH": str(ROOT), "NO_PROXY": "*", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaint = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode is not None
    return process.returncode, out.decode().strip(), complaint.decode()


@every_program
async def test_program_publishes_an_event_that_the_hub_answers(
    program: Program, house: House, tmp_path: Path
) -> None:
    command = program.command(tmp_path)
    address = f"127.0.0.1:{free_port()}"
    house.settings["HUB_HTTP"] = address
    made = json.loads(await house.command("keys", "create", "sistema", "--scope", "publish", "--json"))
    async with house.running() as publisher:
        await publish_all(publisher)
        settings = {
            "HUB_AMQP_URL": house.amqp_url,
            "API_URL": f"http://{address}",
            "API_KEY": made["token"],
        }
        code, event_id, complaint = await run(command, settings)
        assert 0 == code, complaint
        messages = await house.settled(event_id)

    assert ("email", "sent") in {(row["channel"], row["state"]) for row in messages}
    assert "sofia.ibanez@example.com" in {mail.recipient for mail in house.smtp.mails}


@pytest.mark.parametrize("program", PROGRAMS[:-1], ids=lambda program: program.name)
async def test_program_says_when_no_queue_takes_its_event(
    program: Program, servers: Servers, tmp_path: Path
) -> None:
    """In the default virtual host, whose address ends in a bare slash: that of `scripts/run` does."""
    command, url = program.command(tmp_path), servers.rabbitmq.url
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        await channel.declare_exchange(topology.DOMAIN_EVENTS, "topic", auto_delete=True)
        code, out, complaint = await run(command, {"HUB_AMQP_URL": url})
        await channel.exchange_delete(topology.DOMAIN_EVENTS)

    assert url.endswith("/")

    assert (True, "") == (code != 0, out)
    assert "No queue takes the event" in complaint
