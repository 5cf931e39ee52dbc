"""Imports: look at a sheet, show what it would change, apply or load it, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from msgspec import convert, to_builtins

from hub.access.actor import Actor
from hub.desk.imports.rows import ApplyBody, ImportsQuery, ImportStarted, SheetBody
from hub.doors.operator import Operator, found
from hub.errors import InvalidSheet, NoSecret, TooLate
from hub.model import Json
from hub.model.ids import uuid8
from hub.model.pages import Rows
from hub.model.sheet_imports import (
    SheetContent,
    SheetFault,
    SheetImport,
    SheetReport,
    ShownChange,
)
from hub.people.contact_changes import BY_PAGE
from hub.people.importing import (
    Changes,
    Entries,
    Report,
    compare,
    entries_of,
    events,
    examine,
    part_of,
    possible_people,
)
from hub.people.importing.changes import Change
from hub.people.importing.columns import ROLE_WORDS
from hub.people.importing.entries import PERSON, UNIT, Hashes, StoredEntry
from hub.people.masking import mask_address
from hub.people.units import unit_name
from hub.storage import Database, PostgresSheetImports, imports
from hub.storage.database import Runner, beside

IMPORT: Final = "import"
MOST_BYTES: Final = 8 << 20
"""Of a file in the browser: some 60,000 lines. The command takes more."""
_SQL: Final = beside(str(Path(__file__)))
_FAULTS: Final = 300
_SHOWN: Final = 60
"""Changes of each kind that are shown by name."""
_FIELDS_ES: Final[Mapping[str, str]] = {
    "names": "nombre",
    "contact_points": "contactos",
    "document_hash": "documento",
    "locale": "idioma",
    "digital_access": "acceso digital",
    "large_print": "letra grande",
}


async def list_imports(by: Operator, query: ImportsQuery) -> Rows[SheetImport]:
    """List the sheets that were looked at last, newest first, without anybody's data."""
    return Rows(items=list(await _sheets(by).recent(query.limit)), next=None)


async def look_at_sheet(by: Operator, body: SheetBody) -> SheetImport:
    """
    Look at a sheet: its columns, the lines to correct, and what would change. Nothing is written.

    Raises InvalidSheet for a file without a line that can be read.
    """
    if not by.stores.ring:
        raise NoSecret
    report = await asyncio.to_thread(_examined, body)
    await by.audit("people.import.look", "directory", lines=report.read, left_out=len(report.bad_lines))
    async with by.db.snapshot() as run:
        part = part_of(report, await imports.copropiedades(run))
        entries, changes = await look(run, report, by.stores.ring.document_hashes, now=by.now)
    ref = uuid8(by.now, "sheet_import", uuid4().hex)
    content = SheetContent(
        facts=to_builtins(entries.facts),
        copropiedades=part.copropiedades,
        staff=part.staff,
        company=part.company,
        shown=await _shown(by.db, changes),
    )
    await _sheets(by).add(ref, by.by, _report(report, entries, changes), content)
    return await show_import(by, ref)


async def show_import(by: Operator, import_id: UUID) -> SheetImport:
    """Show a sheet: what it would change or has changed, and how far it has come."""
    return found(IMPORT, await _sheets(by).one(import_id))


async def apply_import(by: Operator, import_id: UUID, body: ApplyBody) -> ImportStarted:
    """
    Write what a sheet changes, all of it or nothing; the timers do it. Safe to repeat.

    Raises TooLate while a line is bad, unless the others are to be written.
    """
    sheet = await show_import(by, import_id)
    if sheet.report.bad and (body.end_missing or not body.skip_bad):
        # Of a bad line nobody knows who is missing.
        raise TooLate("Arregle las líneas malas, o escriba solo las demás.")
    read, bad, end = sheet.report.lines, sheet.report.bad, body.end_missing
    await by.audit("people.import", "directory", lines=read, left_out=bad, end_missing=end)
    started = await _sheets(by).start(import_id, end_missing=body.end_missing)
    return ImportStarted(id=import_id, changed=started)


async def undo_import(by: Operator, import_id: UUID) -> ImportStarted:
    """
    Take back what a sheet has written, where nobody has changed it since; new units stay. Safe to repeat.
    """
    sheet = await show_import(by, import_id)
    await by.audit("people.import.undo", "directory", rows=sheet.total)
    return ImportStarted(id=import_id, changed=await _sheets(by).take_back(import_id))


def _sheets(by: Operator) -> PostgresSheetImports:
    return PostgresSheetImports(by.db)


def _examined(body: SheetBody) -> Report:
    if not body.file:
        raise InvalidSheet("Elija un archivo: CSV o XLSX.")
    if len(body.file) > MOST_BYTES:
        raise InvalidSheet("El archivo pesa más de 8 MB: pida a la persona de sistemas que lo cargue.")
    try:
        report = examine(body.file, copropiedad=body.copropiedad or "", role=body.role or "")
    except ValueError:
        raise InvalidSheet("Ese papel no se conoce.") from None
    if not report.rows:
        raise InvalidSheet(_why_unread(report))
    return report


def _why_unread(report: Report) -> str:
    """Return why no line can be read: the first thing to correct, and where it is."""
    first = min(report.faults, key=lambda one: (one.warning, one.line), default=None)
    if first is None:
        return "No hay ninguna línea debajo de los encabezados."
    where = f"Línea {first.line}, {first.column}" if first.line else first.column.capitalize()
    return f"No hay líneas que se puedan leer. {where}: {first.wrong.rstrip('.')}. Escriba: {first.write}."


