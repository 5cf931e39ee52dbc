"""Accounts as the API and the command line show them, without password hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import asdict

from hub.model import Account, Instant, Office, Word

ALL: Final = "*"
"""Stands for everywhere: a missing value must not grant the most."""


class GrantBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office in one copropiedad."""

    office: Office
    copropiedad_id: Annotated[Word, Meta(min_length=1, description="`*` is everywhere.")]


class AccountRow(Struct, kw_only=True):
    """An account that signs in to the console."""

    name: str
    display_name: str
    state: Annotated[str, Meta(description="`active`, `locked` or `disabled`.")]
    must_change: Annotated[bool, Meta(description="The password opens once, to choose another.")]
    password_until: Annotated[Instant | None, Meta(description="Until when a one-time password opens.")]
    second_factor: Annotated[bool, Meta(description="Whether it has enrolled one.")]
    grants: list[GrantBody]
    person: Annotated[str | None, Meta(description="Who it is in the directory, whose inbox it reads.")]
    created_at: Instant
    created_by: str
    signed_in_at: Instant | None
    locked_until: Instant | None
    disabled_at: Instant | None


class AccountMade(AccountRow, kw_only=True):
    """`password` is shown only here; it opens until `password_until`, to choose another."""

    password: str


def row(account: Account, *, now: datetime) -> AccountRow:
    locked = account.locked_until is not None and account.locked_until > now
    return AccountRow(
        name=account.name,
        display_name=account.display_name,
        state="disabled" if account.disabled_at else "locked" if locked else "active",
        must_change=account.must_change,
        password_until=account.password_until,
        second_factor=account.second_factor,
        grants=[
            GrantBody(office=grant.office, copropiedad_id=grant.copropiedad_id or ALL)
            for grant in account.grants
        ],
        person=account.person,
        created_at=account.created_at,
        created_by=account.created_by,
        signed_in_at=account.signed_in_at,
        locked_until=account.locked_until if locked else None,
        disabled_at=account.disabled_at,
    )


def made(account: Account, password: str, *, now: datetime) -> AccountMade:
    """Make a new account's row with its one-time password."""
    return AccountMade(**asdict(row(account, now=now)), password=password)
