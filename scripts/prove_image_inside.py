"""
What the image's own Python, as the image's own user, says of the image: {what: whether it is so}.

It comes through standard input, so that nothing of this checkout lies in there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import hub
from hub.catalog import CATALOG
from hub.cloudevents import schemas
from hub.policy import load_policy
from hub.policy.policy import BUILT_IN
from hub.rendering import Templates

PACKAGE = Path(sysconfig.get_path("purelib")) / "hub"
COMPILERS = ("cc", "gcc", "g++", "clang", "ld", "make", "rustc", "cargo")
ONLY_FOR_BUILDING_AND_TESTS = ("pip", "hatchling", "pytest", "hypothesis", "mypy", "ruff")
VOLUMES = (Path("/var/lib/hub/outbox"), Path("/var/lib/hub/backups"))
"""Where docker-compose.yml mounts volumes."""
LEFTOVERS = ("/src", "/root/.cache", "/var/lib/hub/.cache")


def findings() -> Iterator[tuple[str, bool]]:
    yield "its process is not root", os.getuid() != 0 != os.getgid()
    yield "and has no rights of root", _effective_rights() == 0
    # A new volume takes owner and mode of what it is mounted over, and without it is root's.
    yield "its folders are there, its own and private", all(map(_is_own_and_private, VOLUMES))
    yield "hub is an installed package", Path(hub.__file__).parent == PACKAGE
    company = load_policy()
    yield "the policy is inside it", BUILT_IN.is_relative_to(PACKAGE)
    # Those of results as well, which are told to publishers and taken in from nobody.
    schema_names = {path.name.removesuffix(".v1.json") for path in (PACKAGE / "_schemas").iterdir()}
    yield f"{len(schema_names)} schemas are inside it", schema_names >= {kind.name for kind in CATALOG}
    yield "and compile", len(schemas.Schemas.load().by_name) == len(CATALOG)
    texts = list((PACKAGE / "templates" / "es").glob("*.j2"))
    yield f"{len(texts)} templates are inside it", bool(texts)
    rendered = {name for _, name, _ in Templates.load(company={}, clocks=company.clocks).words}
    yield (
        "and have a text for every event that notifies somebody",
        rendered >= {kind.name for kind in CATALOG if kind.audiences},
    )
    zoneinfo.reset_tzpath(to=[])  # without those that the system brings
    there = datetime(2026, 11, 24, tzinfo=zoneinfo.ZoneInfo.no_cache("America/Bogota"))
    yield "Bogotá's time is known without the system's zones", there.utcoffset() == timedelta(hours=-5)
    found = [name for name in COMPILERS if shutil.which(name)]
    yield f"there is no compiler {found or ''}", not found
    found = [name for name in ONLY_FOR_BUILDING_AND_TESTS if (PACKAGE.parent / name).exists()]
    yield f"nothing for building and tests {found or ''}", not found
    found = [str(path) for path in PACKAGE.rglob("test_*")]
    yield f"no test file {found or ''}", not found
    found = [path for path in LEFTOVERS if _may_exist(path)]
    yield f"no cache, no sources {found or ''}", not found
    yield "everything is compiled beforehand", _all_compiled()
    yield "nothing of the program can be written", not os.access(PACKAGE, os.W_OK)
    writable = not any(map(_is_read_only, VOLUMES))
    yield "nothing at all, but its folders and /tmp", _is_read_only(Path("/")) and writable


def _is_own_and_private(folder: Path) -> bool:
    found = folder.stat()
    return found.st_uid == os.getuid() and found.st_mode & 0o077 == 0


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _effective_rights() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("CapEff:")), 16)


def _may_exist(path: str) -> bool:
    try:
        return Path(path).exists()
    except PermissionError:  # in a folder of root's: seen from outside
        return False


def _all_compiled() -> bool:
    sources = [path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts]
    return all(list(path.parent.glob(f"__pycache__/{path.stem}.*.pyc")) for path in sources)


if __name__ == "__main__":
    json.dump(list(findings()), sys.stdout)
