"""The hour at which a draft leaves, as the form of its page has it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, NamedTuple

from hub.business_time.dates import ZONE
from hub.web.console.wrong_es import PAST_HOUR

_HOUR: Final = "%Y-%m-%dT%H:%M"
UNREAD_ES: Final = "Escriba el día y la hora en que sale, o escoja «Al mandarla»."


class Hour(NamedTuple):
    """`later` is the choice beside "now", `text` what stands in the field, in the hour of Bogotá."""

    later: bool
    text: str

    @classmethod
    def typed(cls, fields: Mapping[str, str]) -> Hour:
        return cls(later=fields.get("when") == "later", text=fields.get("starts_at", ""))

    @classmethod
    def of(cls, at: datetime | None) -> Hour:
        """Return the hour of a stored draft; None is now."""
        return cls(later=at is not None, text="" if at is None else at.astimezone(ZONE).strftime(_HOUR))

    @property
    def at(self) -> datetime | None:
        """When it leaves; None of now, and of what nobody can read."""
        with suppress(ValueError):
            if self.later:
                return datetime.strptime(self.text, _HOUR).replace(tzinfo=ZONE).astimezone(UTC)
        return None

    def wrong(self, now: datetime) -> str:
        """Return why it cannot leave then; empty if it can."""
        if not self.later:
            return ""
        at = self.at
        return UNREAD_ES if at is None else PAST_HOUR if at < now else ""
