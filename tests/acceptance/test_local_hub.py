"""The hub that `scripts/run` starts, from outside."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.local.loopback import ADDRESS, free_port, is_free
from hub.model import Office
from hub.model.reached import CAPTURED
from tests.acceptance.harness import until
from tests.servers import open_folder

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]

READY = "The hub is running."


@dataclass(kw_only=True)
class LocalHub:
    folder: Path
    process: asyncio.subprocess.Process
    shown: str = ""
    reading: asyncio.Task[None] = field(init=False)

    async def read(self) -> None:
        assert self.process.stdout
        while piece := await self.process.stdout.read(4096):
            self.shown += piece.decode()

    async def ready(self) -> None:
        await until(lambda: READY in self.shown or self.reading.done(), "it to be up", patience=60)
        assert READY in self.shown, self.shown

    async def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return await self.end()

    async def end(self) -> int:
        async with asyncio.timeout(60):
            await self.reading
            return await self.process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """The environment that `scripts/hub` reads."""
        lines = (self.folder / "env").read_text().splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)

    @property
    def ports(self) -> list[int]:
        urls = " ".join(self.environment.values())
        return [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", urls)]

    def pid(self, name: str) -> int:
        return int(next(self.folder.glob(f"*/{name}.pid")).read_text().split()[0])

    async def messages(self) -> set[str]:
        return {message["id"] for message in await self.listed()}

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        url = f"http://{self.environment['HUB_HTTP']}/api/messages"
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, params={"limit": "200", **query}) as answer,
        ):
            items: list[dict[str, Any]] = (await answer.json())["items"]
            return items


@contextmanager
def taken_port() -> Iterator[int]:
    """A port on which something listens that says nothing."""
    with socket.socket() as taken:
        taken.bind((ADDRESS, free_port()))
        taken.listen()
        yield taken.getsockname()[1]


@asynccontextmanager
async def local_hub(folder: Path, **settings: str) -> AsyncIterator[LocalHub]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "hub.local", folder),
        env={**kept, **settings},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    hub = LocalHub(folder=folder, process=process)
    hub.reading = asyncio.create_task(hub.read())
    try:
        await hub.ready()
        yield hub
    finally:
        if process.returncode is None:
            await hub.interrupt()


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What the first start in a folder has left, which Ctrl-C ended."""

    folder: Path
    shown: str
    taken: int
    """The port of the mail page, on which another program listens."""
    code: int
    ports: list[int]
    messages: set[str]
    reasons: set[str | None]
    """Of the mails that have left."""
    resident_page: str
    inbox: str
    """Of who signs in with the account of Operación."""


@pytest.fixture(scope="module")
def stopped() -> Iterator[Stopped]:
    with open_folder() as place:
        folder = place / "a folder" / ".run"
        folder.mkdir(parents=True)
        yield asyncio.run(first_start(folder))


async def first_start(folder: Path) -> Stopped:
    with taken_port() as taken:
        (folder / "ports.json").write_text(json.dumps({"mail_page": taken}))
        async with local_hub(folder) as hub:
            await until(lambda: len(list((folder / "mail").glob("*.eml"))) > 5, "mail of the demonstration")
            ports, messages = hub.ports, await hub.messages()
            reasons = {mail["reason"] for mail in await hub.listed(channel="email", state="sent")}
            resident_page, inbox = await looked_at(hub.shown)
            code = await hub.interrupt()
    return Stopped(
        folder=folder,
        shown=hub.shown,
        taken=taken,
        code=code,
        ports=ports,
        messages=messages,
        reasons=reasons,
        resident_page=resident_page,
        inbox=inbox,
    )


async def looked_at(shown: str) -> tuple[str, str]:
    """Look at a resident's page and at Mi bandeja, as a newcomer does: by what the terminal shows."""
    [page], [entry] = re.findall(r"http://\S+/mi/\S+", shown), re.findall(r"http://\S+/sign-in", shown)
    [(name, password)] = re.findall(r"Operación +(\S+) +(\S+)", shown)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, raise_for_status=True) as session:
        async with session.get(page) as answer:
            resident_page = await answer.text()
        async with session.post(
            entry, data={"name": name, "password": password}, headers={"Sec-Fetch-Site": "same-origin"}
        ):
            pass
        async with session.get(entry.replace("sign-in", "inbox")) as answer:
            return resident_page, await answer.text()


def test_ctrl_c_stops_everything(stopped: Stopped) -> None:
    assert f"El puerto {stopped.taken} (el correo que sale) está ocupado por otro programa" in stopped.shown
    assert stopped.code == 0
    assert not listening(stopped.ports)
    assert not list(stopped.folder.glob("*/*.pid"))
    assert not (stopped.folder / "env").exists()


async def test_the_next_start_continues_and_the_end_of_one_process_ends_all(stopped: Stopped) -> None:
    (stopped.folder / "demo-loaded").unlink(missing_ok=True)
    async with local_hub(stopped.folder, HUB_MODE="live") as second:
        assert "HUB_MODE=live: the demonstration is not loaded" in second.shown
        assert "HUB_CAPTURE_SMTP" not in second.environment
        assert "Cuentas de la demostración" not in second.shown
        assert stopped.messages <= await second.messages()
        ports = second.ports
        assert set(ports) < set(stopped.ports)  # of page and servers; nobody catches mail now

        os.kill(second.pid("redis"), signal.SIGKILL)

        assert await second.end() == 1
        assert "redis ended by itself (-9)" in second.shown
        assert "redis.log" in second.shown
    assert not listening(ports)


def test_a_newcomer_sees_a_residents_page_and_the_inbox_of_an_office(stopped: Stopped) -> None:
    assert "Respuesta definitiva" in stopped.resident_page
    assert "<h1>Mi bandeja</h1>" in stopped.inbox
    assert "Nueva PQRS" in stopped.inbox
    passwords = re.findall(r"(?m)^ {6}\S.* (\S{4}(?:-\S{4}){3})$", stopped.shown)
    assert len(set(passwords)) == len(Office)


def test_mails_of_the_demonstration_have_their_links_and_are_said_to_reach_nobody(stopped: Stopped) -> None:
    mails = "".join(file.read_text() for file in (stopped.folder / "mail").glob("*.eml"))
    assert {CAPTURED} == stopped.reasons
    assert re.search(r"http://127\.0\.0\.1:\d+/mi/", mails)


def listening(ports: list[int]) -> list[int]:
    return [port for port in ports if not is_free(port)]
