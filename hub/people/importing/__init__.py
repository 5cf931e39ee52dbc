"""Import of people from a spreadsheet: its lines, their faults, and the resulting changes. No I/O."""

from __future__ import annotations

from hub.people.importing.changes import Change, Changes, Stored, compare, events
from hub.people.importing.entries import Entries, KnownDirectory, Part, entries_of, part_of, possible_people
from hub.people.importing.faults import Fault
from hub.people.importing.reading import Report, examine
