"""
A building for a year, made from a seed: its residents and payers, and the events about them.

Each act is an event for the hub, with the facts that it states. The book has the purpose of each event; the
judge reads the book, and not the hub.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Event
from tests.lawful.facts import (
    Digest,
    DoNotContact,
    Erased,
    Excluded,
    Owed,
    Payment,
    QuietHours,
    Reader,
    Statement,
    SwitchedOff,
)

BOGOTA: Final = ZoneInfo("America/Bogota")
BETWEEN: Final = timedelta(milliseconds=500)
"""People speak between whole seconds: nothing is published at the instant of a statement."""
BILLING: Final = "urn:example:billing"
FIRST_DAY: Final = date(2026, 2, 2)
"""A Monday: the year has Holy Week, the new holiday of July, and a week 53."""
DAYS: Final = 365
_BY_LETTER: Final = 8
"""Of ten people the one whom only paper and the inbox reach."""
_SOON: Final = timedelta(days=3)
"""By then an emergency or an answer must have left, whatever was away."""
TEXT_CHANNELS: Final = ("email", "sms", "whatsapp", "push")

Fact: TypeAlias = Statement | Payment | Excluded | DoNotContact | SwitchedOff | QuietHours | Digest | Erased
"""A statement of an act; it is known once the hub has taken it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The purpose of an event, by the book of its publisher."""

    purpose: str
    account: str | None = None
    debt: str | None = None
    urgent: bool = False


_NOTHING: Final = About(purpose="none")
"""An event about which nobody is written to."""
OWN: Final[Mapping[str, About]] = {
    "survey.requested": About(purpose="survey"),
    "inbound.message.received": About(purpose="transactional"),
    "emergency.reply.received": About(purpose="emergency"),
    "pqrs.escalated": About(purpose="transactional"),
    "resident.digest.ready": About(purpose="service"),
}
"""What the hub itself sends to residents, by what its reader sees that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """At this instant somebody publishes the event; it arrives `late` by as much."""

    at: datetime
    event: Event | None = None
    facts: Sequence[Fact] = ()
    payer: tuple[str, str] | None = None
    """An account, and its payer from now on."""
    late: timedelta = timedelta(0)

    @property
    def arrives(self) -> datetime:
        return self.at + self.late


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    ref: str
    unit: str
    email: str
    phone: str
    token: str
    language: str = "es"

    @property
    def addresses(self) -> tuple[str, ...]:
        return self.email, self.phone, self.token, self.ref


@dataclass(kw_only=True)
class Building:
    """The directory, the acts in order, and the book."""

    name: str
    people: Sequence[Resident]
    directory: Sequence[Event]
    payers: Mapping[str, str]
    acts: Sequence[Act] = ()
    book: dict[str, About] = field(default_factory=dict)
    owed: Sequence[Owed] = ()
    received: Mapping[str, datetime] = field(default_factory=dict)
    """When each petition was received, by its case."""

    @property
    def readers(self) -> Sequence[Reader]:
        return [Reader(person=person.ref, language=person.language) for person in self.people]

    @property
    def owners_of_addresses(self) -> Mapping[str, str]:
        return {address: person.ref for person in self.people for address in person.addresses}


def building(number: int, *, people: int, seed: int, days: int = DAYS) -> Building:
    """Make one building: the same seed makes the same year."""
    return _Maker(number, people=people, days=days, random=Random(f"{seed}:{number}")).make()


def start() -> datetime:
    return _local(FIRST_DAY, time(0))


