"""Styles of the dark: other colours and nothing else, so that a page keeps its shape there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import hub

ROOT: Final = Path(hub.__file__).parent
QUERY: Final = "prefers-color-scheme"
BLOCK: Final = re.compile(
    r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^{}]*(?:\{\{[^{}]*\}\}[^{}]*)*)\}\s*\}"
)
SET: Final = re.compile(r"--[\w-]+")
COLOUR: Final = re.compile(r"#[0-9a-f]{3,8}|\{\{ colors\.\w+ \}\}")
SHADE: Final = re.compile(r"(0|\d+px)( (0|\d+px)){2,3} rgb\([\d /.]+\)")
"""The value of a `--shade…`, which is the `box-shadow` of a card and takes no room."""
MAIL: Final = "email.html"
"""A mail has rules of its own in the dark: axe-core judges it whole there."""


def test_dark_sets_colours_alone() -> None:
    files = [
        file
        for file in ROOT.rglob("*")
        if file.suffix in {".css", ".html", ".js", ".svg"} and file.name != MAIL and QUERY in file.read_text()
    ]
    assert {"shell.css", "resident.html", "plain.html"} == {file.name for file in files}
    for file in files:
        blocks = BLOCK.findall(file.read_text())
        # Nothing else asks whether it is dark.
        assert file.read_text().count(QUERY) == len(blocks) == 1
        for name, value in declarations(blocks[0]):
            assert SET.fullmatch(name), (file.name, name)
            assert (SHADE if name.startswith("--shade") else COLOUR).fullmatch(value), (
                file.name,
                name,
                value,
            )


def test_what_the_dark_sets_is_used_as_a_colour() -> None:
    sheet = (ROOT / "web/static/shell.css").read_text()
    shades = re.findall(r"([\w-]+): var\(--shade", sheet)

    assert {"box-shadow"} == set(shades)


def declarations(block: str) -> list[tuple[str, str]]:
    parts = [part.partition(":") for part in block.split(";") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in parts]
