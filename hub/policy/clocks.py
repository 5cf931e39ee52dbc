"""Promises of `policy.toml`: their terms, and the levels that they notify."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta, Struct

from hub.business_time import BusinessDays, Mode, Term, as_utc
from hub.business_time.dates import Ahead, CalendarDays, ahead_of, last_instant, query_instant
from hub.business_time.durations import Parsed
from hub.business_time.opening_hours import DAY
from hub.errors import InvalidPolicy
from hub.model import TOP_LEVEL, Event, Promise
from hub.model.receipts import RECEIVED_AT, WITH_RECEIPT
from hub.policy.values import Daily, Target

DEFAULT: Final = "default"
"""The key of a table for everything that it does not list."""
ESCALATES: Final[Mapping[str, str]] = {
    "first_reply": "pqrs.escalated",
    "legal_term": "pqrs.escalated",
    "emergency_ack": "emergency.escalated",
    "emergency_reply": "emergency.escalated",
    "emergency_unreached": "emergency.escalated",
}
"""Promises that notify levels above the holder → the event for that."""
EMERGENCY_REPLY: Final = "emergency_reply"
EMERGENCY_UNREACHED: Final = "emergency_unreached"
CALLS: Final[Mapping[str, str]] = {
    EMERGENCY_REPLY: "emergency.reply.received",
    EMERGENCY_UNREACHED: "emergency.unreached",
}
"""Promises whose opening event calls people who may acknowledge at once → that event."""
Level: TypeAlias = Annotated[int, Meta(ge=2, le=TOP_LEVEL)]


class Alerts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels to notify at once, besides the holder, of a promise at risk and of a broken one."""

    at_risk: Level | None = None
    breach: Level | None = None


class ClockPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A promise. `target` is one term, or a table of terms by the event's data field `by`.

    `until` names the data field with the day or instant of a dated promise. It is due `lead` before that, and
    the holder is warned `warn` before that; `target` is for data without the field.

    `since` names the data field with the day or instant of the fact from which the term counts. It counts
    from the event's own time where that is earlier, or the data has no such field.

    `at_risk` is the fraction of the target after which the holder is warned. `ladder` has the terms between
    escalations, the first one from the start. `extension` is the longest extension of a term. `alerts` are
    levels to notify at once. `any_hour` runs day and night. A `silent` promise is recorded and notifies
    nobody: it is on no board and in no indicator.
    """

    target: Parsed[Target] = timedelta(0)
    by: str | None = None
    until: str | None = None
    since: str | None = None
    lead: Parsed[Ahead] | None = None
    warn: Parsed[Ahead] | None = None
    at_risk: Annotated[float, Meta(gt=0, lt=1)] | None = None
    ladder: tuple[Parsed[Term], ...] = ()
    alerts: Alerts = Alerts()
    extension: Parsed[Target] | None = None
    any_hour: bool = False
    silent: bool = False

    def __post_init__(self) -> None:
        for table in (self.target, self.extension):
            if isinstance(table, Mapping):
                self._check_table(table)
        self._check_date()
        if isinstance(self.target, Mapping):
            if self.ladder:
                raise InvalidPolicy("a ladder needs a single target")
        elif self.ladder and self.ladder[0] != self.target:
            raise InvalidPolicy("the ladder must begin with the target: its first step is the breach")
        terms = [*_terms_of(self.target), *_terms_of(self.extension), *self.ladder]
        if self.any_hour and any(isinstance(term, BusinessDays) for term in terms):
            raise InvalidPolicy("any_hour cannot run in business days")
        if len({type(step) for step in self.ladder}) > 1:
            raise InvalidPolicy("the steps of a ladder are all hours or all business days")
        self._check_alerts()

    def _check_alerts(self) -> None:
        at_risk, breach = self.alerts.at_risk, self.alerts.breach
        if self.ladder and self.alerts != Alerts():
            raise InvalidPolicy("what has a ladder has no alerts: its levels are notified in their turn")
        if at_risk is not None and breach is not None and at_risk >= breach:
            raise InvalidPolicy("alerts.breach must be a level above alerts.at_risk")

    def _check_date(self) -> None:
        if self.until is not None and self.since is not None:
            raise InvalidPolicy("a dated promise has no since: it ends on its date, whenever it began")
        if self.until is not None and self.ladder:
            raise InvalidPolicy("a dated promise has no ladder")
        if self.until is not None and self.extension is not None:
            raise InvalidPolicy("a dated promise is not extended: another day is another promise")
        if self.lead and self.warn and _time(self.warn) <= _time(self.lead):
            raise InvalidPolicy("warn must be longer than lead: after it there is nothing to warn of")
        if self.until is None and (self.lead or self.warn):
            raise InvalidPolicy('lead and warn need until = "…", the field of data that holds the day')
        if self.until is None and not self.target:
            raise InvalidPolicy(
                'a promise needs a target, or until = "…", the field of data that holds the day'
            )

    def _check_table(self, target: Mapping[str, Term]) -> None:
        if self.by is None:
            raise InvalidPolicy('a table of targets needs by = "…", the field of data that chooses')
        if DEFAULT not in target:
            raise InvalidPolicy("target.default is missing: data may have what the table does not")

    def target_for(self, data: Mapping[str, Any]) -> Term:
        """Return the term for an event's data; data that the table does not list has the default."""
        return self._chosen(self.target, data)

    def extension_for(self, data: Mapping[str, Any]) -> Term | None:
        """Return the longest extension for an event's data; None if the term cannot be extended."""
        return None if self.extension is None else self._chosen(self.extension, data)

    def _chosen(self, target: Target, data: Mapping[str, Any]) -> Term:
        if isinstance(target, timedelta | BusinessDays):
            return target
        return target.get(str(data.get(self.by or "")), target[DEFAULT])

    def started_at(self, event: Event) -> datetime:
        """Return when a clock begins: at the fact that the event names, or the event's own time."""
        fact = None if self.since is None else event.data.get(self.since)
        # A receipt that no schema has checked may be anything.
        if fact is None or (self.since == RECEIVED_AT and event.name not in WITH_RECEIPT):
            return event.time
        return min(event.time, as_utc(query_instant(fact)))

    def promise_for(self, data: Mapping[str, Any], mode: Mode) -> Promise:
        """Return the promise to a case that begins with this data."""
        return Promise(
            target=self.target_for(data),
            at_risk=self.at_risk,
            ladder=self.ladder,
            at_risk_level=self.alerts.at_risk,
            breach_level=self.alerts.breach,
            extension=self.extension_for(data),
            any_hour=self.any_hour,
            mode=mode,
            until=self._until(data),
            warn_at=self._warn_at(data),
            happens_at=self._happens_at(data),
            silent=self.silent,
        )

    def _until(self, data: Mapping[str, Any]) -> datetime | None:
        day = self._day(data)
        if day is None:
            return None
        return last_instant(day) if self.lead is None else ahead_of(day, self.lead)

    def _warn_at(self, data: Mapping[str, Any]) -> datetime | None:
        day = self._day(data)
        return None if day is None or self.warn is None else ahead_of(day, self.warn)

    def _happens_at(self, data: Mapping[str, Any]) -> datetime | None:
        day = self._day(data)
        return None if day is None or self.lead is None else last_instant(day)

    def _day(self, data: Mapping[str, Any]) -> str | None:
        """Return the day or instant in the data."""
        return None if self.until is None else data.get(self.until)


class SummaryPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    More than `more_than` clocks with events for one level and copropiedad are sent as one summary.

    Only events later than `late` count; timely ones are sent one by one.
    """

    more_than: Annotated[int, Meta(ge=1)]
    late: Parsed[timedelta]


class DigestPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The hour of a working day from which the staff in charge gets a digest of promises at risk and overdue.

    Without an hour nobody gets one. If it `replaces_warnings`, a promise at risk is recorded and nobody is
    warned of it alone, unless it runs day and night.
    """

    at: Parsed[Daily]
    replaces_warnings: bool


def _terms_of(target: Target | None) -> tuple[Term, ...]:
    if isinstance(target, Mapping):
        return tuple(target.values())
    return () if target is None else (target,)


def _time(ahead: Ahead) -> timedelta:
    return ahead.count * DAY if isinstance(ahead, CalendarDays) else ahead
