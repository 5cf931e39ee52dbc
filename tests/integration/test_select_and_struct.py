"""Statements and Structs: what a SELECT returns are the fields of its Struct, each of a type that fits."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg

from hub.desk.channels import queries as channels
from hub.desk.channels.rows import HeldRow, PauseRow, WaitingRow
from hub.desk.dead_letters import queries as dead_letters
from hub.desk.dead_letters.rows import DeadQuery, DeadRow
from hub.desk.letters import queries as letters
from hub.desk.letters.rows import (
    BatchesQuery,
    BatchLetter,
    LetterBuilding,
    LetterRow,
    LettersQuery,
    PrintBatch,
)
from hub.desk.posters import queries as posters
from hub.desk.posters.rows import PosterRow, PostersQuery
from hub.desk.suppressions import queries as suppressions
from hub.desk.suppressions.rows import OptOutRow, SuppressionRow, SuppressionWhole
from hub.desk.surveys import queries as surveys
from hub.desk.surveys.rows import CallRow, SurveyRow, SurveysQuery
from hub.desk.webhooks import queries as webhooks
from hub.desk.webhooks.rows import SubscriptionRow, WebhookRow
from hub.model import Period
from hub.model.audiences import UnreachedRow
from hub.model.inbox import InboxEntry
from hub.model.message_rows import AttemptRow, ListedMessage, NotifiedPerson, ShownMessage
from hub.model.pages import PageQuery
from hub.model.posters import HungPoster
from hub.ports import Cause, MessageFilter, Refused
from hub.storage import Database, PostgresExplain, PostgresInbox, PostgresLog
from hub.storage import posters as stored_posters
from hub.storage.database import load
from hub.storage.recipients import PostgresRecipients
from tests.contract.values import HOUR, NOON

ID: Final = UUID(int=7)
PAGE: Final[dict[str, Any]] = {"after": None, "limit": 9}
PERIOD: Final = Period(since=NOON, until=NOON + HOUR)
SOME: Final = frozenset({"ph-1"})
NONE: Final[frozenset[str]] = frozenset()

Ask = Callable[[Database], Awaitable[object]]
CASES: Final[tuple[tuple[type, Ask, frozenset[str]], ...]] = (
    (ListedMessage, lambda db: PostgresLog(db).messages(MessageFilter(), **PAGE), NONE),
    (ListedMessage, lambda db: PostgresLog(db).messages(MessageFilter(places=SOME), **PAGE), NONE),
    (ListedMessage, lambda db: PostgresLog(db).messages(MessageFilter(person="p"), **PAGE), NONE),
    (ShownMessage, lambda db: PostgresLog(db).message(ID), frozenset({"attempts", "masked", "may_unmask"})),
    (AttemptRow, lambda db: db.rows(load("log")["attempts"]), NONE),
    (Cause, lambda db: PostgresLog(db).causes(MessageFilter(), most=9), NONE),
    (InboxEntry, lambda db: PostgresInbox(db).items("p", **PAGE), NONE),
    (InboxEntry, lambda db: PostgresInbox(db).item("p", ID), NONE),
    (UnreachedRow, lambda db: PostgresLog(db).unreached(**PAGE), NONE),
    (NotifiedPerson, lambda db: PostgresRecipients(db).notified(ID, after="", limit=9), NONE),
    (Refused, lambda db: PostgresExplain(db).refused("e", None), NONE),
    (HungPoster, lambda db: stored_posters.of_event(db, ID), NONE),
    (PosterRow, lambda db: posters.posters(db, PostersQuery()), NONE),
    (PosterRow, lambda db: posters.poster(db, ID), NONE),
    (DeadRow, lambda db: dead_letters.dead_letters(db, DeadQuery()), NONE),
    (LetterRow, lambda db: letters.letters(db, LettersQuery()), NONE),
    (LetterBuilding, letters.buildings, NONE),
    (PrintBatch, lambda db: letters.batches(db, BatchesQuery()), NONE),
    (BatchLetter, lambda db: letters.letters_of(db, ID), NONE),
    (SuppressionRow, lambda db: suppressions.suppressions(db, PageQuery()), NONE),
    (SuppressionWhole, lambda db: suppressions.suppression(db, ID), frozenset({"masked", "may_unmask"})),
    (OptOutRow, lambda db: suppressions.opt_outs(db, PageQuery()), NONE),
    (SurveyRow, lambda db: surveys.surveys(db, SurveysQuery(), PERIOD, open_for=HOUR), NONE),
    (CallRow, lambda db: surveys.calls(db, limit=9), NONE),
    (WebhookRow, webhooks.webhooks, frozenset({"id"})),
    (SubscriptionRow, webhooks.subscriptions, frozenset({"key"})),
    (PauseRow, channels.pauses, NONE),
    (HeldRow, channels.held, NONE),
    (WaitingRow, channels.unsent, NONE),
)
"""Struct, its reader, and the fields that the reader makes itself."""

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "uuid": (UUID,),
    "text": (str,),
    "timestamptz": (datetime,),
    "date": (date,),
    "interval": (timedelta,),
    "bool": (bool,),
    "int2": (int,),
    "int4": (int,),
    "int8": (int,),
    "text[]": (list, tuple),
    "jsonb": (list, tuple, dict, Mapping),
}


class Asked:
    """A database without a row, which remembers the last statement."""

    statement = ""

    async def rows(self, statement: str, *_: object) -> list[asyncpg.Record]:
        self.statement = statement
        return []


def kinds_of(hint: Any) -> set[type]:
    """Return the plain types of an annotation, None left out; a word of a list is a str."""
    origin = get_origin(hint)
    if origin is Annotated:
        return kinds_of(get_args(hint)[0])
    if origin in {Union, types.UnionType}:
        return {kind for part in get_args(hint) for kind in kinds_of(part)} - {types.NoneType}
    return {str} if origin is Literal else {origin or hint}


def fits(column: asyncpg.Attribute, hint: Any) -> bool:
    known = _KINDS[column.type.name]
    return all(issubclass(kind, known) for kind in kinds_of(hint))


async def columns_of(connection: asyncpg.Connection, ask: Ask) -> Mapping[str, asyncpg.Attribute]:
    asked = Asked()
    await ask(cast(Database, asked))
    statement = await connection.prepare(asked.statement)
    return {column.name: column for column in statement.get_attributes()}


async def test_the_columns_are_the_fields_and_of_their_types(database: str) -> None:
    wrong: list[tuple[str, set[str], list[str]]] = []
    connection = await asyncpg.connect(database)
    try:
        for kind, ask, added in CASES:
            hints, columns = get_type_hints(kind), await columns_of(connection, ask)
            names = (hints.keys() ^ columns.keys()) - added
            both = hints.keys() & columns.keys() - added
            unfit = [name for name in both if not fits(columns[name], hints[name])]
            wrong += [(kind.__name__, names, unfit)] if names or unfit else []
    finally:
        await connection.close()

    assert [] == wrong
