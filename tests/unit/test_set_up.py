"""Set-up of the scripts: what takes minutes says so, and what costs much comes only where it is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.test_docs import ROOT

OURS = ("lib.sh", "progress.sh")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but what the scripts source."""
    (tmp_path / "scripts").mkdir()
    for name in OURS:
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    return tmp_path


def bash(checkout: Path, commands: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", f". scripts/lib.sh\n{commands}", "scripts/test"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "PROGRESS_EVERY": "1", **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock")
def test_who_waits_for_another_set_up_is_told_for_whom_and_for_what(checkout: Path) -> None:
    first = bash(checkout, 'one_at_a_time; begin "Installing from Debian: chromium"; read -r _ || true')
    assert first.stdout
    assert "Installing from Debian: chromium\n" == first.stdout.readline()

    second = bash(checkout, 'one_at_a_time; say "mine"')
    assert second.stdout
    told = [second.stdout.readline() for _ in range(2)]
    first.communicate()
    rest, _ = second.communicate()

    who = f"scripts/test (process {first.pid}): Installing from Debian: chromium\n"
    assert [f"Waiting until another set-up of this checkout ends: {who}", f"  … 1 s: {who}"] == told
    assert rest.endswith("mine\n")


def test_what_is_silent_for_long_says_that_it_goes_on_and_its_failure_is_kept(checkout: Path) -> None:
    run = bash(checkout, 'with_progress "pip installs uv" bash -c "sleep 1.3; exit 3" || say "failed: $?"')
    shown, _ = run.communicate()

    assert ["  … 1 s: pip installs uv", "failed: 3"] == shown.splitlines()


@pytest.mark.parametrize(
    ("settings", "is_installed"), [({}, False), ({"CI": "true"}, True), ({"JAVA": "yes"}, True)], ids=str
)
def test_a_jdk_is_installed_only_where_it_is_asked_for(
    checkout: Path, settings: dict[str, str], *, is_installed: bool
) -> None:
    """A gate asks for it (CI=true), and tries the example wherever there is one."""
    run = bash(checkout, 'install_packages() { say "apt: $*"; }; install_java', **settings)
    shown, _ = run.communicate()

    assert is_installed is shown.startswith("apt: default-jdk-headless")
    assert is_installed is not ("JAVA=yes" in shown)
