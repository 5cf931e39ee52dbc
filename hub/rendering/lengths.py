"""Lengths of subjects and push notifications. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from hub.model import Purpose, Rendered
from hub.rendering.breaks import cut

SUBJECT: Final = 78
PUSH_TITLE: Final = 50
PUSH_BODY: Final = 150
_WHOLE: Final = frozenset({Purpose.EMERGENCY, Purpose.LEGAL})
"""The instruction of an emergency and the words that a law demands are never cut."""


def fit_push(rendered: Rendered, purpose: Purpose | None, *, ending: str = "") -> Rendered:
    """
    Cut a text that a telephone would cut in the middle of a word: a publisher's own words may be long.

    The `ending` that a text has, the units that it is about, stays.
    """
    if purpose in _WHOLE or (len(rendered.subject) <= PUSH_TITLE and len(rendered.text) <= PUSH_BODY):
        return rendered
    end = f" {ending}" if ending and rendered.text.endswith(ending) else ""
    body = cut(rendered.text.removesuffix(end), max(PUSH_BODY - len(end), PUSH_TITLE))
    return structs.replace(rendered, subject=cut(rendered.subject, PUSH_TITLE), text=f"{body}{end}")
