"""The erasure of a person's data, and why it may be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Duty(StrEnum):
    """Why the law, or a contract, requires keeping a person's data (Decreto 1377 de 2013, art. 9)."""

    MEMBERSHIP = "membership"
    """A role that holds now: owner, tenant, payer, staff."""
    CASE = "case"
    """A promise that runs in a case of theirs: a petition, a claim."""
    DEBT = "debt"
    """Arrears that are not settled."""
    LEGAL_MESSAGE = "legal_message"
    """A legal notice that has not left yet, or a letter that nobody has handed over."""
    ACCOUNT = "account"
    """An account of the console that is not disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """
    An erasure under way, or one that is over (`finished_at`).

    `words` are names and addresses to look for, in lower case; empty once nothing is left. `marks` are the
    salted digests of the addresses. `cursor` is the last event that was read.
    """

    person: str
    words: tuple[str, ...]
    marks: tuple[str, ...]
    cursor: UUID | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Who was erased, by reference: all that may be kept of it outside the database."""

    person: str
    asked_at: datetime
    reason: str


Counts = Mapping[str, int]
"""Kind of row → how many."""

Duties = Sequence[Duty]
