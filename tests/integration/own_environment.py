"""Programs of the tests in Python, each in an environment of its own under `.venv`."""

import os
from pathlib import Path
from typing import Final

import pytest

VENV: Final = Path(__file__).resolve().parents[2] / ".venv"


def program_of(name: str, program: str | None = None) -> Path:
    """Return a program of this environment, by default that of its name; skip without it, and in CI fail."""
    found = VENV / name / "bin" / (program or name)
    if found.exists():
        return found
    reason = f"{name} is not installed: `scripts/test` does that, in .venv/{name}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
