"""What providers answer, made fit to be stored and shown: failures that all know, and of whom each speaks."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from hub.errors import PermanentFailure, SendFailure, TransientFailure

CONFIGURATION_WAIT: Final = timedelta(minutes=15)
"""How long a message waits when the fault is ours to mend (credentials, certificates, permissions)."""

CODE_LENGTH: Final = 200

_MAILBOX = re.compile(r"""(?:"[^"]*"|[^\s<>@]+)@[^\s<>@]+""")
_PHONE = re.compile(r"\+?\d{7,15}")


class FailureKind(Enum):
    """What a provider's code means for the message."""

    LATER = auto()
    """Try again."""
    OURS = auto()
    """A fault of our configuration: wait until it is mended (see `misconfigured`)."""
    NEVER = auto()
    """This message cannot be sent to this number."""
    GONE = auto()
    """The number does not exist."""


def verdict(
    kind: FailureKind, reason: str, *, provider: str, code: str, retry_after: timedelta | None = None
) -> SendFailure:
    """Make the failure of this kind; only one that passes heeds the provider's wish to wait."""
    match kind:
        case FailureKind.OURS:
            return misconfigured(reason, provider=provider, code=code)
        case FailureKind.LATER:
            return TransientFailure(reason, provider=provider, code=code, retry_after=retry_after)
        case _:
            return PermanentFailure(reason, provider=provider, code=code, gone=kind is FailureKind.GONE)


def by_status(status: int) -> tuple[FailureKind, str]:
    """Only a provider's own word ends a message: a bare 4xx may come from a proxy or a wrong address."""
    if status == 429:
        return FailureKind.LATER, "rate_limited"
    return (FailureKind.LATER if status >= 500 else FailureKind.OURS), f"http_{status}"


def misconfigured(reason: str, *, provider: str, code: str = "") -> TransientFailure:
    """
    Make the failure for a fault of configuration.

    It is transient on purpose: such a fault refuses every message, and ending them all for
    good because of a mistyped password would lose them. They wait until it is mended or
    until they expire.
    """
    return TransientFailure(reason, provider=provider, code=code, retry_after=CONFIGURATION_WAIT, ours=True)


def no_place(provider: str) -> TransientFailure:
    """Make the failure of a message that waited in vain for a connection: nobody was asked anything."""
    return TransientFailure("busy", provider=provider, untried=True)


def without_contact(text: str, address: str = "") -> str:
    """
    Blank what looks like an e-mail address or a telephone number, and `address` itself.

    Servers also quote the part before the @ alone (`550 maria.perez: unknown user`), so that
    goes as well. At most 200 characters are kept.
    """
    for part in (address, address.partition("@")[0]):
        if len(part) > 2:
            text = text.replace(part, "…")
    if "@" in text:
        text = _MAILBOX.sub("…", text)
    return _PHONE.sub("…", text)[:CODE_LENGTH]


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
