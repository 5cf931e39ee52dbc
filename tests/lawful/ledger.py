"""Ledger of the company's knowledge, as it comes in."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.lawful.facts import (
    DoNotContact,
    Erased,
    Excluded,
    Facts,
    Payer,
    Payment,
    QuietHours,
    Reader,
    Statement,
    SwitchedOff,
)
from tests.lawful.town import Fact


@dataclass(kw_only=True)
class Ledger:
    """The company's knowledge, each fact since the hub has taken it in."""

    statements: list[Statement] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    marks: list[DoNotContact] = field(default_factory=list)
    switched_off: list[SwitchedOff] = field(default_factory=list)
    quiet_hours: list[QuietHours] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    erased: list[Erased] = field(default_factory=list)

    def note(self, fact: Fact, now: datetime) -> None:
        match fact:
            case Statement():
                self.statements.append(replace(fact, known=now))
            case Payment():
                self.payments.append(replace(fact, known=now))
            case Excluded():
                self.excluded.append(replace(fact, since=now))
            case DoNotContact():
                self.marks.append(replace(fact, since=now))
            case SwitchedOff():
                self.switched_off.append(replace(fact, since=now))
            case QuietHours():
                self.quiet_hours.append(replace(fact, since=now))
            case Erased():
                self.erased.append(replace(fact, since=now))

    def pays(self, account: str, person: str, now: datetime) -> None:
        """Register a payer; the one before pays no more."""
        self.payers = [
            replace(payer, until=now) if (payer.account, payer.until) == (account, None) else payer
            for payer in self.payers
        ]
        self.payers.append(Payer(account=account, person=person, since=now))

    def facts(self) -> Facts:
        return Facts(
            statements=self.statements,
            payments=self.payments,
            payers=self.payers,
            excluded=self.excluded,
            marks=self.marks,
            switched_off=self.switched_off,
            quiet_hours=self.quiet_hours,
            readers=self.readers,
            erased=self.erased,
        )
