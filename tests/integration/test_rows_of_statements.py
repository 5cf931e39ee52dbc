"""Rows of lists and reads: each statement has the columns of its Struct, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import fields as fields_of
from typing import Any, Final, NamedTuple, cast

import asyncpg
import msgspec
import pytest
from msgspec import Struct

from hub.desk.channels import queries as channels
from hub.desk.channels.rows import HeldRow, PauseRow, WaitingRow
from hub.desk.dead_letters import queries as dead_letters
from hub.desk.dead_letters.rows import DeadRow
from hub.desk.letters import queries as letters
from hub.desk.letters.rows import LetterBuilding, LetterRow, PrintBatch
from hub.desk.posters import queries as posters
from hub.desk.posters.rows import PosterRow
from hub.desk.surveys import queries as surveys
from hub.desk.surveys.rows import CallRow, SurveyRow
from hub.model.bulk import BulkItem, BulkRun
from hub.model.evidence import Seal, SealedRow, StoredState
from hub.model.keys import NoteRow
from hub.model.reach import PlaceReach, UnreachedUnit
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.people.importing.entries import StoredPerson, StoredUnit
from hub.storage import reach
from hub.storage.database import beside, load


class Read(NamedTuple):
    """Statements by their name, one of them, and the rows that are read from it."""

    statements: Mapping[str, str]
    name: str
    rows: type


READS: Final = (
    Read(load("contacts"), "replies", ReplyRow),
    Read(load("contacts"), "reply", ReplyWhole),
    Read(load("bulk"), "runs", BulkRun),
    Read(load("bulk"), "run", BulkRun),
    Read(load("bulk"), "items", BulkItem),
    Read(load("keys"), "notes", NoteRow),
    Read(load("keys"), "notes_of", NoteRow),
    Read(load("evidence"), "seals", Seal),
    Read(load("evidence"), "last_before", Seal),
    Read(load("evidence"), "recorded", SealedRow),
    Read(load("evidence"), "find_rows", SealedRow),
    Read(load("evidence"), "states", StoredState),
    Read(load("constancias"), "sealed", SealedRow),
    Read(load("imports"), "units", StoredUnit),
    Read(load("imports"), "people", StoredPerson),
    Read({"by_place": reach._BY_PLACE}, "by_place", PlaceReach),
    Read({"unreached": reach._UNREACHED}, "unreached", UnreachedUnit),
    Read(beside(channels.__file__), "list", PauseRow),
    Read(beside(channels.__file__), "held", HeldRow),
    Read(beside(channels.__file__), "unsent", WaitingRow),
    Read(beside(dead_letters.__file__), "dead", DeadRow),
    Read(beside(letters.__file__), "letters", LetterRow),
    Read(beside(letters.__file__), "buildings", LetterBuilding),
    Read(beside(letters.__file__), "batches", PrintBatch),
    Read(posters._SQL, "show", PosterRow),
    Read(beside(surveys.__file__), "surveys", SurveyRow),
    Read(beside(surveys.__file__), "calls", CallRow),
)


def names(rows: type) -> tuple[set[str], set[str]]:
    """Return the fields of a row, and those without a default."""
    if issubclass(rows, Struct):
        found = msgspec.structs.fields(rows)
        return {field.name for field in found}, {field.name for field in found if field.required}
    plain = fields_of(cast(Any, rows))
    needed = {field.name for field in plain if field.default is MISSING and field.default_factory is MISSING}
    return {field.name for field in plain}, needed


@pytest.mark.parametrize("read", READS, ids=lambda read: f"{read.name} {read.rows.__name__}")
async def test_columns_are_the_fields_of_the_row(database: str, read: Read) -> None:
    connection = await asyncpg.connect(database)
    try:
        statement = read.statements[read.name].replace("{narrowed}", "true")
        columns = [one.name for one in (await connection.prepare(statement)).get_attributes()]
    finally:
        await connection.close()
    fields, needed = names(read.rows)

    assert needed <= set(columns) <= fields
