"""Accounts as rows, without password hashes, and the bodies and forms that change them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import asdict

from hub.doors.cells import MOMENT, Cell
from hub.model import EVERYWHERE, Account, Grant, Instant, Office, Word
from hub.rendering.labels_es import ACCOUNT_STATES

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


def _factor(line: AccountLine) -> str:
    return "sí" if line.second_factor else "no"


class AccountLine(Struct, kw_only=True):
    """A line of the sheet: an office of an account, in one place."""

    name: Annotated[str, Cell("Cuenta")]
    display_name: Annotated[str, Cell("Nombre")]
    office: Annotated[str, Cell("Cargo")]
    place: Annotated[str, Cell("Copropiedad")]
    state: Annotated[str, Cell("Estado", words=ACCOUNT_STATES)]
    second_factor: Annotated[bool, Cell("Segundo factor", value=_factor)]
    signed_in_at: Annotated[Instant | None, Cell("Último ingreso", MOMENT)]


class AccountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Word, Meta(description="2 to 64 small letters, digits, dots, dashes, underscores.")]
    display_name: Annotated[Word, Meta(description="Who it is, as colleagues know them.")]
    grants: list[GrantBody]


class GrantsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grants: Annotated[list[GrantBody], Meta(min_length=1)]


class PersonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: Annotated[Word | None, Meta(description="The person's reference; null for nobody.")]


class OfficeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office in one place; `*` is everywhere."""

    office: Office
    place: Word

    @property
    def grants(self) -> list[GrantBody]:
        return [GrantBody(office=self.office, copropiedad_id=self.place)]


class AccountForm(OfficeForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Word
    display_name: Word


class PersonForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: Word | None = None


def row(account: Account, *, locked: bool) -> AccountRow:
    return AccountRow(
        name=account.name,
        display_name=account.display_name,
        state="disabled" if account.disabled_at else "locked" if locked else "active",
        must_change=account.must_change,
        password_until=account.password_until,
        second_factor=account.second_factor,
        grants=bodies_of(account.grants),
        person=account.person,
        created_at=account.created_at,
        created_by=account.created_by,
        signed_in_at=account.signed_in_at,
        locked_until=account.locked_until if locked else None,
        disabled_at=account.disabled_at,
    )


def made(shown: AccountRow, password: str) -> AccountMade:
    """Make the row of an account with its one-time password."""
    return AccountMade(**asdict(shown), password=password)


def grants_of(bodies: Iterable[GrantBody]) -> list[Grant]:
    places = ((one.office, one.copropiedad_id) for one in bodies)
    return [Grant(office=office, copropiedad_id=EVERYWHERE if of == ALL else of) for office, of in places]


def bodies_of(grants: Iterable[Grant]) -> list[GrantBody]:
    return [GrantBody(office=one.office, copropiedad_id=one.copropiedad_id or ALL) for one in grants]
