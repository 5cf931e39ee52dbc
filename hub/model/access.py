"""Accounts of the console, and what each may do in which copropiedad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model.keys import Scope

PropertyScope = frozenset[str] | None
"""The ids of copropiedades; None means everywhere."""

Reach = Mapping[Scope, PropertyScope]
"""The rights of an account, and their places."""

EVERYTHING: Final[Reach] = dict.fromkeys(Scope)

NOWHERE: Final[PropertyScope] = frozenset()

EVERYWHERE: Final = ""
"""In a grant: the whole company, including what belongs to no copropiedad."""


class Office(StrEnum):
    """A role at the console, for one copropiedad or everywhere."""

    VIEWER = "viewer"
    """Sees lists and totals; people masked."""
    OPERATOR = "operator"
    """Also answers people, and sees their names, units and words; redrives, marks letters as handed over."""
    MANAGER = "manager"
    """Also sees addresses, proofs and documents."""
    PRIVACY_OFFICER = "privacy_officer"
    """Sees people unmasked, and the audit log; changes nothing."""
    ADMINISTRATOR = "administrator"
    """Creates accounts and keys, and operates."""


SCOPES_OF: Final[Mapping[Office, frozenset[Scope]]] = {
    Office.VIEWER: frozenset({Scope.READ}),
    Office.OPERATOR: frozenset({Scope.READ, Scope.OPERATE}),
    Office.MANAGER: frozenset({Scope.READ, Scope.OPERATE, Scope.PRIVACY}),
    Office.PRIVACY_OFFICER: frozenset({Scope.READ, Scope.PRIVACY}),
    Office.ADMINISTRATOR: frozenset({Scope.READ, Scope.OPERATE, Scope.ADMIN}),
}

SECOND_FACTOR_OFFICES: Final = frozenset({Office.ADMINISTRATOR, Office.MANAGER, Office.PRIVACY_OFFICER})
"""For these a password is not enough: they give access, or see people unmasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An office in one copropiedad, or EVERYWHERE."""

    office: Office
    copropiedad_id: str = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    A person who signs in. `name` is the sign-in name, in lower case.

    `person` is its person in the directory: the inbox of that person is the account's.
    """

    id: UUID
    name: str
    display_name: str
    password_hash: str = field(repr=False)
    grants: tuple[Grant, ...]
    must_change: bool
    created_at: datetime
    created_by: str
    failures: int = 0
    locked_until: datetime | None = None
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None
    person: str | None = None
    password_until: datetime | None = None
    """Until when a one-time password opens; None for a password of one's own."""
    reset_at: datetime | None = None
    """When somebody else last set a one-time password for it."""
    reset_by: str | None = None
    """Who did, as the audit names them."""
    second_factor: bool = False
    """Whether one is enrolled."""

    @property
    def needs_second_factor(self) -> bool:
        """Return whether one of its offices is not for a password alone."""
        return any(grant.office in SECOND_FACTOR_OFFICES for grant in self.grants)


class AccountReset(Struct, frozen=True, kw_only=True):
    """A one-time password that somebody else has set for an account, of which its person is to be told."""

    account_id: UUID
    account: str
    person: str
    at: datetime
    by: str
    """Who has set it, as the audit names them."""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """
    The stored second factor of an account.

    `sealed` is the secret, encrypted; `last_step` the time step of the last code that was accepted.
    """

    sealed: str = field(repr=False)
    last_step: int
    enrolled_at: datetime
    codes_left: int
    """Recovery codes that have not been used."""
    tries: int = 0
    """Codes counted against it since `since`: wrong ones, and those that are being checked."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAttempt:
    """A code counted against a second factor: the `tries` with it, and when the first of them was."""

    tries: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    A session as stored, with the hash of the cookie's token.

    A session without an account was opened with HUB_API_KEY.
    """

    hash: bytes = field(repr=False)
    account_id: UUID | None
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


def reach_of(grants: tuple[Grant, ...]) -> Reach:
    """Return the joint rights of these grants, and their places."""
    reach: dict[Scope, PropertyScope] = {}
    for grant in grants:
        for scope in SCOPES_OF[grant.office]:
            here = None if grant.copropiedad_id == EVERYWHERE else frozenset({grant.copropiedad_id})
            reach[scope] = union(reach.get(scope, NOWHERE), here)
    return reach


def covers(reach: Reach, other: Reach) -> bool:
    """Return whether whoever has `reach` has each scope of `other`, wherever that has it."""
    return all(
        scope in reach and union(reach[scope], where) == reach[scope] for scope, where in other.items()
    )


def within(places: PropertyScope, copropiedad: str | None) -> PropertyScope:
    """Return those of the places that a filter by copropiedad leaves; all of them for None."""
    if copropiedad is None:
        return places
    return frozenset({copropiedad}) if places is None or copropiedad in places else NOWHERE


def union(first: PropertyScope, second: PropertyScope) -> PropertyScope:
    return None if first is None or second is None else first | second
