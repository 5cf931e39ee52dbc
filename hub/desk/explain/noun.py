"""Explanations: their read, as the doors have it."""

from __future__ import annotations

from typing import Final

from hub.desk.explain import acts
from hub.doors.act import Noun, Read
from hub.errors import NotExplained

NOUN: Final = Noun(
    name="explain",
    one="explanation",
    reads=(Read(acts.explain, "/explain", refuses=(NotExplained,), command=""),),
)
