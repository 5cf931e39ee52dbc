"""Packages that the tests take from npm, and the programs that use them."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

NPM: Final = Path(__file__).parents[1] / "npm"
MODULES: Final = NPM / "node_modules"
MISSING: Final = "the npm packages are not installed: `scripts/test` does that, or `npm ci` in tests/npm"


def need(package: str) -> None:
    """Skip a test without this package; in CI it fails."""
    if (MODULES / package).is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


def run_node(program: Path, text: str) -> str:
    """Run a program of `tests/npm` with this input; return its output."""
    done = subprocess.run(
        ["node", program], input=text, capture_output=True, text=True, timeout=100, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout
