"""A look at a record with a person's data: as the sight of the actor has it, and always audited."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.access.sight import Duty, Field, Shown, Sight
from hub.errors import PrivacyNeeded
from hub.model import NOWHERE, PropertyScope

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Ref_contra = TypeVar("Ref_contra", contravariant=True)


class Read(Protocol[Ref_contra, T_co]):
    async def __call__(
        self, ref: Ref_contra, /, *, places: PropertyScope, whole: bool, named: bool = False
    ) -> T_co | None:
        """
        Read the record; None if there is none within these places.

        It is masked unless `whole`; `named`, only its addresses are.
        """


async def look(
    by: Actor, read: Read[Ref_contra, T], ref: Ref_contra, *, noun: str, sight: Sight, whole: bool
) -> T | None:
    """
    Return the record as the actor sees it, and audit the look; None if the actor does not reach it.

    Raises PrivacyNeeded.
    """
    named = not whole and await _answers(by, read, ref, sight.where(Field.NAME, Shown.PLAIN))
    shown = await read(ref, places=by.places, whole=False, named=named)
    if shown is None:
        return None
    private = sight.with_duty(Duty.PRIVATE)
    unmasked = await read(ref, places=private, whole=True) if private != NOWHERE else None
    if whole and unmasked is None:
        raise PrivacyNeeded
    shown = unmasked if whole and unmasked is not None else shown
    # The record of a person is about that person.
    how = {"whole": whole, **({"named": True} if named else {})}
    await by.note(f"{noun}.show", f"{noun}:{ref}", person=_field(shown, "person", ref), **how)
    said: T = _said(shown, masked=not whole, may_unmask=unmasked is not None)
    return said


async def _answers(by: Actor, read: Read[Ref_contra, T], ref: Ref_contra, there: PropertyScope) -> bool:
    """Return whether the record belongs where the actor must answer people."""
    if there in (NOWHERE, by.places):
        return there != NOWHERE
    return await read(ref, places=there, whole=False) is not None


def _field(shown: Any, name: str, default: Any) -> Any:
    return getattr(shown, name, default) if isinstance(shown, Struct) else shown.get(name, default)


def _said(shown: Any, **how: bool) -> Any:
    return replace(shown, **how) if isinstance(shown, Struct) else {**shown, **how}
