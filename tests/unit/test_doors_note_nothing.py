"""Doors write nothing into the audit: the act does, through any door."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import hub

ROOT: Final = Path(hub.__file__).parent
DOORS: Final = ("cli", "doors", "web")
NOTES: Final = frozenset({"note", "note_look", "note_all"})
WRITERS: Final[Mapping[str, str]] = {
    "cli/database.py": "A restore is noted after it: before it there is no audit.",
    "doors/operator.py": "Not a door, but what an act of the desk audits itself by.",
}
"""The only modules of doors that write into the audit, and why they do."""


def writes(path: Path) -> bool:
    """Return whether a module writes a row of the audit."""
    text = path.read_text()
    if not any(name in text for name in NOTES):
        return False
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return any(getattr(func, "attr", getattr(func, "id", "")) in NOTES for func in calls)


def test_no_door_notes() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for door in DOORS
        for path in (ROOT / door).rglob("*.py")
        if writes(path)
    }

    assert set(WRITERS) == found
