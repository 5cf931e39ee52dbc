"""Strangers, known by their contacts alone: their references, and the reason why they must stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.errors import HubError, KeptByDuty, UnknownName
from hub.model.ids import stranger_ref
from hub.people.audience.contacts import written_as
from hub.storage.database import Database
from hub.storage.strangers import has_open_case, known

_OPEN: Final = "No se suprime: tiene un caso abierto; hay que responderlo primero."
_NOBODY: Final = (
    "No hay mensajes a esa dirección sola. Si dejó correo y celular, dé los dos; si está en el directorio, "
    "suprímala por su person_id."
)


async def strangers_of(db: Database, given: Sequence[str]) -> Sequence[str]:
    """
    Return the references of people who left these addresses, each alone or both at once.

    Raises HubError, UnknownName, and KeptByDuty while a case of theirs runs.
    """
    addresses = [_read(address) for address in given]
    emails = [address for address in addresses if "@" in address]
    phones = [address for address in addresses if "@" not in address]
    pairs = [(email, phone) for email in (None, *emails) for phone in (None, *phones) if email or phone]
    if await has_open_case(db, addresses):
        raise KeptByDuty(_OPEN)
    found = await known(db, {stranger_ref(email, phone) for email, phone in pairs})
    if not found:
        raise UnknownName(_NOBODY)
    return found


def _read(address: str) -> str:
    written = written_as(address.strip())
    if written is None:
        raise HubError("Eso no es un correo ni un celular.")
    return written
