"""The ways to reach people: one file or folder per channel, its providers inside."""

from __future__ import annotations

from hub.channels.pools import Guards
from hub.channels.registry import build_channels, sender_address, texts_can_be_answered

__all__ = ["Guards", "build_channels", "sender_address", "texts_can_be_answered"]
