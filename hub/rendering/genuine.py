"""
The words that say where to check a message: a line at the foot of a letter, the end of a text. Pure.

A text has it only where it costs no further part, unless the policy allows one. Its words are the same each
time.
"""

from __future__ import annotations

from typing import Final

from hub.access.genuine_codes import code_of, place_of
from hub.model import Json
from hub.rendering.board import code_of as picture_of
from hub.rendering.context import sentence_end
from hub.sms_text import segments

WORD: Final = "Verifique:"
Variables = dict[str, Json]


def with_check(text: str, variables: Variables) -> str:
    """Append where a text message can be checked: `Verifique: hub.example.co/v K7F2M9QDTX`."""
    link = variables["genuine"]
    if not link:
        return text
    longer = f"{sentence_end(text)} {variables['genuine_word']} {place_of(link)} {code_of(link)}"
    more = segments(longer).parts - segments(text).parts
    return longer if more == 0 or variables["genuine_part"] else text


def checked(variables: Variables) -> Variables:
    """
    Return the variables with what a letter, or a template that somebody has approved, says of it.

    Empty where the message carries no code.
    """
    link = variables["genuine"]
    place, code = (place_of(link), code_of(link)) if link else ("", "")
    return {**variables, "genuine_place": place, "genuine_code": code}


def pictured(variables: Variables) -> Variables:
    """Return the variables of a letter, with the picture of its code."""
    return {**checked(variables), "genuine_picture": picture_of(variables["genuine"])}
