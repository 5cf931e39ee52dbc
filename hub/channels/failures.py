"""What providers answer, made fit to be stored and shown, and failures that every channel knows."""

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


class Kind(Enum):
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
    kind: Kind, reason: str, *, provider: str, code: str, retry_after: timedelta | None = None
) -> SendFailure:
    """Make the failure of this kind; only one that passes heeds the provider's wish to wait."""
    match kind:
        case Kind.OURS:
            return misconfigured(reason, provider=provider, code=code)
        case Kind.LATER:
            return TransientFailure(reason, provider=provider, code=code, retry_after=retry_after)
        case _:
            return PermanentFailure(reason, provider=provider, code=code, gone=kind is Kind.GONE)


def by_status(status: int) -> tuple[Kind, str]:
    """Only a provider's own word ends a message: a bare 4xx may come from a proxy or a wrong address."""
    if status == 429:
        return Kind.LATER, "rate_limited"
    return (Kind.LATER if status >= 500 else Kind.OURS), f"http_{status}"


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
