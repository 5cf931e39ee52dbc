"""Kinds of data, each kept for its own time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.model.months import months_after


class DataKind(StrEnum):
    """
    The kinds of data that are kept for a time of their own. `PostgresRetention` says how each is found and
    erased.
    """

    TEXTS = "texts"
    """Names, addresses, words and facts of messages that are not legal, with inbox entries and letters."""
    LEGAL = "legal"
    """The same of legal messages, with the bytes that left."""
    REPLIES = "replies"
    """Words and addresses of replies, and what colleagues wrote in cases."""
    CONTACTS = "contacts"
    """People whom events named without a reference, once their case is over."""
    COMMENTS = "comments"
    """Comments of people in surveys; the scores stay."""
    DOCUMENTS = "documents"
    """Fetched documents that no kept legal message took along."""
    DEAD_LETTERS = "dead_letters"
    """Events that could not be accepted, once they are settled."""
    SIGN_INS = "sign_ins"
    """Sessions that have ended, and failed sign-ins."""
    AUDIT = "audit"
    """Readings and changes, with their authors."""


LEAST: Final[Mapping[DataKind, int]] = {DataKind.AUDIT: 12}
"""Months below which no policy may go: a wrongdoer would like to see the audit erased."""


class RetentionRow(Struct, kw_only=True):
    """
    The work of the retention on a kind, done or to be done: `rows` older than `before`; None: kept for ever.
    """

    kind: DataKind
    months: int
    before: datetime | None
    rows: int


def limit_of(now: datetime, months: int) -> datetime | None:
    """Return the instant before which data is too old; None for ever."""
    return months_after(now, -months) if months else None
