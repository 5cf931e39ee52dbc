"""Rank of each matter by its harm: nothing lower stands above something higher. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Rank(StrEnum):
    """The harm that a matter does, the worst first."""

    UNATTENDED = "unattended"
    """People are in danger, and nobody has taken it on."""
    EMERGENCY = "emergency"
    CHANNEL = "channel"
    """People wait for something that does not leave."""
    OVERDUE = "overdue"
    REFUSED = "refused"
    """Nobody was notified of an event."""
    REST = "rest"


ORDER: Final[Mapping[Rank, int]] = {rank: number for number, rank in enumerate(Rank)}

RANKS: Final[Mapping[str, Rank]] = {
    # Matters of people.
    "call": Rank.UNATTENDED,
    "unattended_emergency": Rank.UNATTENDED,
    "emergency": Rank.EMERGENCY,
    "stopped": Rank.CHANNEL,
    "breached": Rank.OVERDUE,
    "dead": Rank.REFUSED,
    "unreached": Rank.REST,
    "drill": Rank.REST,
    "paused": Rank.REST,
    "at_risk": Rank.REST,
    "failed": Rank.REST,
    "replies": Rank.REST,
    "approvals": Rank.REST,
    "letters": Rank.REST,
    "to_print": Rank.REST,
    "to_take_down": Rank.REST,
    # Kinds of incidents.
    "circuit": Rank.CHANNEL,
    "queue_age": Rank.CHANNEL,
    "unattended": Rank.CHANNEL,
    "server": Rank.CHANNEL,
    "dead_letters": Rank.REFUSED,
    "impersonation": Rank.REFUSED,
    "topology": Rank.REFUSED,
    "document_host": Rank.REST,
    "auditor": Rank.REST,
    "balance": Rank.REST,
    "skew": Rank.REST,
    "sender_rate": Rank.REST,
    "webhook": Rank.REST,
    "webhook_age": Rank.REST,
    "exclusions": Rank.REST,
    "register": Rank.REST,
    "unknown_codes": Rank.REST,
    "unrecognised": Rank.REST,
}
"""Matter, or kind of an incident → its rank."""
COUNTED: Final = frozenset({"circuit", "queue_age"})
"""Kinds of incidents whose waiting people are known: where nobody waits, they rank with the rest."""


def rank_of(kind: str, people: int = 0) -> Rank:
    return Rank.REST if kind in COUNTED and not people else RANKS[kind]
