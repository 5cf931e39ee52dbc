"""The wheel of `hub.client`, in an environment in which nothing of the hub is but what the wheel brings."""

import asyncio
import json
import os
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement

from hub.consumers.topology import events_queue
from hub.model import Lane
from tests.acceptance.harness import publisher
from tests.programs import run_program

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ROOT / "examples/publishing/python/publish_with_client.py"


def closure(name: str, known: set[str]) -> Iterator[str]:
    """Yield a distribution and those that it asks for here."""
    if name in known:
        return
    known.add(name)
    yield name
    for asked in map(Requirement, distribution(name).requires or ()):
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            yield from closure(asked.name, known)


def put(name: str, site: Path) -> None:
    """Link what a distribution has installed here."""
    found = distribution(name)
    for top in {path.parts[0] for path in found.files or () if path.parts[0] != ".."}:
        (site / top).symlink_to(str(found.locate_file(top)))


def run(*command: str | Path, **more: str) -> str:
    return run_program(*command, folder=ROOT / "client", env={"PATH": os.environ["PATH"], **more})


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Build and install the wheel; return the Python of an environment of it and what it asks for."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    [wheel] = tmp_path.glob("hub_client-*.whl")
    assert 500_000 > wheel.stat().st_size
    place = tmp_path / "fresh"
    venv.create(place, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--python", place / "bin/python", "install")
    run(*pip, "--no-index", "--no-deps", wheel)
    [site] = place.glob("lib/python*/site-packages")
    for name in closure("aio-pika", set()):
        put(name, site)
    return place / "bin/python"


async def test_wheel_publishes_where_nothing_of_the_hub_is_installed(amqp_url: str, python: Path) -> None:
    missing = "import importlib.util as u; print(u.find_spec('hub.catalog'), u.find_spec('aiohttp'))"
    assert "None None\n" == await asyncio.to_thread(run, python, "-c", missing)
    printed = await asyncio.to_thread(run, python, PROGRAM, HUB_AMQP_URL=amqp_url)
    async with publisher(amqp_url) as sender:
        queue = await sender.channel.declare_queue(events_queue(Lane.NORMAL), passive=True)
        message = await queue.get(timeout=10)
        await message.ack()

    assert printed.strip() == json.loads(message.body)["id"]
