"""The dashboard and the alerts, as the tests read them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
PROMETHEUS: Final = ROOT / "monitoring/prometheus"
ALERTS: Final = PROMETHEUS / "alerts.yml"
DASHBOARD: Final = ROOT / "monitoring/grafana/hub.json"
METRIC: Final = re.compile(r"\bhub_[a-z_]+")
SUFFIXES: Final = ("_bucket", "_sum", "_count")
"""The suffixes of a histogram's series."""
CREATED: Final = "_created"
"""The client's own series of when a counter began."""


@dataclass(frozen=True)
class Query:
    """An expression, and where it stands."""

    place: str
    expression: str

    @property
    def metrics(self) -> set[str]:
        return {of_series(name) for name in METRIC.findall(self.expression)}

    def filled(self, interval: str = "1m") -> str:
        """The expression with Grafana's variables filled in."""
        return self.expression.replace("$__rate_interval", interval)


def of_series(name: str) -> str:
    """The metric that this series is of."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return f"{name.removesuffix(CREATED)}_total" if name.endswith(CREATED) else name


def documented() -> set[str]:
    """The metrics of the table in docs/operations/watching.md."""
    lines = (ROOT / "docs/operations/watching.md").read_text().splitlines()
    start = lines.index("| metric | by | what it counts |")
    table = takewhile(lambda line: line.startswith("|"), lines[start:])
    return {name for line in table for name in METRIC.findall(line.split("|")[1])}


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def queries() -> Iterator[Query]:
    """Each expression of the dashboard and of the alerts."""
    for panel in panels():
        for target in panel.get("targets", ()):
            yield Query(f"panel {panel['title']}", target["expr"])
    for rule in alerts():
        yield Query(f"alert {rule['alert']}", rule["expr"])
