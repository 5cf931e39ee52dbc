"""People and their contact points."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.model.consents import Consent
from hub.model.preferences import Mark, Preferences


class Role(StrEnum):
    """A person's role in a unit, a copropiedad or the company."""

    OWNER = "owner"
    RESIDENT = "resident"
    TENANT = "tenant"
    PAYER = "payer"
    COUNCIL = "council"
    AUDITOR = "auditor"
    PROXY = "proxy"
    ACCOUNTING_CLIENT = "accounting_client"
    STAFF = "staff"


POSTAL: Final = "postal"
"""The kind of contact point of a stranger's letters."""


class ContactPoint(Struct, frozen=True, kw_only=True):
    """`kind` is `email`, `phone` (value in E.164), `push` (a device token) or `postal`, of a stranger."""

    id: str
    kind: str
    value: str
    verified: bool = False


class WorkWeek(Struct, frozen=True, kw_only=True):
    """
    A person's own working hours: for each day, Monday first, pairs of start and end (`06:00`, `24:00`).

    `holidays` is true if the person works on holidays as on other days.
    """

    days: tuple[tuple[tuple[str, str], ...], ...]
    holidays: bool = False


class Person(Struct, frozen=True, kw_only=True):
    """
    A person of the directory, or a stranger whose `ref` was made from an inline contact.

    If people were looked up by units, `units` are the labels of the units that matched this person, sorted.
    `left_out` is the reason why a person of the group is not notified (`on_leave`, `not_opted_in`),
    `stand_in` the reference of the person notified instead. `any_hour` is true of staff who are notified
    outside working hours, too: on call, direction, on shift. `weeks` are the working hours of staff with
    their own, any of which is working time; None among them means the company's hours. `statements` are what
    the person has stated about the purpose that was looked up, `opted_out` why they want no such messages: by
    address, the empty one for all of them. `preferences` are the person's own, `mark` that of staff: do not
    contact. `elsewhere` is true of somebody who does not live where the group is,
    `other_tower` of somebody who lives there, but in none of the towers that the event names.
    """

    ref: str
    name: str
    contact_points: tuple[ContactPoint, ...] = ()
    locale: str = "es"
    digital_access: bool = True
    known: bool = True
    units: tuple[str, ...] = ()
    left_out: str | None = None
    stand_in: str | None = None
    any_hour: bool = False
    weeks: tuple[WorkWeek | None, ...] = ()
    statements: tuple[Consent, ...] = ()
    opted_out: tuple[tuple[str, str], ...] = ()
    preferences: Preferences | None = None
    mark: Mark | None = None
    elsewhere: bool = False
    other_tower: bool = False


class Target(Struct, frozen=True, kw_only=True):
    """A channel and one contact point for it."""

    channel: str
    contact_id: str
    address: str
