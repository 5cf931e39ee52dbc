"""A look at a record with a person's data: masked, or whole for who may see it, and always audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from hub.access.actor import Actor
from hub.errors import PrivacyNeeded
from hub.model import Json, PropertyScope

Ref_contra = TypeVar("Ref_contra", contravariant=True)


class Read(Protocol[Ref_contra]):
    async def __call__(
        self, ref: Ref_contra, /, *, places: PropertyScope, whole: bool
    ) -> Mapping[str, Json] | None:
        """Read the record, masked unless `whole`; None if there is none within these places."""


async def look(
    by: Actor, read: Read[Ref_contra], ref: Ref_contra, *, noun: str, private: PropertyScope, whole: bool
) -> dict[str, Any] | None:
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
    await by.note(f"{noun}.show", f"{noun}:{ref}", person=shown.get("person", ref), whole=whole)
    return {**shown, "masked": not whole, "may_unmask": unmasked is not None}
