"""The residents' page: how long its links, codes and sessions last, and how often they may be asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.policy.values import TextLink

BUTTON: Final = "Ver este mensaje"
"""The words of the button of a WhatsApp template: Meta takes 25 characters."""
ALL_TEMPLATES: Final = "all"


class ResidentPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A link in a message lasts for `link_lifetime`. A code lasts for `code_lifetime` and takes `code_tries`; of
    those that nobody enters a person gets `codes_a_day` at most (`hub.access.code_rate`). A session ends
    after `session`, even in use. `sms` says when a text message has its link, `whatsapp` are the names of the
    templates that Meta has approved with the link's button, or "all"; `whatsapp_english` those that it has
    approved in English too.
    """

    link_lifetime: Parsed[timedelta]
    code_lifetime: Parsed[timedelta]
    code_tries: Annotated[int, Meta(ge=1, le=10)]
    codes_a_day: Annotated[int, Meta(ge=1, le=50)]
    session: Parsed[timedelta]
    sms: TextLink
    whatsapp: tuple[str, ...]
    whatsapp_english: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.link_lifetime, self.code_lifetime, self.session) <= timedelta(0):
            raise InvalidPolicy("the times of residents are longer than nothing")

    @property
    def carriers(self) -> frozenset[str]:
        """The channels whose messages have the link because the policy says so."""
        asked = {"sms": self.sms is not TextLink.NEVER, "whatsapp": bool(self.whatsapp)}
        return frozenset(channel for channel, has_link in asked.items() if has_link)


class TextPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Texts to whoever has a telephone and no mail: a link to the page of the message, before its letter.

    `events` are what is texted, where they have letters; `channels` the ways, the first one that may be used
    first. WhatsApp is for whoever has chosen it.
    """

    events: tuple[str, ...]
    channels: tuple[Literal["sms", "whatsapp"], ...]
