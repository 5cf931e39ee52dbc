"""History of a person in lines: the cases, the last message of each channel, the replies."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.desk.people.found import CaseOfPerson
from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Instant, PropertyScope
from hub.people.units import short_name
from hub.rendering.matters_es import kind_of, subject_of


class CaseLine(Struct, kw_only=True):
    case: str
    event: str
    at: Instant
    subject: Annotated[
        str, Meta(description="What it is about; in nobody's own words for who need not answer there.")
    ]


class ChannelLately(Struct, kw_only=True):
    """The last message by a channel, and what became of it."""

    channel: str
    state: str
    reason: str | None
    at: Instant


class ReplyLine(Struct, kw_only=True):
    id: UUID
    at: Instant
    kind: str
    channel: str
    case: str | None


def case_line(case: CaseOfPerson, words: PropertyScope) -> CaseLine:
    """Say what a case is about; outside `words` in nobody's own words."""
    sees = words is None or case.copropiedad_id in words
    unit = "" if case.label is None else short_name(case.tower, case.label)
    about = subject_of(case.case, case.opened_type, case.opened_data, unit=unit)
    opened = (case.opened_type or "").removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)
    return CaseLine(
        case=case.case, event=case.event, at=case.at, subject=about if sees else kind_of(opened or case.event)
    )
