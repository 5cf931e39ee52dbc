"""Extensions of clocks: an event's request, and the term that the clock holds."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from hub.model.events import Event


class ExtensionRefusal(StrEnum):
    """Why a clock does not end on the day that an extension named, or is not extended at all."""

    NO_CLOCK = "no_clock"
    ENDED = "ended"
    ALREADY_EXTENDED = "already_extended"
    NOT_EXTENDABLE = "not_extendable"
    TOO_LATE = "too_late"
    BEYOND_LIMIT = "beyond_limit"
    BEFORE_TERM = "before_term"
    NO_BUSINESS_DAY = "no_business_day"


class AskedExtension(NamedTuple):
    """
    An event that asks for an extension, as the fold met it.

    `clock_id` is the clock that ran, or the last one of the name that has ended.
    """

    event: Event
    clock: str
    clock_id: UUID | None
    refusal: ExtensionRefusal | None


class Extension(Struct, frozen=True, kw_only=True):
    """The outcome of an event's request for an extension; without `refusal` the request was granted whole."""

    event_key: UUID
    clock: str
    asked_on: date | None
    due_at: datetime | None
    refusal: ExtensionRefusal | None
    is_new: bool


class ExtensionChange(Struct, frozen=True, kw_only=True):
    """
    A refusal that its publisher has not heard of.

    Without `refusal` an earlier one holds no more: the start of the clock has arrived after the extension.
    """

    event_key: UUID
    event_id: str
    source: str
    type: str
    case_key: str
    radicado: str | None
    clock: str
    asked_on: date | None
    due_at: datetime | None
    refusal: ExtensionRefusal | None
    found_at: datetime
