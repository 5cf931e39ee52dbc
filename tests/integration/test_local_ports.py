"""Starting on ports that something else holds: reported at once, before anything is started."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import hdrs, web

from hub.local.instance import Instance
from hub.local.loopback import ADDRESS, free_port, is_free
from hub.local.ports import choose_port


@pytest.fixture
def mute() -> Iterator[int]:
    """A port on which something listens that never says a word."""
    with socket.socket() as taken:
        taken.bind((ADDRESS, free_port()))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
async def rude() -> AsyncIterator[int]:
    """A port on which something listens that closes each connection, so that nobody waits for an answer."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), ADDRESS, port := free_port())
    async with server:
        yield port


async def serve(server: str) -> AsyncIterator[int]:
    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"}, headers={hdrs.SERVER: server})

    app = web.Application()
    app.add_routes([web.get("/health/live", live), web.get("/health/ready", live)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, port := free_port()).start()
    yield port
    await runner.cleanup()


@pytest.fixture
async def other_hub() -> AsyncIterator[int]:
    async for port in serve("hub"):
        yield port


@pytest.fixture
async def other_server() -> AsyncIterator[int]:
    async for port in serve("nginx/1.27"):
        yield port


async def start(folder: Path, **settings: str) -> tuple[int | None, str]:
    """Start as `scripts/run` does; answer the exit code and all that was shown."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "hub.local", folder),
        env={**kept, **settings},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        shown, _ = await process.communicate()
    return process.returncode, shown.decode()


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_no_port_is_chosen_again_before_its_server_listens() -> None:
    chosen = [free_port() for _ in range(300)]

    assert len(chosen) == len(set(chosen))


async def test_the_port_of_another_hub_is_reported_and_nothing_is_started(
    other_hub: int, tmp_path: Path
) -> None:
    place = f"{ADDRESS}:{other_hub}"
    code, shown = await start(tmp_path, HUB_HTTP=place)
    lines = shown.split("\n")

    assert code == 1
    assert lines[1].startswith(f"HUB_HTTP={place}: el puerto {other_hub} está ocupado por otro hub.")
    assert "elija otro puerto: HUB_HTTP=127.0.0.1:" in lines[1]
    assert "held by another hub" in lines[2]
    assert "en marcha" not in shown
    # The secret is kept before the settings are judged: without one they are refused.
    assert names_in(tmp_path) == {"lock", "secret"}


async def test_any_other_server_is_named_by_what_it_says_of_itself(other_server: int, tmp_path: Path) -> None:
    _, shown = await start(tmp_path, HUB_HTTP=f"{ADDRESS}:{other_server}")

    assert "ocupado por otro servidor web (nginx/1.27)" in shown


async def test_what_has_no_http_is_another_program(mute: int, tmp_path: Path) -> None:
    _, shown = await start(tmp_path, HUB_METRICS=f"{ADDRESS}:{mute}", HUB_HTTP=f"{ADDRESS}:{free_port()}")

    assert f"HUB_METRICS={ADDRESS}:{mute}: el puerto {mute} está ocupado por otro programa" in shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("page", "la página"),
        ("smtp", "el buzón"),
        ("mail_page", "el correo que sale"),
        ("rabbitmq", "RabbitMQ"),
        ("redis", "Redis"),
        ("postgresql", "PostgreSQL"),
    ],
)
async def test_a_replaced_port_is_reported(rude: int, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({name: rude}))
    printed: list[str] = []

    port = await choose_port(Instance(tmp_path), name, print_line=printed.append)

    assert is_free(port)
    assert len(printed) == 1
    assert f"El puerto {rude} ({words}) está ocupado por otro programa" in printed[0]
    assert f"se usa el {port}" in printed[0]


async def test_a_port_that_is_free_is_taken_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"page": (free := free_port())}))
    printed: list[str] = []

    assert await choose_port(Instance(tmp_path), "page", print_line=printed.append) == free
    assert printed == []