def _report(report: Report, entries: Entries, changes: Changes) -> SheetReport:
    faults = sorted((*report.faults, *entries.doubts), key=lambda one: (one.warning, one.line))
    return SheetReport(
        staff=report.staff,
        columns=report.columns,
        lines=report.read,
        bad=len(report.bad_lines),
        faults=convert(faults[:_FAULTS], list[SheetFault], from_attributes=True),
        counts=changes.counts(),
        missing=len(changes.missing),
        revived=len(changes.revived),
        erased=len(changes.erased),
    )


async def _shown(db: Database, changes: Changes) -> Sequence[ShownChange]:
    """Return the first people who are new, changed or gone, by name."""
    people = [one for one in changes.made if one.noun == PERSON]
    new = [one for one in people if one.new][:_SHOWN]
    other = [one for one in people if not one.new][:_SHOWN]
    gone = changes.missing[:_SHOWN]
    asked = [str(data["person_id"]) for data in (*(one.data for one in other), *(one.data for one in gone))]
    stored = await imports.stored(db, {PERSON: asked, UNIT: [_unit_of(one) for one in gone]})
    hands = {row["id"] for row in await db.rows(_SQL["by_hand"], asked, BY_PAGE)}
    return [
        *(ShownChange(kind="new", who=str(one.data["names"]), what="") for one in new),
        *_changed(other, stored[PERSON], hands),
        *_gone(gone, stored),
    ]


def _changed(
    changes: Iterable[Change], before: Mapping[str, StoredEntry], by_hand: set[str]
) -> Iterator[ShownChange]:
    for one in changes:
        ref, had = str(one.data["person_id"]), before[str(one.data["person_id"])].data
        fields = [name for name in _FIELDS_ES if one.data.get(name) != had.get(name)]
        who = str(one.data["names"])
        what = "; ".join(_told(name, had.get(name), one.data.get(name)) for name in fields)
        yield ShownChange(kind="changed", who=who, what=what, by_hand=ref in by_hand)


def _told(name: str, had: Json, has: Json) -> str:
    """`contactos: +57 *** *** 4567 → +57 *** *** 6543`. A document is a digest, which tells nothing."""
    if name == "document_hash":
        return _FIELDS_ES[name]
    if name == "contact_points":
        # Only those that differ, and masked: whole they are shown on a click that is noted.
        had, has = _ways(had, without=has), _ways(has, without=had)
    return f"{_FIELDS_ES[name]}: {_value(had)} → {_value(has)}"


def _ways(points: Json, *, without: Json) -> str:
    return ", ".join(mask_address(str(one["value"])) for one in points or () if one not in (without or ()))


def _value(value: Json) -> str:
    return {None: "sin dato", "": "ninguno", True: "sí", False: "no"}.get(value) or str(value)


def _gone(
    roles: Iterable[StoredEntry], stored: Mapping[str, Mapping[str, StoredEntry]]
) -> Iterator[ShownChange]:
    for one in roles:
        person, unit = stored[PERSON].get(str(one.data["person_id"])), stored[UNIT].get(_unit_of(one))
        role = ROLE_WORDS.get(one.data["role"], one.data["role"])
        where = f" de {unit_name(unit.data['tower'], unit.data['label'])}" if unit else ""
        yield ShownChange(kind="gone", who=str(person.data["names"]) if person else "", what=f"{role}{where}")


def _unit_of(role: StoredEntry) -> str:
    return str(role.data["scope"]).removeprefix("unit:")


Step = Callable[[int, int], None]
"""Called with the number of rows written so far and the total."""

_AT_ONCE: Final = 1_000
"""Rows in a statement: enough to be fast, few enough to show progress."""


async def look(run: Runner, report: Report, hashes: Hashes, *, now: datetime) -> tuple[Entries, Changes]:
    """Return the changes that a file would make, without writing. Raises StorageUnavailable."""
    copropiedades = await imports.copropiedades(run)
    part = part_of(report, copropiedades)
    partial = await imports.known(run, part, possible_people(report.rows, hashes))
    known = replace(partial, copropiedades=copropiedades)
    entries = entries_of(report.rows, known, hashes)
    return entries, compare(entries, await imports.stored(run, entries.facts), known, now=now)


async def load(
    by: Actor,
    db: Database,
    report: Report,
    hashes: Hashes,
    *,
    end_missing: bool = False,
    step: Step = lambda _, __: None,
) -> tuple[Entries, Changes]:
    """
    Write the changes of a file, all of them or none.

    Compares again in the transaction that writes. Raises StorageRefused, StorageUnavailable.
    """
    left_out = len(report.bad_lines)
    await by.note("people.import", "directory", lines=report.read, left_out=left_out, end_missing=end_missing)
    async with db.transaction() as run:
        await imports.alone(run)
        entries, changes = await look(run, report, hashes, now=by.now)
        made = [*changes.made, *(changes.ended if end_missing else ())]
        for start in range(0, len(made), _AT_ONCE):
            batch = made[start : start + _AT_ONCE]
            await imports.apply(run, events(batch, now=by.now))
            step(start + len(batch), len(made))
    return entries, changes
