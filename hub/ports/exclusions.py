"""The register of excluded numbers (RNE), in which people refuse advertising by channel."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.model.exclusions import ExclusionCheck


class ExclusionRegistry(Protocol):
    async def check(self, address: str, channel: str, at: datetime) -> ExclusionCheck:
        """
        Look an address up: an email address or a number in E.164.

        Raises Unavailable if the register does not answer.
        """
