"""
Draw the dashboard of monitoring/grafana from a Prometheus, without Grafana: each panel in its place.

    .venv/bin/python scripts/dashboard_picture.py http://127.0.0.1:9090 PAGE.html [MINUTES]

A plain picture of what each query answers: lines for series, a number for a stat. Grafana looks otherwise.
"""

from __future__ import annotations

import html
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

DASHBOARD: Final = Path(__file__).parents[1] / "monitoring/grafana/hub.json"
COLUMN, ROW = 56, 30
"""Pixels of a cell of the dashboard's grid."""
COLORS: Final = ("#3274d9", "#e0b400", "#299c46", "#d44a3a", "#8f3bb8", "#1f9bb5", "#e07b39", "#6b7280")
STEPS: Final = 120
SHOWN: Final = 7
"""Series in a legend."""
STYLE: Final = """
body { font: 12px sans-serif; background: #f4f5f5; margin: 8px }
section { position: absolute; background: #fff; border: 1px solid #ddd; overflow: hidden;
          box-sizing: border-box; padding: 4px 6px }
h2 { position: absolute; font-size: 14px; margin: 0 }
h3 { font-size: 12px; margin: 0 }
p { margin: 0; color: #555; font-size: 10px }
b { font-size: 26px; color: #299c46 }
.empty { color: #a00 }
"""


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[tuple[float, float]]


def ask(prometheus: str, target: Mapping[str, str], minutes: int) -> Iterator[Series]:
    now = time.time()
    step = max(1, minutes * 60 // STEPS)
    expression = target["expr"].replace("$__rate_interval", "1m")
    asked = urlencode({"query": expression, "start": now - minutes * 60, "end": now, "step": step})
    with urlopen(f"{prometheus}/api/v1/query_range?{asked}", timeout=30) as answer:  # noqa: S310 - the caller's
        found = json.load(answer)["data"]["result"]
    for row in found:
        name = target.get("legendFormat") or "value"
        for label, value in row["metric"].items():
            name = name.replace(f"{{{{{label}}}}}", value)
        points = [(at, float(value)) for at, value in row["values"] if value not in {"NaN", "+Inf"}]
        if points:
            yield Series(name, points)


def plot(series: Sequence[Series], width: int, height: int) -> str:
    times = [at for one in series for at, _ in one.points]
    highest = max(value for one in series for _, value in one.points) or 1.0
    lowest = min(0.0, *(value for one in series for _, value in one.points))
    begin, length = min(times), max(max(times) - min(times), 1)

    def place(at: float, value: float) -> str:
        x = (at - begin) / length * (width - 8) + 4
        y = height - 4 - (value - lowest) / (highest - lowest) * (height - 12)
        return f"{x:.1f},{y:.1f}"

    lines = [
        f'<polyline fill="none" stroke="{COLORS[number % len(COLORS)]}" stroke-width="1.5" '
        f'points="{" ".join(place(*point) for point in one.points)}"/>'
        for number, one in enumerate(series)
    ]
    top = f'<text x="4" y="10" font-size="9" fill="#777">{highest:.4g}</text>'
    return f'<svg width="{width}" height="{height}">{top}{"".join(lines)}</svg>'


def legend(series: Sequence[Series]) -> str:
    shown = [
        f'<span style="color:{color}">{html.escape(one.name)} {one.points[-1][1]:.4g}</span>'
        for color, one in zip(cycle(COLORS), series[:SHOWN], strict=False)
    ]
    more = f" … {len(series) - SHOWN} more" if len(series) > SHOWN else ""
    return f"<p>{' · '.join(shown)}{more}</p>"


def drawn(panel: Mapping[str, Any], prometheus: str, minutes: int) -> str:
    grid = panel["gridPos"]
    x, y = grid["x"] * COLUMN, grid["y"] * ROW
    width, height = grid["w"] * COLUMN - 4, grid["h"] * ROW - 4
    title = html.escape(panel["title"])
    if panel["type"] == "row":
        return f'<h2 style="left:{x}px;top:{y + 6}px">{title}</h2>'
    series = [one for target in panel["targets"] for one in ask(prometheus, target, minutes)]
    if not series:
        inside = '<p class="empty">no data</p>'
    elif panel["type"] == "stat":
        inside = f"<b>{series[0].points[-1][1]:.4g}</b> {panel['fieldConfig']['defaults']['unit']}"
    else:
        inside = plot(series, width - 16, height - 64) + legend(series)
    why = f"<p>{html.escape(panel['description'])}</p>"
    place = f"left:{x}px;top:{y}px;width:{width}px;height:{height}px"
    return f'<section style="{place}"><h3>{title}</h3>{why}{inside}</section>'


def main(prometheus: str, page: str, minutes: str = "15") -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    shown = "\n".join(drawn(panel, prometheus.rstrip("/"), int(minutes)) for panel in panels)
    head = f'<!doctype html><meta charset="utf-8"><title>hub</title><style>{STYLE}</style>'
    Path(page).write_text(f"{head}\n<body>{shown}</body>\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
