"""Twilio's status reports and incoming texts, translated to the hub's terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.channels.failures import GONE
from hub.channels.sms.inbound import Unreadable, read_number, read_words
from hub.channels.sms.twilio import MEANINGS, PROVIDER
from hub.channels.urls import endpoints_of, parse_twilio
from hub.model import Receipt, Reply, State
from hub.settings import Settings

STATES: Final[Mapping[str, State]] = {
    "delivered": State.DELIVERED,
    "read": State.READ,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}
"""
Twilio's status → the new state of the message; other statuses (`queued`, `sent` …) change nothing.

Somebody with the account may cancel what a Messaging Service has scheduled (errors/30409): it never leaves,
and the number is as good as before.
"""

_ATTACHED: Final = "[adjunto] "
_GONE: Final = {code for code, (kind, _) in MEANINGS.items() if kind is GONE}
_CODE: Final = re.compile(r"[1-9][0-9]{0,5}")
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def twilio_tokens(settings: Settings) -> tuple[str, ...]:
    """Return the auth tokens that may sign a report. Raises `ConfigurationError`."""
    endpoints = list(endpoints_of(settings, "sms", "twilio+", parse_twilio))
    return tuple(token for endpoint in endpoints for token in (endpoint.token, endpoint.also) if token)


def read_report(message_id: UUID, form: Mapping[str, str]) -> Receipt | None:
    """Read a report; None for one that changes nothing."""
    status = form.get("MessageStatus", "")
    state = STATES.get(status)
    if state is None:
        return None
    # Only codes and ids are kept: free text could name a person.
    code = _shaped(_CODE, form.get("ErrorCode", ""))
    return Receipt(
        message_id=message_id,
        state=state,
        provider=PROVIDER,
        reason=f"{PROVIDER}_{code or status}" if state is State.FAILED else None,
        reference=_shaped(_SID, form.get("MessageSid", "")),
        code=f"{status} {code}" if code else status,
        gone=int(code or 0) in _GONE,
    )


def read_reply(form: Mapping[str, str], at: datetime) -> Reply:
    """Read an incoming text; raises `Unreadable`. A picture without text is a reply, too."""
    reference = _shaped(_SID, form.get("MessageSid", ""))
    if reference is None:
        raise Unreadable("`MessageSid` is missing")
    has_media = form.get("NumMedia", "0") not in {"", "0"}
    return Reply(
        channel="sms",
        provider=PROVIDER,
        reference=reference,
        address=read_number(form.get("From"), "From"),
        text=read_words(f"{_ATTACHED if has_media else ''}{form.get('Body', '')}", "Body"),
        at=at,
    )


def _shaped(shape: re.Pattern[str], text: str) -> str | None:
    return text if shape.fullmatch(text) else None
