"""Meaning of an SMTP server's answer for the message: RFC 5321 reply codes, RFC 3463 enhanced codes."""

from __future__ import annotations

import re
from typing import Final

from hub.channels.email.dialogue import Reply, Stage, TransactionResult
from hub.channels.failures import misconfigured, without_contact
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.model import Accepted

PROVIDER: Final = "smtp"

GONE: Final = frozenset(
    {
        "5.1.1",  # no such mailbox
        "5.1.2",  # no such domain
        "5.1.3",  # not an address
        "5.1.6",  # moved, without a forwarding address
        "5.2.1",  # mailbox disabled
    }
)
"""
The recipient's address is invalid. Not included: 5.2.2 (full) and 5.7.* (policy, a block list), which
are temporary, and 5.1.x in answer to MAIL, which concerns our own address.
"""

OUR_FAULT: Final = frozenset({530, 534, 535, 538})
"""RFC 4954: the server requires other authentication."""

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_QUEUED_AS = re.compile(r"queued as (\S+)", re.IGNORECASE)


def accepted(reply: Reply, content: bytes) -> Accepted:
    queued = _QUEUED_AS.search(reply.text)
    reference = queued[1] if queued else None
    return Accepted(provider=PROVIDER, reference=reference, code=_code(reply, ""), content=content)


def failure(verdict: TransactionResult, address: str) -> SendFailure:
    """Return the failure for a verdict other than accepted."""
    reply = verdict.reply
    if reply is None:
        return TransientFailure(verdict.cause, provider=PROVIDER, unknown=verdict.stage is Stage.CONTENT)
    enhanced = _ENHANCED.match(reply.text)
    reason = f"smtp_{reply.code}_{enhanced[0]}" if enhanced else f"smtp_{reply.code}"
    code = _code(reply, address)
    if reply.code in OUR_FAULT:
        return misconfigured("provider_auth", provider=PROVIDER, code=code)
    if reply.code // 100 == 5:
        gone = enhanced is not None and enhanced[0] in GONE and verdict.stage is not Stage.MAIL
        return PermanentFailure(reason, provider=PROVIDER, code=code, gone=gone)
    # A 4xx is a refusal for now. Any other failure after the content leaves the outcome unknown.
    unknown = verdict.stage is Stage.CONTENT and reply.code // 100 != 4
    return TransientFailure(reason, provider=PROVIDER, code=code, unknown=unknown)


def _code(reply: Reply, address: str) -> str:
    return without_contact(f"{reply.code} {reply.text}", address)
