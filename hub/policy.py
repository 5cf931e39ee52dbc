"""What the company promises and allows: `policy.toml`, overlaid by the file that HUB_POLICY names."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta, Struct, field

from hub.breaker import BreakerPolicy
from hub.business_time import BusinessDays, ColombianHolidays, Mode, Term, WorkCalendar
from hub.errors import InvalidPolicy
from hub.model import TOP_LEVEL, Promise, Purpose
from hub.policy_reader import Table, as_table, check_keys, overlay, read_struct
from hub.policy_values import PARSERS, Expiry, Extension, Frames, Lead, Prefix, Target, Weekday
from hub.retry import RetryPolicy
from hub.terms import ahead_of, last_instant
from hub.throttling import ThrottlePolicy
from hub.troubles import WatchPolicy

BUILT_IN: Final = Path(__file__).with_name("policy.toml")
DEFAULT: Final = "default"
CLIMBERS: Final = ("first_reply", "legal_term", "emergency_ack")
"""The promises of which levels above their holder are told; each says so by an event of its own."""


class Company(Struct, frozen=True, kw_only=True):
    """How the company signs, and where every message may be answered."""

    name: str
    phone: str
    email: str
    site: str


class CalendarRules(Struct, frozen=True, kw_only=True, dict=True):
    """The company's hours; `legal_days` are the weekdays of terms set by law."""

    zone: str
    mode: Mode
    week: Mapping[Weekday, Frames]
    special_days: Mapping[date, Frames]
    legal_days: tuple[Weekday, ...]

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise InvalidPolicy("no day of the week has opening hours: no clock would ever end")
        _ = self.work_calendar  # hours that cannot be are refused now, not at the first clock

    @cached_property
    def work_calendar(self) -> WorkCalendar:
        return WorkCalendar(
            _numbered(self.week),
            ColombianHolidays(),
            self.special_days,
            self.zone,
            legal_days=[day.number for day in self.legal_days],
        )


Level: TypeAlias = Annotated[int, Meta(ge=2, le=TOP_LEVEL)]


class Alerts(Struct, frozen=True, kw_only=True):
    """The levels that are told at once, besides its holder, of a promise at risk and of a broken one."""

    at_risk: Level | None = None
    breach: Level | None = None


