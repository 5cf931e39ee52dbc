"""The schemas of the HTTP API: queries and responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

_INSTANCE: Final = "urn:uuid:2f1cf0a1-0f0c-4f5e-9d57-7d1b6a1c9d10"


class Archive(Struct, kw_only=True):
    """A ZIP archive."""


class SentFile(Struct, kw_only=True):
    """A PDF, PNG or JPEG that somebody sent."""


class Pdf(Struct, kw_only=True):
    """A PDF."""


class SheetFile(Struct, kw_only=True):
    """A spreadsheet, its first row the names of its columns."""


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameter at all."""


class ProblemPart(Struct, kw_only=True):
    """One part of the request that is wrong."""

    detail: Annotated[str, Meta(description="What is wrong with it.")]
    pointer: Annotated[str, Meta(description="A JSON pointer into the body.")] | UnsetType = UNSET
    parameter: Annotated[str, Meta(description="The query parameter.")] | UnsetType = UNSET


class Problem(Struct, kw_only=True):
    """An error (RFC 9457)."""

    type: Annotated[str, Meta(description="`about:blank`: the status is the kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    instance: Annotated[
        str,
        Meta(description="Names this one failure; of a fault the hub's log has it.", examples=[_INSTANCE]),
    ]
    error: Annotated[str, Meta(description="The same as `detail`.")]
    hint: Annotated[str, Meta(description="What to do about it.")]
    errors: (
        Annotated[list[ProblemPart], Meta(description="Where something was not valid: each part.")]
        | UnsetType
    ) = UNSET


class Health(Struct, kw_only=True):
    status: str
    servers: dict[str, str] | UnsetType = UNSET
    paused: Annotated[
        bool | UnsetType, Meta(description="True while everything is paused, as after a restore.")
    ] = UNSET


class Summary(Struct, kw_only=True):
    company: str
    mode: str
    counts: Annotated[
        Mapping[str, Mapping[str, int]],
        Meta(description="Messages, clocks and dead letters by state; of what has ended, at most 10000."),
    ]


TOO_LATE: Final = {409: Problem}
CONSTANCIA: Final = {200: Archive, 413: Problem}
"""Answers that operations of several sections of the API have: status → schema."""
