"""
Pages that were judged: they are looked at again only when their shape, the styles or the scripts differ.

The shape is all that the rules look at: elements, their attributes, and whether there is text. The table
`judged.toml` has the shape of each page without a fault. `JUDGE=new scripts/test -n 0 FILES` judges the pages
of these files that are not in it as they are now, and writes the shapes of those without a fault into it;
`JUDGE=all` judges all pages, whatever it says.
"""

import json
import os
import tomllib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import hub
from tests.integration import axe
from tests.integration.chromium import Browser

TABLE: Final = Path(__file__).with_suffix(".toml")
STATIC: Final = Path(hub.__file__).parent / "web/static"
USED: Final = (STATIC / "shell.css", *sorted(STATIC.glob("*.js")))
RULES: Final = Path(axe.__file__), *map(Path(__file__).with_name, ("looks.py", "usable.py"))
SHAPE: Final = r"""
[...document.querySelectorAll('*')].map(node => {
  const same = word => word.replace(/[0-9a-f]+(-[0-9a-f]+){4}|[0-9a-f]*\d[0-9a-f]*/gi, '0');
  const free = /^(data-.*|href|src|action|value|datetime|content|title|aria-label|d|points)$/;
  const kept = (name, value) => free.test(name) ? !!value.trim() : name === 'style' ? value : same(value);
  const attributes = [...node.attributes].map(one => [one.name, kept(one.name, one.value)]).sort();
  const style = node.tagName === 'STYLE' ? node.textContent : '';
  const text = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  return [node.tagName, attributes, style, text];
})
"""

SETTLED: Final = "!document.querySelector('#pulse:empty:not([hidden])')"
"""What says whether a page keeps itself up to date has said it: its text belongs to the shape."""


@cache
def table() -> dict[str, str]:
    """Return page → shape without a fault; nothing where all are to be judged."""
    return {} if _judge() == "all" else tomllib.loads(TABLE.read_text())


async def shape_of(browser: Browser, part: str) -> str:
    """Return the digest of the open page, its styles and scripts, and the rules that judge it."""
    await browser.until(SETTLED)
    digest = sha256(repr((part, await browser.run(SHAPE))).encode())
    for file in (*USED, axe.PLACE, *RULES):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


async def judged_once(browser: Browser, name: str) -> list[str]:
    """Return the faults of the page that is open, as it is shown; none if it was judged in this shape."""
    shape = await shape_of(browser, ":root")
    if table().get(name) == shape:
        return []
    if not (found := await axe.faults(browser)):
        keep(name, shape)
    return found


def keep(name: str, shape: str) -> None:
    """Write into the table that this page, in this shape, is without a fault, where that is asked for."""
    if _judge():
        kept = tomllib.loads(TABLE.read_text()) | {name: shape}
        TABLE.write_text(
            "".join(f'{json.dumps(page, ensure_ascii=False)} = "{of}"\n' for page, of in sorted(kept.items()))
        )


def _judge() -> str:
    return os.environ.get("JUDGE", "")
