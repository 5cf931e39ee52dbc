"""Of whom a failure speaks: of the message, of the way it was to take, or of the provider itself."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from hub.errors import PermanentFailure, SendFailure


class Blame(Enum):
    MESSAGE = auto()
    """Any provider would say so, or only this person's side: the next one is not asked."""
    ROUTE = auto()
    """This provider will not, or not now, and is well: the next one is asked."""
    PROVIDER = auto()
    """It is in trouble, or we are with it (a password): the next is asked, and its breaker hears of it."""


NOT_THIS_WAY: Final = frozenset(
    {
        "blocked",  # Twilio 30004
        "filtered",  # 30007: the carrier refuses what comes by this sender
        "price_limit",
        "provider_region",
        "provider_trial",
        "smtputf8_unsupported",
        "template_syncing",  # WhatsApp 134101: another account may have it
        "too_large",
        # It is well, and has had enough of us for now.
        "busy",
        "provider_queue_full",
        "quality_limited",
        "quota_exceeded",
        "rate_limited",
    }
)

OF_THE_PERSON: Final = frozenset({"unreachable_handset", "provider_unknown"})
"""Transient, and no fault of the provider's."""

_OF_ONE_MAILBOX: Final = re.compile(r"smtp_45[0-2](?!_4\.[34]\.)")
"""
Busy, full, greylisted (RFC 5321, 4.2.3). Not RFC 3463's 4.3 and 4.4, the server's own state and its
network; 421 and 454 and any code before MAIL speak of the server, too.
"""


def blame(error: SendFailure) -> Blame:
    """Tell of whom it speaks. A transient failure that no table knows is the provider's."""
    if error.reason in NOT_THIS_WAY:
        return Blame.ROUTE
    if isinstance(error, PermanentFailure) or error.reason in OF_THE_PERSON:
        return Blame.MESSAGE
    return Blame.MESSAGE if _OF_ONE_MAILBOX.match(error.reason) else Blame.PROVIDER
