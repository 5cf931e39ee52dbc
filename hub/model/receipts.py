"""A provider's later report on a message that it accepted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.model import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """
    `reference` and `code` are the provider's own, without any address in them.

    `message_id` is None if the provider does not return our id: then the reference identifies the message.
    `gone` is true if the provider reports that the contact point no longer exists.
    """

    state: State
    provider: str
    message_id: UUID | None = None
    reason: str | None = None
    reference: str | None = None
    code: str = ""
    gone: bool = False
