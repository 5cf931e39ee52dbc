"""People, and the ways to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a unit, a copropiedad or the company."""

    OWNER = "owner"
    RESIDENT = "resident"
    TENANT = "tenant"
    PAYER = "payer"
    COUNCIL = "council"
    AUDITOR = "auditor"
    PROXY = "proxy"
    ACCOUNTING_CLIENT = "accounting_client"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """`kind` is `email`, `phone` (value in E.164) or `push` (a device token)."""

    id: str
    kind: str
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkWeek:
    """
    Somebody's own working hours: of each day, Monday first, when they open and close (`06:00`, `24:00`).

    `holidays` is true of who works on those as on other days.
    """

    days: tuple[tuple[tuple[str, str], ...], ...]
    holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Somebody of the directory, or a stranger whose `ref` was made from an inline contact.

    Where people were looked up by units, `units` are the labels of those that brought this one in, sorted.
    `left_out` is the reason why somebody of the group is not told (`on_leave`, `not_opted_in`), `stand_in` is
    who is told instead, by reference.
    `any_hour` is true of staff who are told outside working hours, too: on call, of the direction, on shift.
    `weeks` are the hours of staff who have their own, any of which is working time; None among them is the
    company's.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A way to reach somebody: a channel and one contact point for it."""

    channel: str
    contact_id: str
    address: str
