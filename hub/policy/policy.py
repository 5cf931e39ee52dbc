"""
The company's promises and rules, `policy.toml`, and the operators' numbers, `tuning.toml`.

The file in HUB_POLICY overrides both.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

from hub.business_time import ColombianHolidays, Mode, WorkCalendar
from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Purpose
from hub.model.letters import PaperSize
from hub.model.retention import LEAST, DataKind
from hub.policy.api import ApiPolicy
from hub.policy.clocks import DEFAULT, ESCALATES, Alerts, ClockPolicy, DigestPolicy, SummaryPolicy
from hub.policy.digests import NoticeDigestPolicy, ReachPolicy
from hub.policy.documents import DocumentPolicy
from hub.policy.intake import IntakePolicy
from hub.policy.limits import ContactLimits, ExclusionPolicy, RepeatPolicy
from hub.policy.monitoring import MonitorPolicy
from hub.policy.prices import PricePolicy
from hub.policy.reader import Table, overlay, read, refuse_unknown
from hub.policy.residents import ResidentPolicy, TextPolicy
from hub.policy.review import ReviewPolicy
from hub.policy.senders import SenderPolicy, with_logos
from hub.policy.surveys import SurveyPolicy
from hub.policy.tasks import TaskPolicy
from hub.policy.values import Alphabet, Expiry, Frames, Prefix, Weekday
from hub.policy.windows import ContactHours, NightPolicy, Window, contact_hours
from hub.resilience.breaker import BreakerPolicy
from hub.resilience.rate_limit import ThrottlePolicy
from hub.resilience.retry import RetryPolicy

BUILT_IN: Final = Path(__file__).parent.with_name("policy.toml")
TUNING: Final = Path(__file__).parent.with_name("tuning.toml")
_NAMES_BUILT_IN: Final = ("clocks", "follow_ups", "retry", "suppression")
"""Tables whose keys are names; only the built-in names are valid."""
RENAMED: Final[Mapping[str, str]] = {
    "breaker.least": "breaker.min_calls",
    "breaker.slow": "breaker.slow_after",
    "breaker.longest": "breaker.max_open_for",
    "watch.every": "monitor.interval",
    "watch.fresh": "monitor.heartbeat_max_age",
    "watch.audit_stale": "monitor.audit_max_age",
    "watch.queue_age": "monitor.queue_max_age",
    "watch.dead_letters": "monitor.max_dead_letters",
    "watch.lately": "monitor.dead_letter_window",
    "watch.skew": "monitor.max_clock_skew",
    "watch.balance_every": "monitor.balance_interval",
    "watch.low_balance": "monitor.min_balance",
    "watch": "monitor",
}
"""Old key → new key. A file with an old key is refused, and the error names the new one."""


class Company(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The company's signature and contact points in every message."""

    name: str
    phone: str
    email: str
    site: str


class CalendarRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """The company's hours; `legal_days` are the weekdays of terms set by law."""

    zone: str
    mode: Mode
    week: Mapping[Weekday, Parsed[Frames]]
    special_days: Mapping[date, Parsed[Frames]]
    legal_days: tuple[Weekday, ...]

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise InvalidPolicy("no day of the week has opening hours: no clock would ever end")
        _ = self.work_calendar  # refuse impossible hours now, not at the first clock

    @cached_property
    def work_calendar(self) -> WorkCalendar:
        return WorkCalendar(
            {day.number: frames for day, frames in self.week.items()},
            ColombianHolidays(),
            self.special_days,
            self.zone,
            legal_days=[day.number for day in self.legal_days],
        )


class Delivery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    provider_timeout: Parsed[timedelta]
    lease_margin: Parsed[timedelta]
    sweep_after: Parsed[timedelta]

    @property
    def lease(self) -> timedelta:
        """How long a claimed message belongs to its worker: longer than the provider's time-out."""
        return self.provider_timeout + self.lease_margin


_Months = Annotated[int, Meta(ge=0, le=1200)]


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    For how many whole months each kind of data is kept; 0 is for ever.

    `months` is of events, messages and attempts as a whole, by whole months; the others are kinds of data
    (`DataKind`), of which rows stay without what they said. `legal` is also the time for which the words of
    legal messages to an erased person are kept.
    """

    months: _Months
    texts: _Months = 0
    legal: _Months = 0
    replies: _Months = 0
    contacts: _Months = 0
    comments: _Months = 0
    documents: _Months = 0
    dead_letters: _Months = 0
    sign_ins: _Months = 0
    audit: _Months = 0

    @property
    def kinds(self) -> Mapping[DataKind, int]:
        """Return for how many months each kind is kept."""
        given: dict[DataKind, int] = {kind: getattr(self, kind) for kind in DataKind}
        return {kind: max(months, LEAST.get(kind, 0)) if months else 0 for kind, months in given.items()}


class EvidencePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`notify` are the email addresses to which the head of the seals is sent once a day."""

    notify: tuple[str, ...] = ()


class CollectionPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The channels of collection: the first one is used of several that a person authorised at once."""

    channels: tuple[Literal["email", "whatsapp", "sms", "push"], ...]


class Sms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`code_part` is true if a text may have one part more for its code."""

    prefix: Prefix
    alphabet: Alphabet
    code_part: bool = False  # not in what an older release has kept of its policy


class CodePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The channels whose messages carry a code by which anybody can check that they are genuine."""

    channels: tuple[Literal["letter", "sms", "whatsapp"], ...]


class Letters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`lead` is how long a letter takes until it is read: within it before something none is planned."""

    lead: Parsed[timedelta]


class PaperPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The paper of letters and posters."""

    size: PaperSize


class Bounces(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many working hours a person has to contradict a report that an answer to a PQRS was lost."""

    confirm_within: Parsed[timedelta]


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    company: Company
    calendar_rules: CalendarRules = field(name="calendar")
    clocks: Mapping[str, ClockPolicy]
    clocks_summary: SummaryPolicy
    clocks_digest: DigestPolicy
    digest: NoticeDigestPolicy
    reach: ReachPolicy
    tasks: TaskPolicy
    follow_ups: Mapping[str, Parsed[Expiry]]
    surveys: SurveyPolicy
    expiry: Mapping[Purpose, Parsed[Expiry]]
    patience: Mapping[Purpose, Parsed[Expiry]]
    windows: Mapping[str, Window]
    night: NightPolicy
    suppression: Mapping[str, Parsed[Expiry]]
    delivery: Delivery
    retry: Mapping[str, RetryPolicy]
    breaker: BreakerPolicy
    throttle: ThrottlePolicy
    intake: IntakePolicy
    api: ApiPolicy
    monitor: MonitorPolicy
    retention: Retention
    documents: DocumentPolicy
    evidence: EvidencePolicy
    sms: Sms
    prices: PricePolicy
    codes: CodePolicy
    senders: SenderPolicy
    letters: Letters
    paper: PaperPolicy
    collection: CollectionPolicy
    limits: ContactLimits
    exclusions: ExclusionPolicy
    repeats: RepeatPolicy
    review: ReviewPolicy
    bounces: Bounces
    residents: ResidentPolicy
    texts: TextPolicy

    def __post_init__(self) -> None:
        _ = self.contact_hours  # as with the calendar: refuse now
        for name, rules in self.clocks.items():
            if (rules.ladder or rules.alerts != Alerts()) and name not in ESCALATES:
                raise InvalidPolicy(f"clocks.{name} has no levels; those that have: {', '.join(ESCALATES)}")

    @property
    def calendar(self) -> WorkCalendar:
        return self.calendar_rules.work_calendar

    @cached_property
    def contact_hours(self) -> ContactHours:
        return contact_hours(self.windows, self.calendar.zone)

    def hours_of(self, purpose: Purpose, channel: str = "") -> WorkCalendar | None:
        """Return when such messages may be sent, None at any hour; without a channel, over any."""
        hours = self.contact_hours.get(purpose)
        return hours if hours is None else hours.get(channel, hours[""])

    def confirm_bounce_by(self, now: datetime) -> datetime:
        """Return until when a person may contradict a report that has come now."""
        return self.calendar.due(now, self.bounces.confirm_within, mode=self.calendar_rules.mode)

    def retry_for(self, channel: str) -> RetryPolicy:
        return self.retry.get(channel, self.retry[DEFAULT])

    def suppression_for(self, channel: str) -> timedelta | None:
        """Return how long an invalid contact point is suppressed; None means for ever."""
        return self.suppression.get(channel, self.suppression[DEFAULT])

    @cached_property
    def calendar_version(self) -> str:
        """The version of hours and holidays; when it changes, scheduled instants change."""
        return self.calendar.version


def load_policy(path: str | os.PathLike[str] | None = None) -> Policy:
    """
    Load the built-in files, overridden by `path` or the file in HUB_POLICY.

    Raises InvalidPolicy, which names the key (`clocks.first_reply.target`).
    """
    return policy_of(load_tables(path))


def load_tables(path: str | os.PathLike[str] | None = None) -> Table:
    """Load the tables of the policy, as the files state them."""
    tables = _load_toml(BUILT_IN) | _load_toml(TUNING)
    chosen = path or os.environ.get("HUB_POLICY")
    if chosen:
        top = _load_toml(Path(chosen))
        _check_keys(top, tables)
        tables = overlay(tables, with_logos(top, Path(chosen).parent))
    return tables


def policy_of(tables: Table) -> Policy:
    return read(Policy, _with_retry_defaults(tables))


def policy_over(tables: Table) -> Policy:
    """Read a policy of which only these tables are known, as they once were; the rest is built in."""
    return policy_of({**_load_toml(BUILT_IN), **_load_toml(TUNING), **tables})


def _check_keys(top: Table, built_in: Table) -> None:
    """Refuse renamed keys, and names that are not built in."""
    paths = {f"{name}.{key}" for name, table in top.items() if isinstance(table, Mapping) for key in table}
    for old, new in RENAMED.items():
        if old in paths or old in top:
            raise InvalidPolicy(f"{old} is now {new}: see {TUNING.parent.name}/{TUNING.name}")
    for path in sorted(paths):
        name, _, key = path.partition(".")
        if name in _NAMES_BUILT_IN:
            refuse_unknown(key, built_in[name], path)


def _load_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise InvalidPolicy(f"the policy file {path} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:  # not TOML, or not UTF-8
        raise InvalidPolicy(f"the policy file {path} is not TOML: {exc}") from exc


def _with_retry_defaults(tables: Table) -> Table:
    retry = tables["retry"]
    if not isinstance(retry, Mapping):
        return tables  # `read` refuses it
    return {**tables, "retry": overlay(dict.fromkeys(retry, retry[DEFAULT]), retry)}
