"""The in-app inbox: a row that the person reads on the page."""

from __future__ import annotations

from typing import ClassVar

from hub.channels.stored_channel import KeptChannel
from hub.model import ChannelTraits


class InboxChannel(KeptChannel):
    """Stored is delivered, so it confirms at once."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="inbox", contact=None, confirms=True)
    arrives: ClassVar[bool] = True
