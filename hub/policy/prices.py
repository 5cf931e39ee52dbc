"""Prices: what the company pays for what leaves, in pesos, by channel and provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.errors import InvalidPolicy

DEFAULT: Final = "default"
_Pesos = Annotated[float, Meta(ge=0)]


class PricePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Pesos of a part of an SMS and of a message by WhatsApp, by name of the provider with a `default`; of a
    letter that somebody takes along, of a printed page, and of a mail.
    """

    sms: Mapping[str, _Pesos]
    whatsapp: Mapping[str, _Pesos]
    letter: _Pesos
    page: _Pesos
    mail: _Pesos

    def __post_init__(self) -> None:
        for name in ("sms", "whatsapp"):
            if DEFAULT not in getattr(self, name):
                raise InvalidPolicy(f"prices.{name} has a default")

    def of(self, channel: str, provider: str = DEFAULT, *, enclosed: int = 0) -> float:
        """
        Return the price of a part of an SMS, of a letter of one page, or of any other message.

        A letter has the pages of what is `enclosed` besides.
        """
        if channel in {"sms", "whatsapp"}:
            prices: Mapping[str, float] = getattr(self, channel)
            return prices.get(provider, prices[DEFAULT])
        return {"print": self.letter + (1 + enclosed) * self.page, "email": self.mail}.get(channel, 0)
