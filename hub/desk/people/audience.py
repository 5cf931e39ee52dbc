"""Members of an audience, shown before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hub.model import PropertyScope
from hub.people.audience import asked, parse, write
from hub.storage import PostgresHeadcount


class Reach(Struct, kw_only=True):
    """The number of notified people whom each channel can reach; a person may count in several."""

    email: int
    mobile: Annotated[int, Meta(description="By SMS, or by WhatsApp where that is wanted.")]
    push: int
    letter_only: Annotated[int, Meta(description="By none of them, so only on paper.")]


class AudienceMember(Struct, kw_only=True):
    """A person of the audience; the name is masked unless you answer wherever you read."""

    person: str
    name: str
    units: Annotated[list[str], Meta(description="The units that bring the person in.")]
    left_out: Annotated[str | None, Meta(description="Why the person is not notified.")]


class AudienceMeant(Struct, kw_only=True):
    """A page of people, ordered by reference; the first page also has the totals."""

    who: Annotated[list[str], Meta(description="What was asked, in full.")]
    people: Annotated[int | None, Meta(description="Null, as all counts, on the pages after the first.")]
    told: int | None
    reach: Reach | None
    left_out: Annotated[
        dict[str, int] | None,
        Meta(
            description="Reason → how many are left out for it. People are judged as for a notice of "
            "service, or for the purpose of `opted_in`: by wishes, marks and consents, not hours and limits."
        ),
    ]
    items: list[AudienceMember]
    next: str | None


async def read_audience(
    store: PostgresHeadcount,
    who: Sequence[str],
    *,
    after: str | None,
    limit: int,
    places: PropertyScope = None,
    named: bool = False,
) -> AudienceMeant:
    """Return the people whom these words mean now: counts, channels, and a page of people."""
    meant = await store.meant(asked(who), after=after, limit=limit, places=places, named=named)
    count = meant.headcount
    return AudienceMeant(
        who=list(dict.fromkeys(write(parse(words)) for words in who)),
        people=count.people if count else None,
        told=count.notified if count else None,
        reach=msgspec.convert(count, Reach, from_attributes=True) if count else None,
        left_out=dict(count.left_out) if count else None,
        items=msgspec.convert(meant.page.items, list[AudienceMember]),
        next=meant.page.next,
    )
