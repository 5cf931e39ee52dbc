"""Lists of messages that operators keep asking for, each by the states that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hub.model.messages import State


class MessageList(StrEnum):
    """A list of messages; a number on a page and the list behind it name the same one."""

    LOST = "lost"
    HELD = "held"
    LEFT = "left"
    AHEAD = "ahead"
    SPARED = "spared"


LISTS: Final[Mapping[MessageList, tuple[State, ...]]] = {
    MessageList.LOST: (State.FAILED, State.BOUNCED, State.EXPIRED),
    MessageList.HELD: (State.HELD,),
    MessageList.LEFT: (State.SENT, State.DELIVERED, State.READ, State.WAITING),
    MessageList.AHEAD: (State.QUEUED, State.SENDING, State.RETRYING, State.HELD),
    # What was not to be sent, or had no need to any more: that is no failure.
    MessageList.SPARED: (State.SUPPRESSED, State.CANCELLED),
}
"""Every state is in one of them, and `held` is in `ahead` too."""
ONLY: Final = (
    "`lost`: failed, bounced, expired. `held`: waits for its hour or for somebody. `left`: sent, delivered, "
    "read, or in an inbox. `ahead`: queued, being sent, tried again, held. `spared`: suppressed, cancelled."
)
"""The description of a list's filter `only`."""
