"""Channels: one file or folder per channel, its providers inside."""

from __future__ import annotations

from hub.channels.registry import ProviderLimits, build_channels, sender_address, texts_can_be_answered

__all__ = ["ProviderLimits", "build_channels", "sender_address", "texts_can_be_answered"]
