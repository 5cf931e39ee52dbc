"""Failures: providers' answers in common terms that are safe to store, and whose fault each one is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum, StrEnum, auto
from typing import Final

from hub.errors import PermanentFailure, SendFailure, TransientFailure

CONFIGURATION_WAIT: Final = timedelta(minutes=15)
"""How long a message waits after a fault that we must fix (credentials, certificates, permissions)."""

BUSY_WAIT: Final = timedelta(seconds=2)
"""How long a message waits after it has found all connections in use."""

CODE_LENGTH: Final = 200

_MAILBOX = re.compile(r"""(?:"[^"]*"|[^\s<>@]+)@[^\s<>@]+""")
_PHONE = re.compile(r"\+?\d{7,15}")


class FailureKind(StrEnum):
    """The meanings of a provider's code for the message; these words also stand in the file of a provider."""

    LATER = "later"
    """Try again."""
    OURS = "ours"
    """A fault of our configuration: wait until it is fixed (see `misconfigured`)."""
    NEVER = "never"
    """This message cannot be sent to this number."""
    GONE = "gone"
    """The number does not exist."""


LATER, OURS, NEVER, GONE = FailureKind

Meaning = tuple[FailureKind, str]
"""The meaning of a code for the message, and the reason that is stored."""


def by_code(codes: Mapping[Meaning, Iterable[int]]) -> Mapping[int, Meaning]:
    """Turn a provider's table, meaning → its codes, into code → meaning."""
    return {code: meaning for meaning, several in codes.items() for code in several}


def verdict(
    kind: FailureKind, reason: str, *, provider: str, code: str, retry_after: timedelta | None = None
) -> SendFailure:
    """Make a failure of this kind; only a LATER one uses the provider's retry-after."""
    match kind:
        case FailureKind.OURS:
            return misconfigured(reason, provider=provider, code=code)
        case FailureKind.LATER:
            return TransientFailure(reason, provider=provider, code=code, retry_after=retry_after)
        case _:
            return PermanentFailure(reason, provider=provider, code=code, gone=kind is FailureKind.GONE)


def by_status(status: int) -> Meaning:
    """Judge by status alone. It never ends a message: a bare 4xx may come from a proxy or a wrong URL."""
    if status == 429:
        return FailureKind.LATER, "rate_limited"
    return (FailureKind.LATER if status >= 500 else FailureKind.OURS), f"http_{status}"


def misconfigured(reason: str, *, provider: str, code: str = "") -> TransientFailure:
    """
    Make the failure for a fault of configuration.

    It is transient on purpose: such a fault refuses every message, and a mistyped password must not
    fail them all for good. They wait until it is fixed or until they expire.
    """
    return TransientFailure(reason, provider=provider, code=code, retry_after=CONFIGURATION_WAIT, ours=True)


def no_place(provider: str) -> TransientFailure:
    """
    Make the failure of a message that got no connection in time: no provider was called.

    It has waited for its turn already. After an outage a whole backlog comes at once: with the pause after a
    real try its last messages would wait half a minute beside idle connections.
    """
    return TransientFailure("busy", provider=provider, retry_after=BUSY_WAIT, untried=True)


def stopping() -> TransientFailure:
    """Make the failure of a message that a stopping process does not hand over: the next process may."""
    return TransientFailure("stopping", retry_after=timedelta(0), untried=True)


def without_contact(text: str, address: str = "") -> str:
    """
    Blank what looks like an e-mail address or a telephone number, and `address` itself.

    Servers also quote only the part before the @ (`550 maria.perez: unknown user`), so that is
    blanked as well. At most 200 characters are kept.
    """
    for part in (address, address.partition("@")[0]):
        if len(part) > 2:
            text = text.replace(part, "…")
    if "@" in text:
        text = _MAILBOX.sub("…", text)
    return _PHONE.sub("…", text)[:CODE_LENGTH]


class Blame(Enum):
    MESSAGE = auto()
    """Every provider would refuse, or the fault is on the person's side: no other provider is tried."""
    ROUTE = auto()
    """This healthy provider refuses, or refuses for now: the next one is tried."""
    PROVIDER = auto()
    """The provider fails, or our access to it does: the next is tried, and the breaker counts a fault."""


NOT_THIS_WAY: Final = frozenset(
    {
        "blocked",  # Twilio 30004
        "filtered",  # 30007: the carrier refuses messages of this sender
        "price_limit",
        "provider_region",
        "provider_trial",
        "smtputf8_unsupported",
        "template_syncing",  # WhatsApp 134101: another account may have it
        "too_large",
        # The provider is healthy, and limits our rate.
        "busy",
        "provider_queue_full",
        "quality_limited",
        "quota_exceeded",
        "rate_limited",
    }
)

OF_THE_PERSON: Final = frozenset({"unreachable_handset", "provider_unknown"})
"""Transient, and not the provider's fault."""

_OF_ONE_MAILBOX: Final = re.compile(r"smtp_45[0-2](?!_4\.[34]\.)")
"""
Busy, full, greylisted (RFC 5321, 4.2.3). Excludes RFC 3463's 4.3 and 4.4, which describe the server and
its network; 421, 454 and any code before MAIL describe the server, too.
"""


def blame(error: SendFailure) -> Blame:
    """Return whose fault it is. A transient failure in no table is the provider's."""
    if error.reason in NOT_THIS_WAY:
        return Blame.ROUTE
    if isinstance(error, PermanentFailure) or error.reason in OF_THE_PERSON:
        return Blame.MESSAGE
    return Blame.MESSAGE if _OF_ONE_MAILBOX.match(error.reason) else Blame.PROVIDER
