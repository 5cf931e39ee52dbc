"""What was measured, as documents: JSON, and a page with the table of aims, which the README repeats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.aims import Finding, findings
from benchmarks.mode import Outcome
from hub.model import Json

ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = ROOT / "benchmarks/results.md"
README: Final = ROOT / "README.md"
HEAD: Final = "| work | aim | measured | met |"
_TABLE: Final = re.compile(rf"^{re.escape(HEAD)}\n(?:\|.*\n)+", re.MULTILINE)
_VERDICTS: Final[Mapping[bool | None, str]] = {True: "yes", False: "**no**", None: "–"}


def entry(outcome: Outcome, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Make the JSON of a mode."""
    return {"sizes": sizes, **asdict(outcome)}


def document_of(
    modes: Mapping[str, Json], failed: Mapping[str, str], conditions: Mapping[str, str]
) -> dict[str, Any]:
    """Make the JSON of a run. `failed` are the modes in which nothing could be measured, with the reason."""
    return {"conditions": conditions, "failed": failed, "modes": modes}


def merged(documents: Sequence[Json]) -> dict[str, Any]:
    """Make one run of several; of a mode that was measured twice the later one counts."""
    modes = {name: found for document in documents for name, found in document["modes"].items()}
    return document_of(modes, {}, documents[-1]["conditions"])


def judged(document: Json) -> list[Finding]:
    """Judge all aims by what a run has measured."""
    modes = document["modes"].values()
    return findings({key: value for mode in modes for key, value in mode["measured"].items()})


def aims_table(rows: Iterable[Finding]) -> str:
    """Lay the aims out in Markdown."""
    lines = [f"| {row.work} | {row.aim} | {row.measured} | {_VERDICTS[row.met]} |" for row in rows]
    return "\n".join([HEAD, "|---|---|---|---|", *lines]) + "\n"


def page(document: Json) -> str:
    """Write the page of a run."""
    conditions = "\n".join(f"* {name}: {value}" for name, value in document["conditions"].items())
    details = "\n".join(_detail(name, found) for name, found in document["modes"].items())
    return (
        "# Results\n\nWritten by `scripts/bench`; [how it is measured](../docs/benchmark.md).\n\n"
        f"{aims_table(judged(document))}\n{conditions}\n\n{details}"
    )


def _detail(name: str, found: Json) -> str:
    sizes = ", ".join(f"{option} {number:,}" for option, number in found["sizes"].items())
    return f"## {name}\n\n{sizes}\n\n```\n{found['table']}\n```\n"


def write_json(path: Path, document: Json) -> None:
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def write_results(path: Path, document: Json) -> None:
    """Write the page; the README's table follows the page of the repository."""
    path.write_text(page(document), encoding="utf-8")
    if path.resolve() == RESULTS:
        README.write_text(with_table(README.read_text(encoding="utf-8"), document), encoding="utf-8")


def with_table(text: str, document: Json) -> str:
    """Replace the table of aims in a page."""
    table = aims_table(judged(document))
    return _TABLE.sub(lambda _: table, text)
