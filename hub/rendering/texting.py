"""Settings of every text message: the sender's prefix, and whether people can reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.model import Purpose
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
        place = look.place_sms or context.building or firm
        names = {Prefix.BUILDING: (place, own_name(place), firm), Prefix.COMPANY: (firm,), Prefix.NONE: ("",)}
        name = whole_name(names[self.prefix])
        return f"{name}: " if name else ""


_KIND: Final = re.compile(
    r"^(?i:(?:agrupación|condominio|conjunto|copropiedad|edificios?|multifamiliar|unidad|urbanización)"
    r"(?: (?:residencial|cerrado|campestre|de vivienda))*) (?=[A-ZÁÉÍÓÚÑ])"
)
"""What a building is; its name comes after."""

BUILT_IN: Final = Texting()


def own_name(place: str) -> str:
    """`Conjunto Residencial Altos del Rosal P.H.` → `Altos del Rosal`: what people call it."""
    return _KIND.sub("", re.sub(r" P\.? ?H\.?$", "", place))


def whole_name(names: Sequence[str]) -> str:
    """Return the first name that is short enough, else the last one: half a name is another building."""
    return next((name for name in names if len(name) <= LONGEST), names[-1])
