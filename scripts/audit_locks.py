"""
Known vulnerabilities of what the lock files pin, by PyPI's advisories. Arguments go to pip-audit.

pip-audit alone cannot be trusted to say so: it ends with 0 and "No known vulnerabilities found" where a
mirror knows no advisories and every package was skipped, and with 1 for a vulnerability as well as without
a network. So its answers are counted. Ends with 1 for a vulnerability, and for a fault that is not of the
network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKS: Final = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-installer.lock",
    "requirements-build.lock",
)
APART: Final = ("requirements-schemathesis.lock", "requirements-openapi-python-client.lock")
"""Each of an environment of its own, with other versions: pip-audit takes one version of each package."""
IGNORED: Final[Mapping[str, str]] = {}
"""Advisory → why it does not concern the hub, and until when it may stay here."""

SOCKET: Final = 3  # seconds for an answer: without a network this is over at once
WHOLE: Final = 90  # seconds for all of them, a slow network included
_NETWORK: Final = re.compile(
    r"requests\.exceptions|urllib3\.exceptions|ConnectionError|ServiceError|HTTPError|timed out",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    lines: Sequence[str]
    failed: bool = False


def main(arguments: Sequence[str]) -> int:
    verdicts = [audit(arguments, locks) for locks in (LOCKS, *((lock,) for lock in APART))]
    for line in [line for verdict in verdicts for line in verdict.lines]:
        print(line, file=sys.stderr)  # noqa: T201 - a program's output
    return int(any(verdict.failed for verdict in verdicts))


def audit(arguments: Sequence[str] = (), locks: Sequence[str] = LOCKS) -> Verdict:
    return judge(*_ask(arguments, locks))


def _ask(arguments: Sequence[str], locks: Sequence[str]) -> tuple[str, str]:
    """Return what pip-audit wrote: its answer, and its complaints."""
    files = [word for name in locks for word in ("--requirement", str(ROOT / name))]
    fixed = ("--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off")
    command = [sys.executable, "-m", "pip_audit", *files, *fixed, f"--timeout={SOCKET}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WHOLE, check=False)
    except subprocess.TimeoutExpired:
        return "", f"timed out after {WHOLE} seconds"
    return done.stdout, done.stderr


def judge(answer: str, complaints: str, ignored: Mapping[str, str] = IGNORED) -> Verdict:
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    if not packages:
        return _without_answer(complaints)
    if found := list(_vulnerabilities(packages, ignored)):
        return Verdict(lines=found, failed=True)
    if skipped := [package for package in packages if "skip_reason" in package]:
        why = f"{len(skipped)} of {len(packages)} packages: {skipped[0]['skip_reason']}"
        return _not_checked(why)
    return Verdict(lines=[f"Known vulnerabilities: none in {len(packages)} packages."])


def _without_answer(complaints: str) -> Verdict:
    """Judge an end without an answer: a network may be away, but a lock that cannot be read is a fault."""
    last = (complaints.strip().splitlines() or ["no answer"])[-1]
    if _NETWORK.search(complaints):
        return _not_checked(last)
    return Verdict(lines=[f"pip-audit failed: {last}"], failed=True)


def _not_checked(why: str) -> Verdict:
    return Verdict(lines=[f"Known vulnerabilities: NOT CHECKED, {why[:400]}"])


def _vulnerabilities(packages: Sequence[Mapping[str, Any]], ignored: Mapping[str, str]) -> Iterator[str]:
    for package in packages:
        for found in package.get("vulns", ()):
            names = [found["id"], *found["aliases"]]
            if not any(name in ignored for name in names):
                mended = ", ".join(found["fix_versions"]) or "no version yet"
                yield f"{package['name']} {package['version']}: {' = '.join(names)}, mended in {mended}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
