"""Runs of pytest with the plugin, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.mutants.functions import ROOT

PLUGIN: Final = "benchmarks.mutants.plugin"
VARIABLE: Final = "HUB_MUTANTS"
PYTEST: Final = (
    "-q",
    "-p",
    PLUGIN,
    "-p",
    "no:cacheprovider",
    "--hypothesis-seed=0",
    "--tb=no",
    "--disable-warnings",
)
TOO_LONG: Final = "120"
"""Seconds of one test; those that are chosen take a few."""
NO_TESTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the plugin is to do."""

    watched: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Module → function → the place that is noted when it starts."""
    fault: Mapping[str, str] | None = None
    """Module, function and change."""
    tests: Sequence[str] = ()
    """All others of their files are left out; none: nothing is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a run has found."""

    code: int
    """The exit code of pytest; None of them when it took too long."""
    failed: Sequence[str] = ()
    tests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Test → its seconds, and the places that it starts."""


def run(orders: Orders, words: Sequence[str], *, seconds: float | None = None) -> Answer:
    """Run pytest with these arguments besides; a run that takes too long is one that failed."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        file = folder / "orders"
        file.write_text(
            json.dumps(
                {
                    "watched": orders.watched,
                    "fault": orders.fault,
                    "tests": list(orders.tests),
                    "answers": name,
                }
            ),
            encoding="utf-8",
        )
        files = sorted({test.partition("::")[0] for test in orders.tests})
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "pytest", *PYTEST, *words, *files],
                cwd=ROOT,
                env={**os.environ, VARIABLE: str(file)},
                stdout=subprocess.DEVNULL if orders.tests else None,
                stderr=subprocess.DEVNULL if orders.tests else None,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Answer(code=1, failed=["time-out"])
        return _merged(ended.returncode, folder)


def _merged(code: int, folder: Path) -> Answer:
    """Put together what the workers have written."""
    failed: list[str] = []
    tests: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        failed += document["failed"]
        for test, told in document["tests"].items():
            known = tests.setdefault(test, {"seconds": 0.0, "starts": []})
            known["seconds"] = max(known["seconds"], told["seconds"])
            known["starts"] = sorted({*known["starts"], *told["starts"]})
    return Answer(code=code, failed=failed, tests=tests)
