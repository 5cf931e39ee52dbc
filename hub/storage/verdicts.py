"""Verdicts of a statement on each row of an operator's act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from uuid import UUID

from asyncpg import Record

from hub.model.tickets import Ticket

TAKEN: Final = "taken"

Acted: TypeAlias = tuple[Mapping[UUID, str], Sequence[Ticket]]
"""Id → `taken`, or the reason why it is skipped; and the tickets of the messages queued now."""


def verdicts_of(rows: Sequence[Record]) -> dict[UUID, str]:
    return {row["id"]: row["verdict"] for row in rows}
