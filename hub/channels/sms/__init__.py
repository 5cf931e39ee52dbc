"""Text messages."""

from __future__ import annotations

from typing import Final

from hub.model import ChannelTraits

TRAITS: Final = ChannelTraits(name="sms", contact="phone", text_phone=True)
"""For a provider without receipts; a provider with receipts also `confirms`."""
