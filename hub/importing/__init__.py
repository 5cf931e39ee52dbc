"""People out of a spreadsheet: what its lines say, what is wrong with them, what they change. No I/O."""

from __future__ import annotations

from hub.importing.changes import Change, Changes, compare
from hub.importing.entries import Entries, Known, entries_of
from hub.importing.faults import Fault
from hub.importing.reading import Report, examine

__all__ = [
    "Change",
    "Changes",
    "Entries",
    "Fault",
    "Known",
    "Report",
    "compare",
    "entries_of",
    "examine",
]
