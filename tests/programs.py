"""Programs of the system that tests run."""

from __future__ import annotations

import os
import shutil

import pytest


def need_program(name: str) -> str:
    """Return where it is. Without it the test is skipped, and in CI it fails."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found
