"""
Reach of a message: was its person told? One answer for explain, event, case, clock and constancia. Pure.

Accepted is not arrived, and what lies unread in an inbox has reached nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from hub.model.messages import State
from hub.model.preferences import IN_DIGEST


class Reached(StrEnum):
    """How far a message has come, or the one of a person's messages that has come furthest."""

    TOLD = "told"
    """It arrived: a provider confirmed it, the person read it, or staff handed it over."""
    SENT = "sent"
    """A provider accepted it, or a digest that has it; nothing says that it arrived."""
    PENDING = "pending"
    """It waits to leave, to be handed over, or to be read in the inbox."""
    NOT_REACHED = "not_reached"
    """It was lost, was not sent, went into a file, or its attempts do not say what its state says."""


LEFT: Final = frozenset({Reached.TOLD, Reached.SENT})
"""Something left for the person."""
FILE: Final = "file"
"""The provider that writes into a folder: in capture mode, or if a channel's URL names it."""
CAPTURED: Final = "captured"
"""The reason of what only such a provider has accepted: nobody received it."""
_LETTER: Final = "print"
"""It is made when its state is `sent`; it leaves when staff hands it over."""
_ENDED: Final = frozenset({State.SUPPRESSED, State.FAILED, State.BOUNCED, State.EXPIRED, State.CANCELLED})
_ARRIVED: Final = frozenset({State.DELIVERED, State.READ})
_OUT: Final = _ARRIVED | {State.SENT}
_ORDER: Final = tuple(Reached)


def reached(
    state: str, channel: str, reason: str | None = None, *, filed: bool = False, proven: bool = True
) -> Reached:
    """
    Return how far a message has come.

    `filed`: it was only written into a file. `proven` is false where no attempt says what the state says.
    A state of a newer hub, which this one does not know, is pending.
    """
    if (state, reason) == (State.CANCELLED, IN_DIGEST):
        return Reached.SENT
    if state in _ENDED or not proven or ((filed or reason == CAPTURED) and state in _OUT):
        return Reached.NOT_REACHED
    if state in _ARRIVED:
        return Reached.TOLD
    return Reached.SENT if state == State.SENT and channel != _LETTER else Reached.PENDING


def furthest(of: Iterable[Reached]) -> Reached:
    """Return what a person's messages come to together; without any, nobody was reached."""
    return min(of, key=_ORDER.index, default=Reached.NOT_REACHED)
