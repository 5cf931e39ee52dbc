"""
What Meta reports to the webhook: what became of messages, and what people write.

A tolerant reader: fields that are not known are passed over, and an item that cannot be read is
counted and costs none of the others. Source: Meta, Cloud API, "Webhooks", field `messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from msgspec import Raw

from hub.channels.urls import parse_whatsapp
from hub.channels.whatsapp import wire
from hub.channels.whatsapp.inbound import WORDY, read_reply
from hub.channels.whatsapp.verdicts import PROVIDER, reason_of
from hub.model import Reply, State
from hub.model.receipts import Receipt
from hub.settings import PROVIDERS, Settings

HOOK: Final = "/hooks/whatsapp"
"""Where Meta reports to, below the public address."""

STATES: Final[Mapping[str, State]] = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "failed": State.FAILED,
}
"""Meta's status → what becomes of the message; others (`played`, `deleted`, `warning`) say nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """By which Meta proves itself: what signs its reports, what it shows when the address is entered."""

    secrets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Notice:
    """
    What one call of the webhook says; `unreadable` counts its items that make no sense.

    A status may bring neither of both ids. Meta's has the reader's number in it (base64): not for logs.
    """

    statuses: list[Receipt] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    unreadable: int = 0


def keys_of(settings: Settings) -> Keys:
    """Answer what may sign and be shown, of every account in the settings. Raises `ConfigurationError`."""
    endpoints = [
        parse_whatsapp(url.reveal(), setting=PROVIDERS["whatsapp"])
        for url in settings.providers.get("whatsapp", ())
        if url.scheme.startswith("whatsapp+")
    ]
    return Keys(
        secrets=tuple(secret for endpoint in endpoints for secret in endpoint.secrets),
        words=tuple(endpoint.verify for endpoint in endpoints if endpoint.verify),
    )


def read_notice(body: bytes) -> Notice:
    """Read what Meta posted. Never raises: a body that is none of Meta's is one unreadable item."""
    notice = Notice()
    envelope = wire.decoded(body, wire.Envelope)
    if envelope is None:
        notice.unreadable = 1
        return notice
    for change in (change for entry in envelope.entry for change in entry.changes):
        if change.field == "messages":
            _read_value(change.value, notice)
    return notice


def _read_value(raw: Raw, notice: Notice) -> None:
    value = wire.decoded(raw, wire.Value)
    if value is None:
        notice.unreadable += 1
        return
    for item in value.statuses:
        status = wire.decoded(item, wire.Status)
        if status is None:
            notice.unreadable += 1
        elif status.status in STATES:
            notice.statuses.append(_status(status))
    for item in value.messages:
        _read_message(wire.decoded(item, wire.Message), notice)


def _status(said: wire.Status) -> Receipt:
    state = STATES[said.status]
    number = next((error.code for error in said.errors if error.code is not None), None)
    failed = state is State.FAILED
    return Receipt(
        provider=PROVIDER,
        message_id=_uuid(said.biz_opaque_callback_data),
        reference=wire.shaped(said.id),
        state=state,
        reason=reason_of(number) if failed else None,
        # The titles beside the code are not kept: free text could name a person.
        code=f"{said.status} {number}" if failed and number is not None else said.status,
    )


def _read_message(said: wire.Message | None, notice: Notice) -> None:
    reply = None if said is None else read_reply(said)
    if reply is not None:
        notice.replies.append(reply)
    elif said is None or said.type in WORDY:
        notice.unreadable += 1


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
