"""Settings of every text message: the sender's prefix, and whether people can reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from hub.model import Purpose
from hub.people.units import own_name
from hub.policy.values import Alphabet, Prefix, TextLink
from hub.rendering.context import Context
from hub.rendering.identities import Look

LONGEST: Final = 30
"""Characters of a name, so that the whole text fits one part of 160."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """
    `code_part` is true if a text may have one part more for its code, `two_way` only if a reply to any
    sending number reaches the hub. `own_link` says when a text has the link to its page, `buttons` are the
    names of the WhatsApp templates that have a button for it, `english` of those approved in English.
    """

    prefix: Prefix = Prefix.BUILDING
    alphabet: Alphabet = Alphabet.GSM7
    code_part: bool = False
    two_way: bool = False
    own_link: TextLink = TextLink.FITS
    buttons: frozenset[str] = frozenset()
    english: frozenset[str] = frozenset()

    def prefix_of(self, context: Context, look: Look, company: str) -> str:
        """
        Return the name of the sender, because many firms share the short code: `Altos del Rosal: `.

        An identity may have a shorter one, with which more of the text fits.

        Empty in an emergency: the instructions come first, before a screen cuts the text off.
        """
        if context.purpose is Purpose.EMERGENCY:
            return ""
        firm = look.sms or company
        if self.prefix is Prefix.NONE or not firm:
            return ""
        place = look.place_sms or context.building or firm
        return f"{whole_name(place, firm) if self.prefix is Prefix.BUILDING else firm}: "


BUILT_IN: Final = Texting()


@lru_cache(maxsize=256)
def whole_name(name: str, firm: str) -> str:
    """Return the name of a building, its own name, or the firm's: half a name is another building."""
    if len(name) <= LONGEST:
        return name
    own = own_name(name)
    return own if len(own) <= LONGEST else firm
