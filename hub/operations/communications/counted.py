"""Count of the people of a draft, without a plan: how many, who is left out, whom each channel can reach."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from hub.model.communications import Whom
from hub.operations.communications.whom import Scope, choose
from hub.people.headcount import Reach, Tally
from hub.policy import Policy
from hub.storage import communication_drafts
from hub.storage.database import Runner
from hub.storage.suppressions import suppressed


class Counted(Struct, frozen=True, kw_only=True):
    """The people of a draft now. Hours and limits do not count: they move a message, and lose none."""

    people: int
    units: Annotated[int, Meta(description="Units of theirs.")]
    of_units: Annotated[int, Meta(description="All units of their copropiedades.")]
    places: list[str]
    reach: Reach
    left_out: Annotated[dict[str, int], Meta(description="Reason → people whom nothing would reach for it.")]


async def count(
    run: Runner, whom: Whom, scope: Scope, *, policy: Policy, at: datetime, most: int | None = None
) -> Counted:
    """Count whom the words mean. Raises InvalidAudience, and TooLarge for more than `most` people."""
    chosen = await choose(run, whom, scope, most=most)
    tally = Tally(await suppressed(run, policy.suppression_for), policy, at=at, after="", limit=0)
    for members in chosen.values():
        tally.add(members)
    places = sorted(chosen)
    return Counted(
        people=tally.people,
        units=len({(place, unit) for place, some in chosen.items() for one in some for unit in one.units}),
        of_units=await communication_drafts.count_units(run, places),
        places=places,
        reach=tally.reach,
        left_out=tally.left_out,
    )
