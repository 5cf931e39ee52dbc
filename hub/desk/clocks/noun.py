"""Clocks: their reads and their act, as programs have them. Their page and command call these themselves."""

from __future__ import annotations

from typing import Final

from hub.desk.clocks import acts
from hub.doors.act import Act, Noun, Read
from hub.errors import NothingToAcknowledge

_ONE: Final = "/clocks/{id}"

NOUN: Final = Noun(
    name="clocks",
    one=acts.CLOCK,
    reads=(Read(acts.list_clocks, "/clocks", command=""), Read(acts.show_clock, _ONE, command="")),
    acts=(Act(acts.acknowledge, f"{_ONE}/acknowledge", refuses=(NothingToAcknowledge,), command=""),),
)
