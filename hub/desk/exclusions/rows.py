"""The register of excluded numbers as rows: the list in force, and the body that loads one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

_LARGEST: Final = 4_000_000
"""Characters: some 200,000 numbers, which a web process reads and hashes without making others wait."""


class ExclusionListRow(Struct, frozen=True, kw_only=True):
    """
    The list in force, without its numbers; all is empty without one.

    `usable_until` is the last day on which it may be asked; then commercial messages wait.
    """

    list_date: date | None
    loaded_at: datetime | None
    addresses: int
    by_channel: Mapping[str, int]
    usable: bool
    usable_until: date | None


class ExclusionsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a list is loaded."""

    list_date: Annotated[date, Meta(description="Of which day the list is.")]
    skip_bad: Annotated[bool, Meta(description="Leave out the lines that cannot be read.")] = False
    smaller: Annotated[bool, Meta(description="It may have less than half of what the one before has.")] = (
        False
    )


class ExclusionsBody(ExclusionsOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of the register, as the file that `hub exclusions load` takes."""

    csv: Annotated[
        str,
        Meta(
            max_length=_LARGEST,
            description="The first line names the columns: `dato`, and `canal` if people have chosen some.",
        ),
    ]


class ExclusionsAnswer(Struct, frozen=True, kw_only=True):
    list_date: date
    addresses: int
    bad_lines: int
