"""Measures of a page: rows for a finger, one title, few dates, references in the technical detail alone."""

from typing import Final

from tests.integration.chromium import Browser

ROW: Final = 44
"""CSS pixels: a row is as high as a finger is wide (WCAG 2.5.5)."""
DATES: Final = 2
"""In one row: more are not read."""
_REFS: Final = (
    r"\b(?:sheet|inline|[a-z]+_id):\S",
    r"(?<!Name of )\bp-[a-z0-9][\w-]*",
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",
    r"\b(?:tower|zone|staff|copropiedad|unit|level|role):\S",
    r"\b(?:petitioner|data_subject|requester|too_old|(?:viewer|operator):)",
    r"\bConjunto ",
)
"""
Keys of cases, people by reference, ids, words of the catalogue and of codes; the people of these tests are
called by their reference. Also the kind of a building: its own name is what distinguishes it.
"""
_MEASURED: Final = """
(() => {
  const shown = node => node.checkVisibility();
  const called = node => node.innerText.trim().replace(/\\s+/g, ' ').slice(0, 80);
  const rows = [...document.querySelectorAll('main .rows tbody tr, main .item')].filter(shown);
  const ref = /REFS/;
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const typed = document.querySelector('#q')?.value || '\\n';
  const refs = [];
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement;
    if (inside.closest('.tech, pre, textarea, select') || !shown(inside)) continue;
    const words = walker.currentNode.data.replaceAll(typed, '');
    if (ref.test(words)) refs.push(words.trim().slice(0, 80));
  }
  return {
    titles: document.querySelectorAll('main h1').length,
    low: rows.filter(row => row.getBoundingClientRect().height < ROW - 0.5).map(called),
    dated: rows.filter(row => [...row.querySelectorAll('time')].filter(shown).length > DATES).map(called),
    refs,
  };
})()
"""


async def measured(browser: Browser) -> list[str]:
    """Return what is out of measure in the open page. What its reader has typed is no reference of ours."""
    script = _MEASURED.replace("ROW", str(ROW)).replace("DATES", str(DATES)).replace("REFS", "|".join(_REFS))
    found = await browser.run(script)
    return [
        *([] if found["titles"] == 1 else [f"{found['titles']} titles"]),
        *(f"a row is lower than {ROW} px: {row}" for row in found["low"]),
        *(f"a row has more than {DATES} dates: {row}" for row in found["dated"]),
        *(f"a reference outside the technical detail: {text}" for text in found["refs"]),
    ]
