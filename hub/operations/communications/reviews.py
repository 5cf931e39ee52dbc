"""Reviews: the facts of who may release a communication, and telling colleagues that they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from msgspec.structs import replace

from hub.model import Account
from hub.model.actors import of_account
from hub.model.communications import Communication
from hub.model.reviews import Approval, MadeBy, Verdict, made_by
from hub.operations.communications.calls import About, call
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.release_rules import SENIORS, ReleaseRules
from hub.people.audience import Group
from hub.ports import Publisher
from hub.rendering.actors_es import who_es
from hub.storage import PostgresAccounts, people
from hub.storage.approvals import PostgresApprovals
from hub.storage.database import Database

_ABOUT: Final[Mapping[Verdict, About]] = {
    Verdict.RELEASED: "released",
    Verdict.REFUSED: "refused",
    Verdict.LAPSED: "lapsed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """The tables that say who may release."""

    database: Database
    accounts: PostgresAccounts
    approvals: PostgresApprovals

    async def rules(self, asked: Approval, made: MadeBy, accounts: Sequence[Account]) -> ReleaseRules:
        """Gather the facts of one asking; a maker without a person has none here."""
        makers = frozenset({made.by, asked.asked_by})
        mine = {one.person for one in accounts if of_account(one.name) in makers}
        persons = sorted(filter(None, mine | {made.person, asked.asked_person}))
        return ReleaseRules(
            places=made.places,
            senior=asked.senior,
            makers=makers,
            twins=await self.approvals.twins(persons) if persons else frozenset(),
            seniors=await self._seniors(made.places) if asked.senior else frozenset(),
        )

    async def _seniors(self, places: Sequence[str] | None) -> frozenset[str]:
        """Return who has a senior duty in the company, or at each of these places."""
        groups = {place: [_of(duty, place) for duty in SENIORS] for place in (None, *(places or ()))}
        async with self.database.snapshot() as run:
            found = await people.look_up(run, [group for some in groups.values() for group in some])
        refs = {place: {one.ref for group in some for one in found[group]} for place, some in groups.items()}
        company = refs.pop(None)
        return frozenset(company.union(set.intersection(*refs.values()) if refs else set()))


async def tell(asked: Approval, row: Communication, reviewing: Reviews, publisher: Publisher) -> None:
    """Tell who may decide that they are asked, or who asked what was decided. Raises Unavailable."""
    accounts = await reviewing.accounts.accounts()
    names = {of_account(one.name): one.display_name for one in accounts}
    titled = row if row.title else replace(row, title=kind_of(row.kind).word)
    tells = partial(call, publisher, communication=titled, people=asked.people)
    if asked.verdict is None:
        rules = await reviewing.rules(asked, made_by(row), accounts)
        may = [one for one in accounts if rules.may(one) and asked.approver in {None, of_account(one.name)}]
        for person in dict.fromkeys(one.person for one in may):
            by = who_es(asked.asked_by, names)
            await tells(colleague=person, about="review_asked", at=asked.asked_at, by=by)
    elif asked.asked_person is not None and asked.at is not None:
        decided_by, about = who_es(asked.by, names) or None, _ABOUT[asked.verdict]
        person, reason = asked.asked_person, asked.reason
        await tells(colleague=person, about=about, at=asked.at, by=decided_by, reason=reason)


def _of(duty: str, place: str | None) -> Group:
    return Group(duty=duty, copropiedad_id=place)
