"""
Addresses of a person: those that the person has or had, and which of them may stand for the person alone.

A row that names nobody by reference is a person's by its address, if nobody else of the directory has or had
that address (docs/decisions/0144-addresses-of-one-person-stand-for-that-person.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from asyncpg import Record

from hub.model.ids import stranger_ref
from hub.people.audience.contacts import written_as
from hub.people.erasing import addresses_in
from hub.storage.database import Runner, load, storable

_SQL = load("own_addresses")
FOREVER: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByAddress:
    """
    The addresses, in lower case, that stand for one person and for nobody else, and until when they do.

    `refs` are the references of a stranger who left only these.
    """

    refs: Mapping[str, datetime] = field(default_factory=dict)
    addresses: Mapping[str, datetime] = field(default_factory=dict)


NO_ADDRESS: Final = ByAddress()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddresses:
    """
    Names and addresses of a person, as written and as messages write them.

    `held` are the addresses that nobody else has now; of these, `alone` are those that nobody else ever had.
    `left` is when the person had an address no more: who has it since then may be unknown to the directory.
    """

    person: str
    names: AbstractSet[str]
    held: AbstractSet[str]
    alone: AbstractSet[str]
    left: Mapping[str, datetime]

    @property
    def lower(self) -> Mapping[str, datetime]:
        """The addresses that stand for the person, in lower case, and until when they do."""
        return {address.lower(): self.until(address) for address in sorted(self.alone)}

    def until(self, *addresses: str | None) -> datetime:
        """Return until when the person had all of these."""
        return min((self.left.get(address, FOREVER) for address in addresses if address), default=FOREVER)

    @property
    def contacts(self) -> AbstractSet[str]:
        """Mail addresses and numbers that stand for the person, as messages write them."""
        return {written for address in self.alone if (written := written_as(address)) is not None}

    @property
    def refs(self) -> Mapping[str, datetime]:
        """
        The references of the person, and until when: the own one, and those of a stranger who left only these
        addresses. Whoever left another one besides may be somebody else.
        """
        emails = [None, *(address for address in self.contacts if "@" in address)]
        phones = [None, *(address for address in self.contacts if "@" not in address)]
        pairs = [(email, phone) for email in emails for phone in phones if email or phone]
        strangers = {stranger_ref(email, phone): self.until(email, phone) for email, phone in pairs}
        return {**strangers, self.person: FOREVER}


async def own_addresses(run: Runner, person: str) -> OwnAddresses:
    """Return names and addresses of a person of the directory, or of a stranger."""
    asked = storable(person)
    versions = await run.rows(_SQL["versions"], asked)
    named = [*await run.rows(_SQL["known"], asked), *await run.rows(_SQL["written"], asked)]
    points = [_points(row["data"].get("contact_points")) for row in versions]
    held = [
        _points([*(row.get("contact_points") or ()), *(row.get("contact_points_given") or ())])
        for row in named
    ]
    written = _usual(row["address"] for row in named if row.get("address") not in (None, "", person))
    every = written.union(*points, *held)
    shared = await run.rows(_SQL["shared"], asked, sorted(every))
    names = {str(row["data"].get("names") or "") for row in versions} | {row["name"] for row in named}
    return OwnAddresses(
        person=person,
        names=names - {""},
        held=every - {row["address"] for row in shared if row["now"]},
        alone=every - {row["address"] for row in shared},
        left=_left(versions, points, now=frozenset().union(*held)),
    )


def _left(
    versions: Iterable[Record], points: Iterable[AbstractSet[str]], *, now: AbstractSet[str]
) -> Mapping[str, datetime]:
    """Return when the person had each address no more; nothing of those that the person has now."""
    found: dict[str, datetime] = {}
    had: set[str] = set()
    for version, there in zip(versions, points, strict=True):
        found |= dict.fromkeys(had - there - found.keys(), version["since"])
        found = {address: at for address, at in found.items() if address not in there}
        had |= there
    return {address: at for address, at in found.items() if address not in now}


def _points(given: Iterable[Mapping[str, object]] | None) -> set[str]:
    return _usual(str(point["value"]) for point in given or ())


def _usual(raw: Iterable[str]) -> set[str]:
    """Return addresses as written, and as messages write them."""
    return {address for one in raw if one for address in (one, *addresses_in(one).values())}
