"""Programs of the system that tests run."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest


def need_program(name: str) -> str:
    """Return where it is. Without it the test is skipped, and in CI it fails."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run_program(*command: str | Path, folder: Path, env: Mapping[str, str] | None = None) -> str:
    """Return what it prints; the test fails with that where the program fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
