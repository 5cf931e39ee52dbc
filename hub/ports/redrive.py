"""Redrive: send a lost message again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.model.tickets import Ticket


class RedriveResult(StrEnum):
    """The result for one lost message that the operator selected."""

    TAKEN = "taken"
    TOO_OLD = "too_old"
    """Its wall-time end has passed, or it was too old when it was planned."""
    NO_CONTACT = "no_contact"
    """It never had an address; only a new event is planned again."""
    NOTIFIED = "told"
    """Another message of the event was sent to the person, or delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """The verdict on a lost message, with its ticket if it goes again."""

    verdict: RedriveResult
    tickets: Sequence[Ticket]