class ClockPolicy(Struct, frozen=True, kw_only=True):
    """
    A promise. `target` is one term, or a table of terms by the event's data field `by`.

    `until` names the field of data that holds the day or instant of a dated promise, which is due so far
    ahead of it as `lead` says, and warned of as far ahead as `warn` says; `target` is for data without it.
    `at_risk` is the part of the target after which its holder is warned. `ladder` holds the terms
    between its steps, the first one from the start. `extension` is the most that a term may be extended
    by. `alerts` are levels that are told at once. `any_hour` runs day and night. A `silent` one is kept and
    counted, and tells nobody.
    """

    target: Target = timedelta(0)
    by: str | None = None
    until: str | None = None
    lead: Lead = None
    warn: Lead = None
    at_risk: Annotated[float, Meta(gt=0, lt=1)] | None = None
    ladder: tuple[Term, ...] = ()
    alerts: Alerts = Alerts()
    extension: Extension = None
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
        terms = [*_each(self.target), *_each(self.extension), *self.ladder]
        if self.any_hour and any(isinstance(term, BusinessDays) for term in terms):
            raise InvalidPolicy("any_hour cannot run in business days")
        if len({type(step) for step in self.ladder}) > 1:
            raise InvalidPolicy("the steps of a ladder are all hours or all business days")

    def _check_date(self) -> None:
        if self.until is not None and self.ladder:
            raise InvalidPolicy("a dated promise climbs no ladder")
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
            raise InvalidPolicy("target.default is missing: data may say what the table does not")

    def target_for(self, data: Mapping[str, Any]) -> Term:
        """Return the term for an event's data; what the table does not list has the default."""
        return self._chosen(self.target, data)

    def _chosen(self, target: Target, data: Mapping[str, Any]) -> Term:
        if not isinstance(target, Mapping):
            return target
        return target.get(str(data.get(self.by or "")), target[DEFAULT])

    def promise_for(self, data: Mapping[str, Any], mode: Mode) -> Promise:
        """Return what is promised to a case that begins with this data."""
        return Promise(
            target=self.target_for(data),
            at_risk=self.at_risk,
            ladder=self.ladder,
            at_risk_level=self.alerts.at_risk,
            breach_level=self.alerts.breach,
            extension=None if self.extension is None else self._chosen(self.extension, data),
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
        """Answer the day or instant that the data names."""
        return None if self.until is None else data.get(self.until)


class SummaryPolicy(Struct, frozen=True, kw_only=True):
    """
    More clocks than `more_than` with news for one level and copropiedad are told as one.

    Only news later than `late` counts: what comes in time is told one by one.
    """

    more_than: Annotated[int, Meta(ge=1)]
    late: timedelta


class Window(Struct, frozen=True, kw_only=True):
    """The hours at which these purposes may contact anybody."""

    purposes: tuple[Purpose, ...]
    week: Mapping[Weekday, Frames]
    holidays: bool = False

    def __post_init__(self) -> None:
        if Purpose.EMERGENCY in self.purposes:
            raise InvalidPolicy("an emergency is told at any hour")


class Delivery(Struct, frozen=True, kw_only=True):
    provider_timeout: timedelta
    lease_margin: timedelta
    sweep_after: timedelta

    @property
    def lease(self) -> timedelta:
        """How long a claimed message belongs to its worker: longer than its provider may take."""
        return self.provider_timeout + self.lease_margin


class Sms(Struct, frozen=True, kw_only=True):
    prefix: Prefix


class Policy(Struct, frozen=True, kw_only=True, dict=True):
    company: Company
    calendar_rules: CalendarRules = field(name="calendar")
    clocks: Mapping[str, ClockPolicy]
    clocks_summary: SummaryPolicy
    expiry: Mapping[Purpose, Expiry]
    patience: Mapping[Purpose, Expiry]
    windows: Mapping[str, Window]
    suppression: Mapping[str, Expiry]
    delivery: Delivery
    retry: Mapping[str, RetryPolicy]
    breaker: BreakerPolicy
    throttle: ThrottlePolicy
    watch: WatchPolicy
    sms: Sms

    def __post_init__(self) -> None:
        _ = self.contact_hours  # as with the calendar: refuse now
        for name, rules in self.clocks.items():
            if (rules.ladder or rules.alerts != Alerts()) and name not in CLIMBERS:
                raise InvalidPolicy(f"clocks.{name} climbs no levels; those that do: {', '.join(CLIMBERS)}")

    @property
    def calendar(self) -> WorkCalendar:
        return self.calendar_rules.work_calendar

    @cached_property
    def contact_hours(self) -> Mapping[Purpose, WorkCalendar]:
        """The purposes that may not contact at any hour, with their hours."""
        hours: dict[Purpose, WorkCalendar] = {}
        for name, window in self.windows.items():
            for purpose in window.purposes:
                if purpose in hours:
                    raise InvalidPolicy(f"windows.{name}.purposes: {purpose} already has a window")
                hours[purpose] = self._window_calendar(name, window)
        return hours

    def _window_calendar(self, name: str, window: Window) -> WorkCalendar:
        holidays = frozenset[date]() if window.holidays else ColombianHolidays()
        try:
            return WorkCalendar(_numbered(window.week), holidays, {}, self.calendar.zone)
        except InvalidPolicy as exc:
            raise InvalidPolicy(f"windows.{name}: {exc}") from exc

    def retry_for(self, channel: str) -> RetryPolicy:
        return self.retry.get(channel, self.retry[DEFAULT])

    def suppression_for(self, channel: str) -> timedelta | None:
        """Answer how long a contact point that is gone is left alone; None: for ever."""
        return self.suppression.get(channel, self.suppression[DEFAULT])

    @cached_property
    def calendar_version(self) -> str:
        """Name the hours and holidays that instants are laid out by: another name, other instants."""
        return self.calendar.version


def _each(target: Extension) -> tuple[Term, ...]:
    if isinstance(target, Mapping):
        return tuple(target.values())
    return () if target is None else (target,)


def load_policy(path: str | os.PathLike[str] | None = None) -> Policy:
    """
    Load the built-in policy, overlaid by `path`, or by the file that HUB_POLICY names.

    Raises InvalidPolicy, which names the key (`clocks.first_reply.target`).
    """
    tables: Table = _load_toml(BUILT_IN)
    chosen = path or os.environ.get("HUB_POLICY")
    if chosen:
        top = _load_toml(Path(chosen))
        # Tables whose keys are names, of which all are built in.
        for name in ("clocks", "retry", "suppression"):
            check_keys(top.get(name, {}), tables[name], name)
        tables = overlay(tables, top)
    return read_struct(Policy, _with_retry_defaults(tables), PARSERS)


def _load_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise InvalidPolicy(f"the policy file {path} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:  # not TOML, or not UTF-8
        raise InvalidPolicy(f"the policy file {path} is not TOML: {exc}") from exc


def _with_retry_defaults(tables: Table) -> Table:
    retry = {name: as_table(own, f"retry.{name}") for name, own in tables["retry"].items()}
    return {**tables, "retry": {name: {**retry[DEFAULT], **own} for name, own in retry.items()}}


def _numbered(week: Mapping[Weekday, Frames]) -> dict[int, Frames]:
    return {day.number: frames for day, frames in week.items()}
