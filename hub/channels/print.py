"""Letters: pages that somebody prints and hands over."""

from __future__ import annotations

from typing import ClassVar

from hub.channels.stored_channel import KeptChannel
from hub.model import ChannelTraits


class LetterChannel(KeptChannel):
    """Stored is sent; delivered it is when somebody says that it was handed over."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="print", contact=None, strangers=True)
    arrives: ClassVar[bool] = False
