"""
Addresses of a person: those that the person has or had, and which of them may stand for the person alone.

A row that names nobody by reference is a person's by its address, if nobody else of the directory has or had
that address (docs/decisions/0144-addresses-of-one-person-stand-for-that-person.md).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from hub.model.ids import stranger_ref
from hub.people.audience.contacts import written_as
from hub.people.erasing import addresses_in
from hub.storage.database import Runner, load, storable

_SQL = load("own_addresses")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddresses:
    """
    Names and addresses of a person, as written and as messages write them.

    `held` are the addresses that nobody else has now; of these, `alone` are those that nobody else ever had.
    """

    person: str
    names: AbstractSet[str]
    held: AbstractSet[str]
    alone: AbstractSet[str]

    @property
    def lower(self) -> list[str]:
        """The addresses that stand for the person, in lower case."""
        return sorted({address.lower() for address in self.alone})

    @property
    def contacts(self) -> AbstractSet[str]:
        """Mail addresses and numbers that stand for the person, as messages write them."""
        return {written for address in self.alone if (written := written_as(address)) is not None}

    @property
    def refs(self) -> list[str]:
        """
        The references of the person: the own one, and those of a stranger who left only these addresses.

        Whoever left another one besides may be somebody else.
        """
        emails = [None, *(address for address in self.contacts if "@" in address)]
        phones = [None, *(address for address in self.contacts if "@" not in address)]
        pairs = [(email, phone) for email in emails for phone in phones if email or phone]
        return sorted({self.person, *(stranger_ref(email, phone) for email, phone in pairs)})


async def own_addresses(run: Runner, person: str) -> OwnAddresses:
    """Return names and addresses of a person of the directory, or of a stranger."""
    names, addresses = await _all(run, storable(person) or "")
    addresses -= {"", person}
    usual = {address for raw in addresses for address in (raw, *addresses_in(raw).values())}
    shared = await run.rows(_SQL["shared"], storable(person), sorted(usual))
    return OwnAddresses(
        person=person,
        names=names - {""},
        held=usual - {row["address"] for row in shared if row["now"]},
        alone=usual - {row["address"] for row in shared},
    )


async def _all(run: Runner, person: str) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    addresses: set[str] = set()
    for row in await run.rows(_SQL["known"], person):
        names.add(row["name"])
        points = [*(row["contact_points"] or ()), *(row["contact_points_given"] or ())]
        addresses.update(str(point["value"]) for point in points)
    for row in await run.rows(_SQL["versions"], person):
        names.add(str(row["data"].get("names") or ""))
        addresses.update(str(point["value"]) for point in row["data"].get("contact_points") or ())
    for row in await run.rows(_SQL["written"], person):
        names.add(row["name"])
        addresses.add(row["address"])
    return names, addresses