class _Maker:
    def __init__(self, number: int, *, people: int, days: int, random: Random) -> None:
        self._random = random
        self._place = f"ph-{number}"
        self._days = days
        self._count = 0
        self._acts: list[Act] = []
        self._book: dict[str, About] = {}
        self._owed: list[Owed] = []
        self._received: dict[str, datetime] = {}
        self._people = [_resident(number, index) for index in range(people)]
        self._tenants = [person for person in self._people if random.random() < 0.25]
        self._payers: dict[str, str] = {}

    def make(self) -> Building:
        directory = list(self._directory())
        for person in self._people:
            self._consents(person)
            self._wishes(person)
            self._surveys(person)
            self._petitions(person)
        for unit in sorted({person.unit for person in self._people}):
            self._fees(unit)
        for tenant in self._tenants:
            self._rents(tenant)
        self._changes_of_payer()
        self._campaigns()
        self._notices()
        return Building(
            name=self._place,
            people=self._people,
            directory=directory,
            payers=self._payers,
            acts=sorted(self._acts, key=lambda act: (act.arrives, act.event.id if act.event else "")),
            book=self._book,
            owed=self._owed,
            received=self._received,
        )

    def _directory(self) -> Iterator[Event]:
        """Every second flat has a payer who is not its owner; the others are paid by their owner."""
        yield self._entry("copropiedad", self._place, name=f"Conjunto {self._place}")
        for index, person in enumerate(self._people):
            points = [("email", person.email), ("phone", person.phone), ("push", person.token)]
            if index % 10 == _BY_LETTER:
                points = []
            yield self._entry(
                "person",
                person.ref,
                names=f"Persona {person.ref}",
                locale=person.language,
                contact_points=[
                    {"id": f"cp-{kind}", "kind": kind, "value": value, "verified": True}
                    for kind, value in points
                ],
            )
            if index % 2 == 0:
                label = f"Apartamento {person.unit}"
                yield self._entry("unit", person.unit, copropiedad_id=self._place, label=label)
                yield self._member(person, "owner")
                self._payers[person.unit] = person.ref
            else:
                yield self._member(person, "tenant")
                if self._random.random() < 0.5:
                    yield self._member(person, "payer")
                    self._payers[person.unit] = person.ref
        for tenant in self._tenants:
            self._payers[_contract(tenant)] = tenant.ref

    def _member(self, person: Resident, role: str, version: int = 1) -> Event:
        key = f"m-{person.ref}-{role}"
        scope = f"unit:{person.unit}"
        return self._entry("membership", key, version, person_id=person.ref, scope=scope, role=role)

    def _entry(self, noun: str, key: str, version: int = 1, **data: Any) -> Event:
        values = {f"{noun}_id": key, "version": version, **data}
        return self._event(f"directory.{noun}.upserted", start() - timedelta(hours=1), values, _NOTHING)

    def _consents(self, person: Resident) -> None:
        """Most say something in the first days, some never; later they change their minds."""
        for purpose, share in (("collection", 0.8), ("commercial", 0.5), ("survey", 0.6)):
            if self._random.random() < share:
                self._says(person, purpose, granted=True, at=start() + self._up_to(timedelta(days=2)))
        for _ in range(self._random.choice((0, 0, 1, 2, 3))):
            purpose = self._random.choice(
                ("collection", "commercial", "commercial", "survey", "data_treatment")
            )
            granted = purpose != "data_treatment" and self._random.random() < 0.4
            self._says(person, purpose, granted=granted, at=self._some_time())

    def _says(self, person: Resident, purpose: str, *, granted: bool, at: datetime) -> None:
        """Some statements are told later than they were made: at a counter, by letter."""
        at += BETWEEN
        said = at - (self._up_to(timedelta(hours=30)) if self._random.random() < 0.2 else timedelta(0))
        few = self._random.sample(TEXT_CHANNELS, self._random.randint(1, 3))
        channels = few if purpose != "data_treatment" and self._random.random() < 0.6 else []
        data = {"subject_id": person.ref, "purposes": [purpose], "method": "web"}
        if granted:
            data |= {"text_version": "2026-01", "captured_at": said.isoformat()}
        else:
            data |= {"revoked_at": said.isoformat()}
        if channels:
            data["channels"] = channels
        name = f"privacy.consent.{'granted' if granted else 'revoked'}"
        stated = Statement(
            person=person.ref,
            purpose=purpose,
            granted=granted,
            said=said,
            known=at,
            channels=frozenset(channels),
        )
        self._publish(name, at, data, purpose="transactional", facts=(stated,))

    def _wishes(self, person: Resident) -> None:
        """The wishes that reach the hub by no event: see `tell` in `moved_hub`."""
        chance, at = self._random.random, self._some_time()
        if chance() < 0.05:
            self._tells(at, DoNotContact(person=person.ref, since=at))
        if chance() < 0.15:
            address = self._random.choice((person.phone, person.email))
            self._tells(at, Excluded(address=address, since=at))
        if chance() < 0.2:
            channel = self._random.choice(("email", "push"))
            self._tells(at, SwitchedOff(person=person.ref, purpose="service", channel=channel, since=at))
        if chance() < 0.2:
            self._tells(at, QuietHours(person=person.ref, begins=time(21), ends=time(7), since=at))

    def _tells(self, at: datetime, fact: Fact) -> None:
        self._acts.append(Act(at=at, facts=(fact,)))

    def _surveys(self, person: Resident) -> None:
        """After a service, and twice a year to all."""
        days = [day for day in range(self._days) if self._random.random() < 1 / 75]
        days += [day for day in (120, 300) if day < self._days]
        for day in days:
            at = self._on(day, self._any_time())
            data = {
                "survey_id": f"s-{person.ref}-{day}",
                "kind": "post_servicio",
                "respondent": {"ref": person.ref},
                "expires_at": (at + timedelta(days=14)).isoformat(),
                "copropiedad_id": self._place,
            }
            self._publish("survey.requested", at, data, purpose="survey")

    def _petitions(self, person: Resident) -> None:
        """A petition and its answer, which nobody may lose; the survey after it is made by the hub itself."""
        for number in range(self._random.choice((0, 0, 0, 1, 2))):
            at = self._some_time()
            case = {"pqrs_id": f"pq-{person.ref}-{number}", "radicado": f"PQ-{person.ref}-{number}"}
            # The second one came by letter, and was registered days later.
            received = at - number * timedelta(hours=61)
            opened = {
                **case,
                "kind": "peticion",
                "entry_channel": "web",
                "received_at": received.isoformat(),
                "service_area": "administracion",
                "subject": "Copia del acta",
                "petitioner": {"ref": person.ref},
                "copropiedad_id": self._place,
            }
            if self._publish("pqrs.received", at, opened, purpose="transactional") is not None:
                self._received[f"pqrs_id:{case['pqrs_id']}"] = received
            replied = at + self._up_to(timedelta(hours=20))
            summary = {"summary": "La buscamos.", "agent_id": "p-laura"}
            self._publish("pqrs.replied", replied, {**case, **summary}, purpose="transactional")
            answered = replied + self._up_to(timedelta(days=9))
            answer = {
                "responded_at": answered.isoformat(),
                "document_ref": "https://portal.example.com/a.pdf",
            }
            event = self._publish("pqrs.responded", answered, {**case, **answer}, purpose="legal")
            if event is not None:
                self._owed.append(Owed(person=person.ref, about=event.id, by=answered + _SOON))
            closed = answered + self._up_to(timedelta(hours=9))
            done = {"actions_taken": "Se envió la copia.", "first_instance": True}
            self._publish("pqrs.closed", closed, {**case, **done}, purpose="transactional")

    def _fees(self, unit: str) -> None:
        """A bill on the first of each month; four notices while it is not paid."""
        for month in self._months():
            bill, debt = _day_of(month, 1), f"{unit}:{month:%Y-%m}"
            issued = _local(bill, time(6, 30))
            paid = self._paid_at(issued)
            data = {
                "invoice_id": f"c-{debt}",
                "unit_id": unit,
                "period": f"{month:%Y-%m}",
                "amount_cop": 385_000,
                "due_on": str(_day_of(month, 10)),
                "document_ref": f"https://portal.example.com/cuentas/{debt}",
                "copropiedad_id": self._place,
            }
            self._publish("admin.invoice.issued", issued, data, purpose="service")
            for number, day in enumerate((12, 17, 22, 27), 1):
                self._unit_notice(unit, debt, number, _local(_day_of(month, day), self._batch_time()), paid)
            self._publish(
                "admin.payment.received",
                paid,
                {
                    "payment_id": f"pago-{debt}",
                    "unit_id": unit,
                    "amount_cop": 385_000,
                    "method": "PSE",
                    "paid_at": paid.isoformat(),
                    "receipt_no": f"RC-{debt}",
                    "balance_cop": 0,
                    "copropiedad_id": self._place,
                },
                purpose="transactional",
                facts=(Payment(debt=debt, known=paid),),
            )

    def _unit_notice(self, unit: str, debt: str, number: int, at: datetime, paid: datetime) -> None:
        if paid <= at:
            return
        data = {
            "unit_id": unit,
            "balance_cop": 385_000,
            "days_overdue": number * 5,
            "interest_cop": 7_500,
            "dunning_step": number,
            "copropiedad_id": self._place,
        }
        self._publish(
            "admin.account.overdue",
            at,
            data,
            purpose="collection",
            late=self._delay(),
            account=unit,
            debt=debt,
        )

    def _rents(self, tenant: Resident) -> None:
        """A second creditor of the same person: the agency, for the rent."""
        contract = _contract(tenant)
        for month in self._months():
            debt = f"{contract}:{month:%Y-%m}"
            paid = self._paid_at(_local(_day_of(month, 1), time(6)))
            for number, day in enumerate((8, 12, 15), 1):
                at = _local(_day_of(month, day), self._batch_time())
                if paid > at:
                    data = {
                        "contract_id": contract,
                        "balance_cop": 1_850_000,
                        "days_overdue": day - 5,
                        "dunning_step": number,
                        "tenant": {"ref": tenant.ref},
                        "unit_id": tenant.unit,
                        "copropiedad_id": self._place,
                    }
                    self._publish(
                        "realestate.rent.overdue",
                        at,
                        data,
                        purpose="collection",
                        late=self._delay(),
                        account=contract,
                        debt=debt,
                    )
            self._publish(
                "realestate.rent.received",
                paid,
                {
                    "contract_id": contract,
                    "amount_cop": 1_850_000,
                    "paid_at": paid.isoformat(),
                    "receipt_no": f"RA-{debt}",
                    "tenant": {"ref": tenant.ref},
                    "landlord": {"name": "Agencia", "email": "agencia@example.com"},
                    "copropiedad_id": self._place,
                },
                purpose="transactional",
                facts=(Payment(debt=debt, known=paid),),
            )

    def _paid_at(self, issued: datetime) -> datetime:
        """Most pay in time, at any hour; some while notices are held for the morning."""
        if self._random.random() < 0.2:
            night = _local(
                _day_of(issued.astimezone(BOGOTA).date(), self._random.choice((12, 17, 22))), time(2)
            )
            return night + self._up_to(timedelta(hours=9))
        first, last = self._random.choices(((1, 10), (10, 27), (27, 40)), weights=(5, 2, 1))[0]
        return issued + timedelta(days=first) + self._up_to(timedelta(days=last - first))

    def _delay(self) -> timedelta:
        """A notice in twenty arrives late: a payment may have overtaken it."""
        return self._up_to(timedelta(days=2)) if self._random.random() < 0.05 else timedelta(0)

    def _changes_of_payer(self) -> None:
        """Tenants begin and cease to pay the fees of their flat, also while a notice is held."""
        for owner, tenant in zip(self._people[::2], self._people[1::2], strict=False):
            pays = self._payers[tenant.unit] == tenant.ref
            for version, at in enumerate(self._nights_of_notices(), 2):
                pays = not pays
                data = (
                    {"person_id": tenant.ref, "scope": f"unit:{tenant.unit}", "role": "payer"} if pays else {}
                )
                values = {"membership_id": f"m-{tenant.ref}-payer", "version": version, **data}
                name = f"directory.membership.{'upserted' if pays else 'removed'}"
                event = self._event(name, at, values, _NOTHING)
                payer = tenant if pays else owner
                self._acts.append(Act(at=at, event=event, payer=(tenant.unit, payer.ref)))

    def _nights_of_notices(self) -> Sequence[datetime]:
        """Choose nights in which a notice may be held until the morning."""
        months = self._random.sample(self._months(), min(4, len(self._months())))
        days = [_day_of(month, self._random.choice((12, 13, 17, 18, 22, 23))) for month in sorted(months)]
        return [_local(day, time(3)) for day in days if 0 <= (day - FIRST_DAY).days < self._days]

    def _campaigns(self) -> None:
        """Three advertisements a month, at hours at which nobody should be called."""
        for day in sorted(self._random.sample(range(2, self._days), self._days // 10)):
            at = self._on(day, self._any_time())
            data = {
                "campaign_id": f"camp-{self._place}-{day}",
                "property_id": f"INM-{day}",
                "segment": "todos",
                "valid_until": (at + timedelta(days=10)).isoformat(),
                "property": "Apartamento de dos alcobas",
                "copropiedad_id": self._place,
            }
            self._publish("realestate.listing.promoted", at, data, purpose="commercial")

    def _notices(self) -> None:
        """A notice of the building each quarter, and an emergency: nobody may lose those to a limit."""
        for day in range(20, self._days, 90):
            title = {"circular_id": f"circ-{self._place}-{day}", "title": "Fumigación", "audience": "both"}
            body = {"body_markdown": "Cierre sus ventanas.", "copropiedad_id": self._place}
            self._publish(
                "admin.circular.issued", self._on(day, self._any_time()), title | body, purpose="service"
            )
        for day in range(60, self._days, 200):
            data = {
                "copropiedad_id": self._place,
                "emergency_id": f"eme-{self._place}-{day}",
                "kind": "fuga de gas",
                "severity": "alta",
                "instruction": "Salga por las escaleras.",
                "contact": "601 555 0199",
                "scope": "Torre 2",
                "drill": False,
            }
            at = self._on(day, self._any_time())
            event = self._publish("emergency.declared", at, data, purpose="emergency")
            if event is not None:
                self._owed += [
                    Owed(person=one.ref, about=event.id, by=at + _SOON) for one in self._people[1::2]
                ]
        for day in range(45, self._days, 80):
            at = self._on(day, self._any_time())
            data = {
                "copropiedad_id": self._place,
                "outage_id": f"corte-{self._place}-{day}",
                "service": "agua",
                "since": at.isoformat(),
            }
            self._publish("building.outage.reported", at, data, purpose="service", urgent=True)
        for person in self._people[::2]:
            at = self._some_time()
            data = {
                "package_id": f"paq-{person.ref}",
                "unit_id": person.unit,
                "carrier": "Servientrega",
                "received_at": at.isoformat(),
                "copropiedad_id": self._place,
            }
            self._publish("concierge.package.received", at, data, purpose="service")

    def _months(self) -> Sequence[date]:
        last = FIRST_DAY + timedelta(days=self._days)
        months = [FIRST_DAY.replace(day=1)]
        while (following := (months[-1] + timedelta(days=32)).replace(day=1)) < last:
            months.append(following)
        return months[1:] if self._days > 31 else months

    def _some_time(self) -> datetime:
        return start() + timedelta(days=2) + self._up_to(timedelta(days=self._days - 2))

    def _up_to(self, longest: timedelta) -> timedelta:
        return timedelta(seconds=self._random.randrange(1, int(longest.total_seconds())))

    def _on(self, day: int, at: time) -> datetime:
        return _local(FIRST_DAY + timedelta(days=day), at)

    def _any_time(self) -> time:
        return self._random.choice(
            (self._batch_time(), time(self._random.randrange(24), self._random.randrange(60), 17))
        )

    def _batch_time(self) -> time:
        """Hours at which jobs run, and the seconds before a window ends."""
        return self._random.choice(
            (time(2), time(6, 59, 58), time(7), time(11, 30), time(14, 59, 59), time(18, 59, 58), time(22))
        )

    def _publish(
        self,
        name: str,
        at: datetime,
        data: Mapping[str, Any],
        *,
        purpose: str,
        facts: Sequence[Fact] = (),
        late: timedelta = timedelta(0),
        account: str | None = None,
        debt: str | None = None,
        urgent: bool = False,
    ) -> Event | None:
        if not start() <= at < start() + timedelta(days=self._days):
            return None
        about = About(purpose=purpose, account=account, debt=debt, urgent=urgent)
        event = self._event(name, at, data, about)
        self._acts.append(Act(at=at, event=event, facts=facts, late=late))
        return event

    def _event(self, name: str, at: datetime, data: Mapping[str, Any], about: About) -> Event:
        self._count += 1
        event = Event(
            id=f"{self._place}-{self._count}",
            source=BILLING,
            type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
            time=at,
            data=dict(data),
            extensions={},
        )
        self._book[event.id] = about
        return event


def _resident(number: int, index: int) -> Resident:
    ref = f"p-{number}-{index}"
    return Resident(
        ref=ref,
        unit=f"u-{number}-{index // 2}",
        email=f"{ref}@example.com",
        phone=f"+57300{number:03}{index:04}",
        token=f"token-{ref}",
        language="en" if index % 7 == 3 else "es",
    )


def _contract(tenant: Resident) -> str:
    return f"arr-{tenant.ref}"


def _day_of(month: date, day: int) -> date:
    return month.replace(day=day)


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, BOGOTA).astimezone(UTC)
