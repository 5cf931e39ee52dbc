"""
Counter of unlawful contacts among accepted messages: written from the laws, with nothing of the hub.

* Ley 2300 de 2023, arts. 2, 3 and 5: collection and advertising only over authorised channels, Monday to
  Friday from 7:00 to 19:00, Saturday from 8:00 to 15:00, never on a Sunday or holiday; once a day, and over
  one channel a week; never somebody else than the debtor.
* Ley 1581 de 2012, art. 9: consent is earlier and express, and may be withdrawn.
* The register of excluded numbers (RNE) holds for advertising.
* Surveys keep the hours of advertising, one per person in 30 days.
* Who is erased gets nothing more (Ley 1581, art. 8 (e)); who reads another language is written to in it.
* The company's policy, 4.1 and 6.2: no notice of the service rings a telephone from 22:00 to 7:00, unless a
  service is interrupted.
* A petition is answered within 15 business days after its receipt (Ley 1755 de 2015, art. 14).
* Emergencies and legal notices leave, whoever has refused the rest (Ley 675 de 2001; Ley 1755 de 2015).

Where the law is silent, the careful reading counts: collection and advertising share the day and the week, a
week runs from Monday to Sunday, 19:00:00 is outside, and a message that arrives twice is two contacts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from tests.lawful.facts import (
    Contact,
    DoNotContact,
    Excluded,
    Facts,
    Owed,
    Payer,
    QuietHours,
    Statement,
    SwitchedOff,
    Term,
)
from tests.lawful.holidays import is_holiday

BOGOTA: Final = ZoneInfo("America/Bogota")
LIMITED: Final = frozenset({"collection", "commercial"})
"""Purposes of Ley 2300: once a day, one channel a week."""
WINDOWED: Final = LIMITED | {"survey"}
EXPRESS: Final = LIMITED | {"survey"}
"""Purposes that need an earlier authorisation."""
UNSTOPPABLE: Final = frozenset({"emergency", "legal"})
"""Purposes that nobody can switch off, and that a mark of staff does not stop."""
ALL_DATA: Final = "data_treatment"
"""The general authorisation of Ley 1581: without it nothing else holds."""
EVERY_CHANNEL: Final = frozenset({"email", "sms", "whatsapp", "push", "voice", "inbox", "print"})
SILENT: Final = frozenset({"inbox", "print"})
"""Channels that disturb nobody; a letter is in Spanish, as the law's own words are."""
RINGING: Final = frozenset({"push", "sms", "whatsapp", "voice"})
BUSINESS_DAYS: Final = 15
"""To answer a petition, whenever its receipt is registered."""
BETWEEN_SURVEYS: Final = timedelta(days=30)

_WEEKDAY: Final = (time(7), time(19))
_SATURDAY: Final = (time(8), time(15))
_DAY: Final = (time(7), time(22))
_ONE: Final = timedelta(days=1)

_Wish = TypeVar("_Wish", Statement, DoNotContact, SwitchedOff, QuietHours)


class Rule(StrEnum):
    """The rules, each with its breach."""

    CONSENT = "without an earlier express consent that still stands"
    CHANNEL = "over a channel that the person has not authorised"
    HOURS = "outside the hours of Ley 2300"
    DAY = "more than once a day"
    WEEK = "over a second channel in one week"
    PAYER = "to somebody else than the registered payer"
    PAID = "after the payment was known"
    EXCLUDED = "to a number of the register of excluded numbers"
    SURVEYS = "a second survey within 30 days"
    MARKED = "to somebody who must not be contacted"
    UNWANTED = "over a channel that the person has switched off"
    QUIET = "in the quiet hours of the person"
    NIGHT = "ringing a telephone at night"
    LANGUAGE = "in a language that the person does not read"
    ERASED = "to somebody who was erased"


@dataclass(frozen=True, slots=True)
class Breach:
    rule: Rule
    contact: Contact


def unlawful(contacts: Iterable[Contact], facts: Facts) -> list[Breach]:
    """Return each rule that each contact breaks, in the order of the contacts."""
    judge = _Judge(facts)
    return [
        Breach(rule, contact)
        for contact in sorted(contacts, key=lambda contact: contact.at)
        for rule in judge.broken(contact)
    ]


