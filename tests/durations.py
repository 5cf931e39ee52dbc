"""
Seconds that each file of tests takes, so that the longest may be the first.

    python -m tests.durations REPORT.xml…

writes the table anew, from the report of `scripts/test -n 6 --junitxml REPORT.xml`. A file that it does not
have counts as an average one.
"""

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Final
from xml.etree import ElementTree as ET

TABLE: Final = Path(__file__).with_suffix(".toml")
SHORT: Final = 1.0
"""Seconds: in which order shorter files come makes no difference, and they stand in the table together."""


def durations(files: Iterable[str]) -> Mapping[str, float]:
    """Return file → seconds."""
    table = tomllib.loads(TABLE.read_text())
    known: dict[str, float] = {**table["files"], **dict.fromkeys(table["short"], SHORT)}
    average = fmean(known.values())
    return {file: known.get(file, average) for file in files}


def measured(reports: Iterable[Path]) -> Mapping[str, float]:
    """Return file → seconds, as reports of pytest have them."""
    seconds: defaultdict[str, float] = defaultdict(float)
    cases = (case for report in reports for case in ET.parse(report).iter("testcase"))  # noqa: S314 - pytest's own
    for case in cases:
        file = f"{case.attrib.get('classname', '').replace('.', '/')}.py"
        if Path(file).is_file():
            seconds[file] += float(case.attrib["time"])
    return seconds


def _table(seconds: Mapping[str, float]) -> str:
    ordered = sorted(seconds.items(), key=lambda one: (-round(one[1]), one[0]))
    long = [f'"{file}" = {took:.0f}' for file, took in ordered if took >= SHORT]
    short = [f'    "{file}",' for file, took in ordered if took < SHORT]
    head = "# Seconds of each file of tests. Made by `python -m tests.durations`.\n"
    return "\n".join([head + "short = [", *short, "]", "", "[files]", *long, ""])


if __name__ == "__main__":
    TABLE.write_text(_table(measured(map(Path, sys.argv[1:]))))
