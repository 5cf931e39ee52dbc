"""Look-up of a case: by its key, its number, or the id of anything in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.catalog import CATALOG
from hub.model import Instant, PropertyScope
from hub.ports.cases import KnownCase
from hub.rendering.titles_es import EVENTS
from hub.storage import PostgresCases

LONGEST: Final = 1000
"""Characters of a key."""
HOW_KEYS_LOOK: Final = (
    "Sirven el radicado (PQ-2026-000901), el número del caso en su sistema, la clave de su «Detalle técnico» "
    "y el número de un aviso, un mensaje o un plazo."
)
_STEP: Final = "clock_id:"
_PETITION: Final = "pqrs_id:"
_FIELDS: Final = sorted({f"{kind.realm}{kind.case}:" for kind in CATALOG} - {_STEP})
"""The beginnings of the keys of cases. The events of a clock's steps belong to the case of the clock."""


class CaseChoice(Struct, kw_only=True):
    """One of several cases that a number may mean."""

    case: Annotated[
        str, Meta(description="Its key, which means this case only.", examples=["pqrs_id:pqrs-1"])
    ]
    title: Annotated[str, Meta(description="Spanish; what opened it.", examples=["PQRS recibida"])]
    opened_at: Instant | None


class CaseChoices(Struct, kw_only=True):
    """Several cases have this number: ask again with the key of one."""

    choices: list[CaseChoice]


async def find(store: PostgresCases, asked: str, *, places: PropertyScope = None) -> Sequence[KnownCase]:
    """
    Return the cases that `asked` may mean and `places` include: none, one, or several to choose from.

    A whole key means that case and no other.
    """
    text = asked.strip()
    if not 0 < len(text) <= LONGEST:
        return []
    whole = ":" in text and not text.startswith(_STEP)
    if whole and (found := await store.known([text], places=places)):
        return found
    words = {text, text.upper()}
    named = await store.named(sorted(words), list(_ids(text)))
    keys = {f"{field}{word}" for field in _FIELDS for word in words}
    return await store.known({*keys, *named}, places=places)


async def is_radicado(store: PostgresCases, number: str) -> bool:
    """Return whether a PQRS of any copropiedad has this number: another one would join its case."""
    return any(known.case.startswith(_PETITION) for known in await find(store, number))


def choices(found: Sequence[KnownCase]) -> CaseChoices:
    return CaseChoices(
        choices=[
            CaseChoice(case=known.case, title=title_of(known), opened_at=_opened_at(known)) for known in found
        ]
    )


def title_of(case: KnownCase) -> str:
    """`PQRS recibida`: the title of the event that opened the case."""
    name = case.first.event.name if case.first is not None else ""
    return EVENTS.get(name, name) or "Caso"


def _opened_at(case: KnownCase) -> datetime | None:
    return case.first.event.time if case.first is not None else None


def _ids(text: str) -> Iterator[UUID]:
    try:
        yield UUID(text.removeprefix(_STEP))
    except ValueError:
        return
