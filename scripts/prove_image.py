"""
Build the image as `docker build` would and use it as docker-compose.yml does, without Docker.

    python prove_image.py CONTEXT BASE PLACE NAME=VALUE…

CONTEXT is a checkout, BASE the root that stands in for the base image, PLACE a folder for the rest;
the values are variables of one who builds (proxies, certificates). The hub of the image runs
against real servers of this machine, all on loopback.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from run_dockerfile import Build, Stage, fail, print_line

from hub.local.loopback import ADDRESS, free_port
from hub.local.mailbox import Mailbox, catching
from hub.local.postgres import Postgres
from hub.local.rabbitmq import RabbitMQ
from hub.local.redis import Redis
from hub.local.server import running

OUTBOX, BACKUPS = "/var/lib/hub/outbox", "/var/lib/hub/backups"  # docker-compose.yml mounts volumes there
KEY = "only-for-this-proof-and-only-on-loopback"
LIMIT = 60.0  # seconds

# A stranger: nobody of the directory is needed, and both a mail and a text go out.
EVENT = {
    "type": "pqrs.received",
    "data": {
        "pqrs_id": "pqrs-1",
        "radicado": "PQ-2026-000001",
        "kind": "peticion",
        "entry_channel": "web",
        "received_at": datetime.now(UTC).isoformat(),
        "service_area": "administracion",
        "subject": "Copia del acta",
        "petitioner": {"name": "Pedro Gómez", "email": "pedro@example.com", "phone": "300 555 1234"},
        "copropiedad_id": "ph-1",
    },
}


class Image:
    """The last stage, used as a container of it would be."""

    def __init__(self, stage: Stage, settings: Mapping[str, str]) -> None:
        self.stage = stage
        self._settings = settings

    async def start(self, *command: str, stdout: int = PIPE, stderr: int | None = None) -> Process:
        entered = self.stage.entered(command, self._settings, volumes=[OUTBOX, BACKUPS])
        return await asyncio.create_subprocess_exec(*entered, stdin=PIPE, stdout=stdout, stderr=stderr)

    async def ask(self, *command: str, text: str = "") -> tuple[int | None, str]:
        """Run to the end; answer the exit code and what was printed; errors go to the terminal."""
        process = await self.start(*command)
        printed, _ = await asyncio.wait_for(process.communicate(text.encode()), LIMIT)
        return process.returncode, printed.decode()

    async def hub(self, *arguments: str, text: str = "") -> str:
        """Run `hub …`, which must end well; answer what it printed."""
        code, printed = await self.ask(*self.stage.entrypoint, *arguments, text=text)
        check(f"hub {' '.join(arguments)}", code == 0, printed)
        return printed

    @asynccontextmanager
    async def running(self, log: Path) -> AsyncIterator[None]:
        """What `docker run` starts, until SIGTERM ends it as `docker stop` would."""
        with log.open("wb") as file:
            process = await self.start(
                *self.stage.entrypoint, *self.stage.command, stdout=file.fileno(), stderr=STDOUT
            )
        try:
            yield
            os.kill(_first_inside(process), signal.SIGTERM)
            code = await asyncio.wait_for(process.wait(), LIMIT)
            check("SIGTERM ends it well, though it is process 1", code == 0, f"its log: {log}")
        finally:
            if process.returncode is None:
                process.kill()


def _first_inside(process: Process) -> int:
    """Process 1 of the image's process space, by our number: `unshare` waits for it outside."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


async def prove(stage: Stage, place: Path) -> None:
    mailbox = Mailbox(place)
    smtp, http, metrics = (free_port() for _ in range(3))
    rabbitmq, redis, postgres = RabbitMQ(place / "rabbitmq"), Redis(place / "redis"), Postgres(place / "pg")
    async with (
        running([rabbitmq, redis, postgres], print_line=print_line),
        catching(mailbox, smtp, caught=lambda _: None),
    ):
        settings = {
            "HUB_AMQP_URL": rabbitmq.url,
            "HUB_REDIS_URL": redis.url,
            "HUB_DATABASE_URL": postgres.url,
            "HUB_API_KEY": KEY,
            "HUB_MODE": "capture",
            "HUB_CAPTURE_SMTP": f"{ADDRESS}:{smtp}",
            "HUB_HTTP": f"{ADDRESS}:{http}",
            "HUB_METRICS": f"{ADDRESS}:{metrics}",
        }
        image = Image(stage, settings)
        await look_inside(image)
        await image.hub("--help")
        await image.hub("db", "upgrade")
        async with image.running(place / "hub.log"):
            await use(image, mailbox, f"http://{ADDRESS}:{http}", f"http://{ADDRESS}:{metrics}")


async def look_inside(image: Image) -> None:
    script = Path(__file__).with_name("prove_image_inside.py").read_text()
    code, printed = await image.ask("python", "-", text=script)
    check("its own Python can look at it", code == 0, printed)
    for what, is_so in json.loads(printed):
        check(what, is_so)
    root = image.stage.path("/root/.cache")
    check("root has no cache", not root.exists())


async def use(image: Image, mailbox: Mailbox, page: str, metrics: str) -> None:
    check("it is ready", await happens(lambda: status(f"{page}/health/ready") == 200))
    check("it says so where the health checks ask", status(f"{metrics}/health/live") == 200)
    check(
        "the API wants the key", (status(f"{page}/api/messages"), status(f"{metrics}/metrics")) == (401, 401)
    )
    print_line(await image.hub("check"))
    await image.hub("publish", "-", text=json.dumps(EVENT))
    outbox = image.stage.path(OUTBOX)
    check("the mail is caught", await happens(lambda: bool(mailbox.names())))
    check("the text is a file of its outbox", await happens(lambda: any(outbox.rglob("*sms*"))))
    print_line(await image.hub("deliveries"))
    print_line(await image.hub("db", "backup", f"{BACKUPS}/hub.dump"))


def status(url: str) -> int:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


async def happens(condition: Callable[[], bool]) -> bool:
    """Wait for it: with the loop free, on which the mail catcher lives."""
    async with asyncio.timeout(LIMIT):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - it is looked at from outside
            await asyncio.sleep(0.2)
    return True


def check(what: str, passed: bool, printed: str = "") -> None:
    if not passed:
        fail(f"{what}\n{printed}")
    print_line(f"ok   {what}")


def megabytes(folder: Path) -> int:
    answer = subprocess.run(["du", "-sm", "--one-file-system", folder], capture_output=True, check=True)
    return int(answer.stdout.split()[0])


def main() -> None:
    context, base, place = map(Path, sys.argv[1:4])
    variables = dict(word.split("=", 1) for word in sys.argv[4:])
    stage = Build(context=context, base=base, place=place, variables=variables).run()
    asyncio.run(prove(stage, place))
    whole, below = megabytes(stage.root), megabytes(base)
    print_line(f"{whole} MB, of which {whole - below} MB on top of what stands in for the base image")


if __name__ == "__main__":
    main()
