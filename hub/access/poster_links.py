"""
The link of a poster's QR code: it leads to a page of the hub that says whether the notice still holds. Pure.

    /b/AZlMo….5f2c…      the poster's id, the signature

A poster hangs on a wall: any passer-by may open its link. It shows what hangs there, and nothing else.
It has no end, because it must say that the notice has ended.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.access.keyring import KeyRing, Purpose
from hub.settings.values import carries_links

PATH: Final = "/b/{token}"
_PADDING: Final = "=="
"""Of sixteen bytes in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterLinks:
    """Signs and verifies the links of posters."""

    public_url: str
    ring: KeyRing

    def of(self, poster_id: UUID) -> str | None:
        """
        Return the link of a poster; None without a signing key, and where no link may lead to the hub.

        Such a poster says a telephone number instead.
        """
        if not self.ring or not carries_links(self.public_url):
            return None
        named = urlsafe_b64encode(poster_id.bytes).decode().removesuffix(_PADDING)
        token = f"{named}.{self.ring.sign(Purpose.POSTER, named)}"
        return f"{self.public_url}{PATH.format(token=token)}"

    def read(self, token: str) -> UUID | None:
        """Return the poster that a token names; None if the hub did not make it."""
        named, _, signature = token.partition(".")
        if not token.isascii() or self.ring.verify(Purpose.POSTER, signature, named) is None:
            return None
        return UUID(bytes=urlsafe_b64decode(named + _PADDING))
