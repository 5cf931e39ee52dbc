"""axe-core in a page: its rules find faults for people who see, hear or move otherwise."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.chromium import Browser

PLACE: Final = Path(__file__).parents[1] / "npm/node_modules/axe-core/axe.min.js"
MISSING: Final = "axe-core is not installed: `scripts/test` does that, or `npm ci` in tests/npm"
WITHOUT: Final = {
    "p-as-heading": "experimental: it cannot decide what a bold line of a mail is",
    "frame-tested": "no script may run in the frame of what a mail says, so axe-core cannot look into it",
    "hidden-content": "experimental: what a page hides, it hides from everybody",
}
"""Rule → why no page is held to it."""
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental")
RUN: Final = """
(async () => {
  const rules = axe.getRules(%(tags)s)
    .filter(rule => !%(without)s.includes(rule.ruleId) && (!%(coloured)s || rule.tags.includes('cat.color')))
    .map(rule => rule.ruleId);
  const found = await axe.run(%(part)s, {
    runOnly: {type: 'rule', values: rules},
    resultTypes: ['violations', 'incomplete'],
  });
  const say = (kind, rule) => rule.nodes.map(node => [
    `${kind} ${rule.id} (${rule.impact}): ${rule.help}`,
    node.html.slice(0, 300),
    ...[...node.any, ...node.all, ...node.none].map(check => check.message),
    rule.helpUrl,
  ].join('\\n    '));
  return {
    passes: found.passes.length,
    faults: [
      ...found.violations.flatMap(rule => say('fault', rule)),
      ...found.incomplete.flatMap(rule => say('undecided', rule)),
    ],
  };
})()
"""


@cache
def script() -> str:
    """Return axe-core. Without it the test is skipped, and in CI it fails."""
    if PLACE.is_file():
        return PLACE.read_text()
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


async def faults(browser: Browser, part: str = ":root", *, coloured: bool = False) -> list[str]:
    """
    Return the faults of the open page or a part of it: each with its node, and the way to mend it.

    `coloured` asks the rules of colours alone: for a look that differs in nothing else from one judged whole.
    A rule that it cannot decide counts too. The browser evaluates it beside the page, whose CSP stays as it
    is.
    """
    if not await browser.run("'axe' in window"):
        await browser.run(script())
    found: Any = await browser.run(
        RUN
        % {
            "part": f"document.querySelector({part!r})",
            "tags": json.dumps(TAGS),
            "without": json.dumps(list(WITHOUT)),
            "coloured": json.dumps(coloured),
        }
    )
    # A run that judged nothing finds nothing.
    assert found
    assert found["passes"]
    told: list[str] = found["faults"]
    return told


def shown(found: dict[str, list[str]]) -> str:
    """Return the faults of several looks as a text for people; empty without any."""
    return "\n".join(f"{look}\n  {fault}" for look, told in found.items() for fault in told)
