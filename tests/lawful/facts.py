"""
Facts: a contact that a provider accepted, and the company's knowledge at that instant. Nouns of the law, none
of the hub's.

`said` is when a person stated something; `known` is when the company had it. A statement that has not reached
the company binds it to nothing, and one that the person has not made yet allows nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """
    A message that a provider accepted, in this language. `debt` and `account` say what a collection asks for.

    `urgent` is the news of a service that is interrupted, or back.
    """

    at: datetime
    person: str
    channel: str
    address: str
    purpose: str
    about: str = ""
    account: str | None = None
    debt: str | None = None
    language: str = "es"
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An authorisation, or its withdrawal. No channels means every channel."""

    person: str
    purpose: str
    granted: bool
    said: datetime
    known: datetime
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    debt: str
    known: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The person who is registered as the payer of an account."""

    account: str
    person: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A number or address in the register of excluded numbers (RNE). No channels means every channel."""

    address: str
    since: datetime
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoNotContact:
    """A mark that staff has set: deceased, protected address, contested account."""

    person: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """A channel that a person does not want for a purpose."""

    person: str
    purpose: str
    channel: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Hours of the day in which a person wants no notice of service; they may span midnight."""

    person: str
    begins: time
    ends: time
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A person who wants what is not urgent once a day; no law is about it."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The language that a person reads; Spanish, unless the company knows of another."""

    person: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """A person whose data the company has erased."""

    person: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that must leave, whatever its recipient wants: an emergency, what the law demands."""

    person: str
    about: str
    by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A petition that the company has received, and the instant by which it means to answer."""

    case: str
    received: datetime
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    statements: Sequence[Statement] = ()
    payments: Sequence[Payment] = ()
    payers: Sequence[Payer] = ()
    excluded: Sequence[Excluded] = ()
    marks: Sequence[DoNotContact] = ()
    switched_off: Sequence[SwitchedOff] = ()
    quiet_hours: Sequence[QuietHours] = ()
    readers: Sequence[Reader] = ()
    erased: Sequence[Erased] = ()