def withheld(contacts: Iterable[Contact], owed: Iterable[Owed]) -> list[Owed]:
    """Return the messages that had to leave, and did not."""
    left: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for contact in contacts:
        left[contact.person, contact.about].append(contact.at)
    return [one for one in owed if not any(at <= one.by for at in left[one.person, one.about])]


def miscounted(terms: Iterable[Term]) -> list[Term]:
    """Return the terms that do not end as the law says."""
    return [term for term in terms if term.due != due_by_law(term.received)]


def due_by_law(received: datetime) -> datetime:
    """Return the end of the fifteenth business day after the receipt (Ley 1755 de 2015, art. 14)."""
    day = received.astimezone(BOGOTA).date()
    for _ in range(BUSINESS_DAYS):
        day += _ONE
        while day.weekday() >= 5 or is_holiday(day):
            day += _ONE
    return datetime.combine(day + _ONE, time(0), BOGOTA)


def by_rule(breaches: Iterable[Breach]) -> Counter[Rule]:
    return Counter(breach.rule for breach in breaches)


def within_hours(at: datetime) -> bool:
    """Return whether Ley 2300, art. 3, allows a contact at this instant."""
    here = at.astimezone(BOGOTA)
    if here.weekday() == 6 or is_holiday(here.date()):
        return False
    opens, closes = _SATURDAY if here.weekday() == 5 else _WEEKDAY
    return opens <= here.time() < closes


