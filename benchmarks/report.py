"""Documents of what was measured: JSON, a page with the table of aims, and what the README says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.aims import AIMS, Finding, findings
from benchmarks.mode import Outcome
from hub.model import Json

ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = ROOT / "benchmarks/results.md"
README: Final = ROOT / "README.md"
BENCHMARK: Final = ROOT / "docs/benchmark.md"
HEAD: Final = "| work | aim | measured | met |"
COMPARED_HEAD: Final = "| work | measured |"
COMPARED: Final[Mapping[str, str]] = {
    "celery": "receipts by mail a second, against Celery, whose tasks keep no record",
    "faststream": "the same against FastStream with aiosmtplib",
    "latency_p50": "a receipt at 50 a second, from its event until the provider has it: half of them within",
    "latency_p99": "the same: 99 of 100 within",
    "urgent_p99": "an emergency to 500 people by three channels, behind 100,000 mails: 99 of 100 within",
    "fanout_last": "an event to 5,000 people by three channels: all 15,000 messages within",
    "search_p99": "search and lists with 5,000,000 messages stored, the slowest: 99 of 100 within",
    "start": "`hub run`, from the command until it is ready",
    "memory_idle": "memory of the whole hub in one process",
}
"""What somebody compares who looks for such a program: the key of an aim, in words for a reader."""
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


def compared_table(rows: Iterable[Finding]) -> str:
    """Lay out what the README says: what was measured, without the aims."""
    measured = {aim.key: row.measured for aim, row in zip(AIMS, rows, strict=True)}
    lines = [f"| {words} | {measured[key]} |" for key, words in COMPARED.items()]
    return "\n".join([COMPARED_HEAD, "|---|---|", *lines]) + "\n"


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
    """Write the page; the tables of the documents follow the page of the repository."""
    path.write_text(page(document), encoding="utf-8")
    if path.resolve() == RESULTS:
        rows = judged(document)
        for place, table in ((BENCHMARK, aims_table(rows)), (README, compared_table(rows))):
            place.write_text(with_table(place.read_text(encoding="utf-8"), table), encoding="utf-8")


def with_table(text: str, table: str) -> str:
    """Replace the table of a page that has the same head."""
    head = table.partition("\n")[0]
    return re.sub(rf"^{re.escape(head)}\n(?:\|.*\n)+", lambda _: table, text, flags=re.MULTILINE)
