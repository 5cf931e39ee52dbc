"""Expected recipients of an event, from the published events alone, without the hub's code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Address = tuple[str, str]
"""Channel and address, which a provider sees of a person."""
_Data = Mapping[str, Any]

_COMPANY: Final = "servicio@coproservicios.example"
"""The company's own address, in the built-in policy."""
_CHANNELS: Final = {"email": "email", "phone": "sms", "push": "push"}
"""Kind of contact point → the channel that reaches it."""


@dataclass(frozen=True)
class Directory:
    """People, their roles, and the person who began each case, from the last published versions."""

    people: Mapping[str, _Data] = field(default_factory=dict)
    memberships: Mapping[str, _Data] = field(default_factory=dict)
    petitioners: Mapping[str, _Data] = field(default_factory=dict)

    @staticmethod
    def of(events: Iterable[Mapping[str, Any]]) -> Directory:
        people, memberships, petitioners = {}, {}, {}
        for event in events:
            data = event["data"]
            if name(event) == "directory.person.upserted":
                people[data["person_id"]] = data
            elif name(event) == "directory.membership.upserted":
                memberships[data["membership_id"]] = data
            elif "petitioner" in data:
                petitioners[data["pqrs_id"]] = data["petitioner"]
        return Directory(people, memberships, petitioners)

    def reached(self, person: str, *channels: str) -> Iterator[Address]:
        for point in self.people[person]["contact_points"]:
            channel = _CHANNELS[point["kind"]]
            if channel in channels:
                yield channel, as_dialled(point["value"]) if channel == "sms" else point["value"]

    def staff(self, level: int) -> Iterator[str]:
        for membership in self.memberships.values():
            if membership["role"] == "staff" and membership.get("level") == level:
                yield membership["person_id"]

    def residents(self, building: str) -> Iterator[str]:
        """Return the residents, each once, with any other roles."""
        del building  # the tests have one
        found = {
            membership["person_id"]
            for membership in self.memberships.values()
            if membership["role"] == "resident"
        }
        yield from sorted(found)


def name(event: Mapping[str, Any]) -> str:
    """Return `pqrs.received` of `co.coproservicios.pqrs.received.v1`."""
    return str(event["type"]).removeprefix("co.coproservicios.").rpartition(".")[0]


def recipients(event: Mapping[str, Any], directory: Directory) -> set[Address]:
    """Return the addresses that a provider should reach; the inbox has no provider."""
    who = _RECIPIENTS.get(name(event))
    return set(who(event["data"], directory)) if who else set()


def as_dialled(phone: str) -> str:
    """Make +573001234567 of `300 123 4567`: the numbers of the tests are Colombian mobiles."""
    return phone if phone.startswith("+") else f"+57{phone.replace(' ', '')}"


def _petitioner_first(data: _Data, directory: Directory) -> Iterator[Address]:
    """Use mail, or text for people without mail."""
    yield _contacts(data, directory)[0]


def _petitioner_all(data: _Data, directory: Directory) -> Iterator[Address]:
    """Use mail and text."""
    yield from _contacts(data, directory)


def _contacts(data: _Data, directory: Directory) -> list[Address]:
    petitioner = data.get("petitioner") or directory.petitioners[data["pqrs_id"]]
    mail = [("email", petitioner["email"])] if "email" in petitioner else []
    text = [("sms", as_dialled(petitioner["phone"]))] if "phone" in petitioner else []
    return [*mail, *text]


def _escalated(data: _Data, directory: Directory) -> Iterator[Address]:
    """Return the level that now has the case, and the petitioner; the last step reminds only its level."""
    for person in directory.staff(data["to_level"]):
        yield from directory.reached(person, "email", "sms")
    if data["cause"] == "unanswered":
        yield from (contact for contact in _contacts(data, directory) if contact[0] == "email")


def _holder(data: _Data, directory: Directory) -> Iterator[Address]:
    """Return, by mail, who holds the level that a clock warns."""
    for person in directory.staff(data["level"]):
        yield from directory.reached(person, "email")


def _called(data: _Data, directory: Directory) -> Iterator[Address]:
    """Return, by mail, everybody who was called about a closed promise; the inbox has no provider."""
    for called in data["called"]:
        yield from directory.reached(called["ref"], "email")


def _residents(data: _Data, directory: Directory) -> Iterator[Address]:
    for person in directory.residents(data["copropiedad_id"]):
        yield from directory.reached(person, "email", "push")


def _watchers(data: _Data, _: Directory) -> Iterator[Address]:
    """Return who is notified of the hub's incidents, unless mail is the incident; no staff has that duty."""
    if "email" not in data["avoid"]:
        yield "email", _COMPANY


_RECIPIENTS: Final[Mapping[str, Callable[[_Data, Directory], Iterable[Address]]]] = {
    "pqrs.received": _petitioner_all,
    "pqrs.replied": _petitioner_first,
    "pqrs.escalated": _escalated,
    "sla.at_risk": _holder,
    "sla.breached": _holder,
    "sla.resolved": _called,
    "maintenance.scheduled.announced": _residents,
    "hub.trouble.began": _watchers,
    "hub.trouble.ended": _watchers,
}
