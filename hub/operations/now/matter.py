"""Matter: a line of the first page, with whom it concerns and the next act. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.operations.now.rank import Rank


class Urgency(StrEnum):
    """The urgency of a line."""

    BAD = "bad"
    WAIT = "wait"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A line: what waits, whom it concerns, since when, and the next act."""

    text: str
    path: str
    urgency: Urgency
    rank: Rank = Rank.REST
    affected: str = ""
    to_do: str = ""
    button: str = "Verlo"
    name: str = ""
    """The list that it counts, where it is one."""
    since: datetime | None = None
    people: int = 0


def lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