class _Judge:
    """Judges contacts in the order of time, and remembers them for the limits."""

    def __init__(self, facts: Facts) -> None:
        self._statements: Mapping[str, list[Statement]] = _by_person(facts.statements)
        self._paid: dict[str, datetime] = {}
        for payment in facts.payments:
            self._paid[payment.debt] = min(payment.known, self._paid.get(payment.debt, payment.known))
        self._payers: defaultdict[str, list[Payer]] = defaultdict(list)
        for payer in facts.payers:
            self._payers[payer.account].append(payer)
        self._excluded: defaultdict[str, list[Excluded]] = defaultdict(list)
        for entry in facts.excluded:
            self._excluded[entry.address].append(entry)
        self._marks = _by_person(facts.marks)
        self._off = _by_person(facts.switched_off)
        self._quiet = _by_person(facts.quiet_hours)
        self._languages = {reader.person: reader.language for reader in facts.readers}
        self._erased = {one.person: one.since for one in facts.erased}
        self._days: set[tuple[str, date]] = set()
        self._weeks: dict[tuple[str, int, int], str] = {}
        self._surveyed: dict[str, datetime] = {}
        self._asked: dict[str, str] = {}

    def broken(self, contact: Contact) -> list[Rule]:
        found = [
            *self._consent(contact),
            *self._wishes(contact),
            *self._collection(contact),
        ]
        if contact.purpose in WINDOWED and not within_hours(contact.at):
            found.append(Rule.HOURS)
        if contact.purpose == "commercial" and self._is_excluded(contact):
            found.append(Rule.EXCLUDED)
        if self._erased.get(contact.person, contact.at) < contact.at:
            found.append(Rule.ERASED)
        if contact.channel != "print" and contact.language != self._languages.get(contact.person, "es"):
            found.append(Rule.LANGUAGE)
        if _rings_at_night(contact):
            found.append(Rule.NIGHT)
        if contact.purpose in LIMITED:
            found += self._limits(contact)
        if contact.purpose == "survey" and self._is_asked_again(contact):
            found.append(Rule.SURVEYS)
        return found

    def _consent(self, contact: Contact) -> list[Rule]:
        if contact.purpose not in EXPRESS:
            return []
        channels = self._authorised(contact)
        if not channels:
            return [Rule.CONSENT]
        return [] if contact.channel in channels else [Rule.CHANNEL]

    def _authorised(self, contact: Contact) -> frozenset[str]:
        """Return the channels that stand for the purpose just before the contact."""
        mine = [
            statement
            for statement in self._statements.get(contact.person, ())
            if statement.purpose in {contact.purpose, ALL_DATA}
            and statement.said < contact.at
            and (statement.known <= contact.at if statement.granted else statement.known < contact.at)
        ]
        channels: frozenset[str] = frozenset()
        # At one instant a withdrawal comes after the authorisation.
        for statement in sorted(mine, key=lambda statement: (statement.said, not statement.granted)):
            named = statement.channels or EVERY_CHANNEL
            if not statement.granted:
                channels -= named
            elif statement.purpose == contact.purpose:
                channels = named
        return channels

    def _wishes(self, contact: Contact) -> list[Rule]:
        if contact.purpose in UNSTOPPABLE:
            return []
        found = []
        if any(_holds(mark, contact.at) for mark in self._marks.get(contact.person, ())):
            found.append(Rule.MARKED)
        if any(
            (off.purpose, off.channel) == (contact.purpose, contact.channel) and _holds(off, contact.at)
            for off in self._off.get(contact.person, ())
        ):
            found.append(Rule.UNWANTED)
        if (
            contact.purpose == "service"
            and contact.channel not in SILENT
            and any(
                _holds(quiet, contact.at) and _is_quiet(quiet, contact.at)
                for quiet in self._quiet.get(contact.person, ())
            )
        ):
            found.append(Rule.QUIET)
        return found

    def _collection(self, contact: Contact) -> list[Rule]:
        if contact.purpose != "collection":
            return []
        found = []
        payers = self._payers.get(contact.account or "", ())
        if contact.person not in {payer.person for payer in payers if _is_payer(payer, contact.at)}:
            found.append(Rule.PAYER)
        paid = self._paid.get(contact.debt or "")
        if paid is not None and paid < contact.at:
            found.append(Rule.PAID)
        return found

    def _is_excluded(self, contact: Contact) -> bool:
        return any(
            entry.since < contact.at and (not entry.channels or contact.channel in entry.channels)
            for entry in self._excluded.get(contact.address, ())
        )

    def _limits(self, contact: Contact) -> list[Rule]:
        day = contact.at.astimezone(BOGOTA).date()
        year, week, _ = day.isocalendar()
        found = []
        if (contact.person, day) in self._days:
            found.append(Rule.DAY)
        if self._weeks.setdefault((contact.person, year, week), contact.channel) != contact.channel:
            found.append(Rule.WEEK)
        self._days.add((contact.person, day))
        return found

    def _is_asked_again(self, contact: Contact) -> bool:
        """A reminder of the same survey is no second one."""
        before = self._surveyed.get(contact.person)
        again = (
            before is not None
            and contact.at < before + BETWEEN_SURVEYS
            and self._asked[contact.person] != contact.about
        )
        if before is None or self._asked[contact.person] != contact.about:
            self._surveyed[contact.person] = contact.at
            self._asked[contact.person] = contact.about
        return again


def _by_person(found: Sequence[_Wish]) -> dict[str, list[_Wish]]:
    people: defaultdict[str, list[_Wish]] = defaultdict(list)
    for each in found:
        people[each.person].append(each)
    return dict(people)


def _is_payer(payer: Payer, at: datetime) -> bool:
    """Return whether the person pays now; at the instant of a change both do."""
    return payer.since <= at and (payer.until is None or at <= payer.until)


def _holds(wish: DoNotContact | SwitchedOff | QuietHours, at: datetime) -> bool:
    """Return whether a wish holds now; at the instant of a change it does not bind."""
    return wish.since < at and (wish.until is None or at < wish.until)


def _rings_at_night(contact: Contact) -> bool:
    now, (opens, closes) = contact.at.astimezone(BOGOTA).time(), _DAY
    calls = contact.purpose == "service" and contact.channel in RINGING and not contact.urgent
    return calls and not opens <= now < closes


def _is_quiet(quiet: QuietHours, at: datetime) -> bool:
    now = at.astimezone(BOGOTA).time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= now < quiet.ends
    return now >= quiet.begins or now < quiet.ends
