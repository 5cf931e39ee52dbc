"""The facts of a constancia: `constancia.json`, which its verifier and other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from hub.model import ClockState, Instant, Purpose, State
from hub.operations.cases.schemas import ThreadEntry
from hub.operations.evidence.remake import Finding

FORMAT: Final = 1
"""The format of the facts. A verifier refuses one that it does not know."""


class Subject(StrEnum):
    """The subject of a constancia."""

    CASE = "case"
    PERSON = "person"


class Unsealed(StrEnum):
    """The reason why an attempt is in no seal."""

    PENDING = "pending"
    """Its minute is not sealed yet."""
    BEFORE = "before"
    """It is older than the seals."""
    ADDED = "added"
    """Its minute is sealed, without it: somebody has added it later."""


class Words(Struct, kw_only=True):
    """
    The words of an accepted call: made again, or kept.

    `file` has the bytes that left. It is None where they could not be made again, and `why` has the reason.
    """

    finding: Finding
    why: str = ""
    subject: str | None = None
    text: str | None = None
    file: str | None = None


class ProvenRow(Struct, kw_only=True):
    """An attempt or ending of a message: the array that is sealed, its seal, and the words."""

    row: Sequence[Any]
    seal: int | None = None
    unsealed: Unsealed | None = None
    said: Words | None = None


class ProvenMessage(Struct, kw_only=True):
    """
    A message to one person over one channel, with everything that happened to it, in time order.

    `units` are the labels of the person's units that it is about. `proven` is false where the rows do not
    say the `state`.
    """

    id: UUID
    event: str
    title: str
    person: str
    name: str
    channel: str
    address: str
    purpose: Purpose
    state: State
    reason: str | None
    created_at: Instant
    units: Sequence[str]
    rows: list[ProvenRow]
    proven: bool = True


class ClockLine(Struct, kw_only=True):
    at: Instant
    sentence: str


class ClockStory(Struct, kw_only=True):
    """A promise with everything that happened to it."""

    id: UUID
    name: str
    title: str
    state: ClockState
    started_at: Instant
    due_at: Instant
    ended_at: Instant | None
    lines: list[ClockLine]


class ConsentLine(Struct, kw_only=True):
    """An entry of the ledger of consents, or an opt-out that was not lifted. No channels: all of them."""

    person: str
    name: str
    purpose: str
    granted: bool
    at: Instant
    channels: Sequence[str] = ()
    text_version: str | None = None
    method: str | None = None
    evidence_hash: str | None = None


class Part(Struct, kw_only=True):
    """
    Seals that follow each other, up to the last one of a day.

    `previous` is the digest of the seal before the first, `digest` that of the last.
    """

    first: int
    last: int
    previous: str
    digest: str
    minute: Instant
    """The minute of the last seal."""


class Stamp(Struct, kw_only=True):
    """An authority's time stamp over the digest of a seal."""

    seal: int
    digest: str
    file: str


class Seals(Struct, kw_only=True):
    """The seals that cover the attempts; `chain` is the file with all of them."""

    chain: str
    parts: list[Part]
    stamps: list[Stamp]
    covering: list[int]


class ListedFile(Struct, kw_only=True):
    name: str
    size: int
    sha256: str


class About(Struct, kw_only=True):
    """The subject of the constancia. `places` are the only copropiedades that it covers; None for all."""

    subject: Subject
    key: str
    title: str
    number: str
    copropiedad: str | None = None
    places: list[str] | None = None


class Facts(Struct, kw_only=True):
    """
    Everything that a constancia states.

    `mismatches` are the flaws of the stored rows, in Spanish.
    """

    format: int = FORMAT
    made_at: Instant
    asked_by: str
    company: str
    release: str
    key: str
    """The fingerprint of the key that signs."""
    about: About
    since: Instant | None
    until: Instant | None
    summary: list[str]
    stands: list[str]
    """The state of the case, and each of its promises."""
    mismatches: list[str]
    thread: list[ThreadEntry]
    messages: list[ProvenMessage]
    clocks: list[ClockStory]
    consents: list[ConsentLine]
    seals: Seals
    files: list[ListedFile]
