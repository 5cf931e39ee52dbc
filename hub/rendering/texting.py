"""How text messages are written, whatever they say: who speaks first, and whether one can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.model import Purpose
from hub.policy.values import Prefix
from hub.rendering.context import Context

LONGEST: Final = 30
"""Characters of a name: the whole text should be one part of 160."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """`two_way` is true only where an answer to whatever number sends would reach us."""

    prefix: Prefix = Prefix.BUILDING
    two_way: bool = False

    def prefix_of(self, context: Context, company: str) -> str:
        """
        Say who speaks, for the sender is a short code that many firms share: `Altos del Rosal: `.

        Not in an emergency: what is to be done comes first there, before a screen cuts it off.
        """
        if context.purpose is Purpose.EMERGENCY:
            return ""
        names = {Prefix.BUILDING: context.building or company, Prefix.COMPANY: company, Prefix.NONE: ""}
        name = _short(names[self.prefix])
        return f"{name}: " if name else ""


BUILT_IN: Final = Texting()


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[:LONGEST].rsplit(" ", 1)[0]
