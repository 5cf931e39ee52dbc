"""The examples of docs/api.md, each run in a shell against a hub."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.guarded_hub import GuardedHub, guarded_hub
from tests.integration.identities import API_KEY

PAGE = Path(__file__).parents[2] / "docs/api.md"


@pytest.fixture
async def hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[GuardedHub]:
    async with guarded_hub(amqp_url, redis_url, database) as hub:
        yield hub


async def test_every_example_of_the_page_of_the_api_runs(hub: GuardedHub, tmp_path: Path) -> None:
    assert shutil.which("curl"), "curl is missing"
    first, *examples = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    environment = {"HUB": f"http://{hub.addresses['guarded']}", "KEY": API_KEY, "PATH": "/usr/bin:/bin"}
    said = [await run(example, environment, tmp_path) for example in examples]

    assert first.startswith("export HUB=")
    assert 8 == len(said)
    assert any('"sentence":' in text for text in said)
    assert any('"accepted":1' in text for text in said)


async def run(example: str, environment: dict[str, str], folder: Path) -> str:
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", example),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(shell.communicate(), 30)
    assert shell.returncode == 0, example + said.decode()
    return said.decode()
