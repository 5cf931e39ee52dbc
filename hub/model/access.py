"""People who sign in to the console, and what each may do where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.model.keys import Scope

PropertyScope = frozenset[str] | None
"""The ids of copropiedades; None is everywhere."""

Reach = Mapping[Scope, PropertyScope]
"""What somebody may do, and where."""

NOWHERE: Final[PropertyScope] = frozenset()

EVERYWHERE: Final = ""
"""In a grant: the whole company, with what belongs to no copropiedad."""


class Office(StrEnum):
    """What somebody is at the console, for a copropiedad or everywhere."""

    VIEWER = "viewer"
    """Sees lists and sums; people masked."""
    OPERATOR = "operator"
    """Also sends again, holds back, hands letters over."""
    MANAGER = "manager"
    """Also sees people and what they are told, whole."""
    PRIVACY_OFFICER = "privacy_officer"
    """Sees people whole, and the audit; changes nothing."""
    ADMINISTRATOR = "administrator"
    """Gives accounts and keys, and operates; people masked."""


SCOPES_OF: Final[Mapping[Office, frozenset[Scope]]] = {
    Office.VIEWER: frozenset({Scope.READ}),
    Office.OPERATOR: frozenset({Scope.READ, Scope.OPERATE}),
    Office.MANAGER: frozenset({Scope.READ, Scope.OPERATE, Scope.PRIVACY}),
    Office.PRIVACY_OFFICER: frozenset({Scope.READ, Scope.PRIVACY}),
    Office.ADMINISTRATOR: frozenset({Scope.READ, Scope.OPERATE, Scope.ADMIN}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An office in one copropiedad, or EVERYWHERE."""

    office: Office
    copropiedad_id: str = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in. `name` is what with, in lower case."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    Somebody signed in, as it is kept: the hash of what the cookie holds.

    Without an account it was opened with HUB_API_KEY.
    """

    hash: bytes = field(repr=False)
    account_id: UUID | None
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


def reach_of(grants: tuple[Grant, ...]) -> Reach:
    """Answer what these offices allow together, and where."""
    reach: dict[Scope, PropertyScope] = {}
    for grant in grants:
        for scope in SCOPES_OF[grant.office]:
            here = None if grant.copropiedad_id == EVERYWHERE else frozenset({grant.copropiedad_id})
            reach[scope] = union(reach.get(scope, NOWHERE), here)
    return reach


def union(one: PropertyScope, other: PropertyScope) -> PropertyScope:
    """Answer the places of both."""
    return None if one is None or other is None else one | other
