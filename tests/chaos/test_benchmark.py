"""`scripts/bench`, with the smallest numbers: that it measures, not what."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sink import PLACE
from tests.acceptance.harness import PATIENCE

pytestmark = [
    pytest.mark.chaos,  # nothing is broken here, but it is long, and tries what no hub runs
    pytest.mark.skipif(sys.platform != "linux", reason="the benchmark counts CPU as Linux does"),
    pytest.mark.usefixtures("sink"),
]


@pytest.fixture
def sink() -> None:
    """Skip without smtp-sink; in CI fail."""
    if shutil.which("smtp-sink") or Path(PLACE).exists():
        return
    reason = "smtp-sink is not installed: it comes with postfix"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


async def run(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run it, and return its output. Aims may be missed; a value that cannot be measured is an error."""
    file = folder / "run.json"
    command = (sys.executable, "-m", "benchmarks", *arguments, "--json", str(file))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=os.environ
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 3 * PATIENCE)
    assert process.returncode in {0, 1}, printed.decode()
    assert file.is_file(), printed.decode()
    found: dict[str, Any] = json.loads(file.read_text())
    return found


async def test_an_emergency_is_timed_at_each_provider(tmp_path: Path) -> None:
    found = (await run(tmp_path, "fanout", "--people", "20"))["modes"]["fanout"]

    assert {"email": 20, "sms": 20, "push": 20, "all": 60} == {
        channel: times["messages"] for channel, times in found["figures"].items()
    }
    assert 0 < found["measured"]["fanout_first"] <= found["measured"]["fanout_last"]


async def test_start_and_memory_of_the_whole_hub_are_measured(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    options = ("--starts", "1", "--mails", "50", "--results", str(page))
    found = (await run(tmp_path, "memory", *options))["modes"]["memory"]

    assert {"start", "memory_idle", "memory_growth"} == set(found["measured"])
    assert "| `hub run` until it is ready | ≤ 1.50 s |" in page.read_text()
