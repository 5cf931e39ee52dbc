"""People out of a spreadsheet: what its lines say, what is wrong with them, what they change. No I/O."""

from __future__ import annotations

from hub.people.importing.changes import Change, Changes, Stored, compare, events
from hub.people.importing.entries import Entries, KnownDirectory, Part, entries_of, part_of, possible_people
from hub.people.importing.faults import Fault
from hub.people.importing.reading import Report, examine
