"""A look at a record with a person's data: masked, or whole for who may see it, and always audited."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.errors import PrivacyNeeded
from hub.model import PropertyScope

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Ref_contra = TypeVar("Ref_contra", contravariant=True)


class Read(Protocol[Ref_contra, T_co]):
    async def __call__(self, ref: Ref_contra, /, *, places: PropertyScope, whole: bool) -> T_co | None:
        """Read the record, masked unless `whole`; None if there is none within these places."""


async def look(
    by: Actor, read: Read[Ref_contra, T], ref: Ref_contra, *, noun: str, private: PropertyScope, whole: bool
) -> T | None:
    """
    Return the record as the actor may see it, and audit the look; None if the actor does not reach it.

    `private` is where the actor may see records whole. Raises PrivacyNeeded.
    """
    masked = await read(ref, places=by.places, whole=False)
    if masked is None:
        return None
    unmasked = await read(ref, places=private, whole=True)
    if whole and unmasked is None:
        raise PrivacyNeeded
    shown = unmasked if whole and unmasked is not None else masked
    # The record of a person is about that person.
    await by.note(f"{noun}.show", f"{noun}:{ref}", person=_field(shown, "person", ref), whole=whole)
    said: T = _said(shown, masked=not whole, may_unmask=unmasked is not None)
    return said


def _field(shown: Any, name: str, default: Any) -> Any:
    return getattr(shown, name, default) if isinstance(shown, Struct) else shown.get(name, default)


def _said(shown: Any, **how: bool) -> Any:
    return replace(shown, **how) if isinstance(shown, Struct) else {**shown, **how}
