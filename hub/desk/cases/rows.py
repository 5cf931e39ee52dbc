"""Bodies of the acts in a case."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.operations.cases.acts import LONGEST

_DOCUMENT: Final = 2000


class AnswerBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer on the merits to a petition."""

    words: Annotated[
        str,
        Meta(min_length=1, max_length=LONGEST, description="The answer itself: the petitioner reads it."),
    ]
    document: Annotated[
        str,
        Meta(
            max_length=_DOCUMENT,
            description="Its document, if it has one: an https address, or the name under which it is kept.",
        ),
    ] = ""
    form: Annotated[
        str, Meta(max_length=100, description="The same twice with the same words is one act.")
    ] = ""
