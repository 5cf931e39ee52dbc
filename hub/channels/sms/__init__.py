"""Text messages."""

from __future__ import annotations

from typing import Final

from hub.model import ChannelTraits

TRAITS: Final = ChannelTraits(name="sms", contact="phone", text_phone=True)
"""Of a provider that reports nothing; one that does also `confirms`."""
