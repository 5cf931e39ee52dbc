"""Every metric has a panel or an alert, each of these its metrics, and every alert its section."""

import re
import subprocess
from collections.abc import Iterator
from typing import Final

import pytest
import yaml

from tests.monitoring_files import ALERTS, PROMETHEUS, alerts, documented, panels, queries
from tests.programs import need_program
from tests.unit.test_docs import ALERTS_PAGE, anchors, spans, text

WIDTH: Final = 24
"""Columns of a dashboard."""
STEPS: Final = 3
SEVERITIES: Final = {"critical", "warning"}


@pytest.fixture(scope="session")
def promtool() -> str:
    return need_program("promtool")


def section(anchor: str) -> str:
    """The text below the heading of an alert, up to the next heading."""
    found: list[tuple[str, str]] = re.findall(
        r"^## (.+)\n((?:(?!##).*\n)*)", text(ALERTS_PAGE), flags=re.MULTILINE
    )
    return {title.lower().replace(" ", "-"): body for title, body in found}[anchor]


def test_every_metric_has_a_panel_or_an_alert_and_each_of_these_a_metric() -> None:
    read = set().union(*(query.metrics for query in queries()))

    assert documented() == read


def test_every_alert_says_in_words_what_is_wrong_and_leads_to_its_section() -> None:
    for rule in alerts():
        assert {"summary", "description", "runbook_url"} == set(rule["annotations"]), rule
        assert rule["labels"]["severity"] in SEVERITIES, rule
        assert rule["annotations"]["description"].endswith("."), rule
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert ("docs/operations/alerts.md", f"alert-{rule['alert'].lower()}") == (page, anchor)
        assert anchor in anchors(ALERTS_PAGE)


def test_every_section_of_an_alert_says_what_to_do_with_commands() -> None:
    for rule in alerts():
        body = section(f"alert-{rule['alert'].lower()}")
        steps = re.findall(r"^(\d)\. (.+)$", body, flags=re.MULTILINE)

        assert "* **Means:** " in body, rule["alert"]
        assert "* **Residents notice:** " in body, rule["alert"]
        assert re.search(r"^It ends when .+\.$", body, flags=re.MULTILINE), rule["alert"]
        assert [str(number) for number in range(1, STEPS + 1)] == [number for number, _ in steps]
        # That each of them can be given is a test of all pages (test_docs.py).
        assert re.search(r"`hub [a-z]+", body), rule["alert"]


def test_every_section_belongs_to_an_alert() -> None:
    named = {f"alert-{rule['alert'].lower()}" for rule in alerts()}

    assert named == {anchor for anchor in anchors(ALERTS_PAGE) if anchor.startswith("alert-")}
    assert "hub check" in spans(ALERTS_PAGE)


def test_promtool_accepts_the_rules_and_the_example(promtool: str) -> None:
    for words in (
        ["check", "rules", "--lint=all", "--lint-fatal", "alerts.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ):
        done = subprocess.run([promtool, *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr


def test_each_alert_rings_when_it_should_and_only_then(promtool: str) -> None:
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    done = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yml"],
        cwd=PROMETHEUS,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    tried = [case["alert_rule_test"][0] for case in tests]
    names = [rule["alert"] for rule in alerts()]
    assert names == [case["alertname"] for case in tried if case["exp_alerts"]]
    assert names == [case["alertname"] for case in tried if not case["exp_alerts"]]


def test_every_expression_of_the_dashboard_is_promql(
    promtool: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rules = [{"record": f"panel:{number}", "expr": query.filled()} for number, query in enumerate(queries())]
    path = tmp_path_factory.mktemp("rules") / "panels.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stdout + done.stderr


def test_what_all_processes_say_alike_is_never_added_up() -> None:
    alike = re.compile(
        r"sum(?: by \([^)]*\))? \((?:hub_messages|hub_clocks|hub_dead_letters|hub_incidents|hub_promises"
        r"|hub_oldest\w+|hub_held\w+|hub_webhooks\b|hub_webhook_events|hub_inbox\w+|hub_contracts\w+)"
    )

    assert [] == [query for query in queries() if alike.search(query.expression)]


def test_panels_are_told_apart_explained_and_do_not_overlap() -> None:
    shown = [panel for panel in panels() if panel["type"] != "row"]

    assert len(panels()) == len({panel["id"] for panel in panels()})
    assert all(panel["title"] and panel["description"] for panel in shown)
    assert {"${datasource}"} == {panel["datasource"]["uid"] for panel in shown}
    cells = [cell for panel in panels() for cell in cells_of(panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < WIDTH


def cells_of(place: dict[str, int]) -> Iterator[tuple[int, int]]:
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y


def test_the_file_of_alerts_names_its_tests() -> None:
    assert "alerts_test.yml" in ALERTS.read_text()
