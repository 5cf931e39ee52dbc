"""Reviews: who may release a communication, and telling colleagues that they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from msgspec.structs import replace

from hub.errors import NoPerson, NoRelease, SamePerson, SeniorNeeded
from hub.model import NOWHERE, Account, Grant, Office, PropertyScope, Scope, reach_of
from hub.model.actors import of_account
from hub.model.communications import Communication
from hub.model.reviews import Approval, MadeBy, made_by
from hub.operations.communications.calls import call
from hub.operations.communications.kinds import kind_of
from hub.people.audience import Group
from hub.ports import Publisher
from hub.rendering.actors_es import who_es
from hub.storage import PostgresAccounts, people
from hub.storage.approvals import PostgresApprovals
from hub.storage.database import Database

_SENIORS: Final = ("coordinator", "management")
"""Duties of the directory with which somebody releases what goes to many people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRules:
    """
    The facts by which accounts are judged for one asking, for the people of these `places` (None: all).

    `makers` are the accounts that wrote or sent it, `twins` all entries of their people in the directory, and
    `seniors` who has a senior duty at all of these places.
    """

    places: Sequence[str] | None
    senior: bool
    makers: frozenset[str]
    twins: frozenset[str]
    seniors: frozenset[str]

    def refusal(self, account: Account | None) -> NoRelease | None:
        """Return why this account may not decide; None if it may, wherever it acts."""
        if account is None or account.person is None:
            return NoPerson()
        if of_account(account.name) in self.makers or account.person in self.twins:
            return SamePerson()
        manages = self._covers([grant for grant in account.grants if grant.office is Office.MANAGER])
        return None if not self.senior or manages or account.person in self.seniors else SeniorNeeded()

    def may(self, account: Account) -> bool:
        """Return whether an account may decide, there too."""
        here = account.disabled_at is None and self._covers(account.grants)
        return here and self.refusal(account) is None

    def _covers(self, grants: Sequence[Grant]) -> bool:
        there: PropertyScope = reach_of(tuple(grants)).get(Scope.OPERATE, NOWHERE)
        return there is None or (self.places is not None and there.issuperset(self.places))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """The tables that say who may release."""

    database: Database
    accounts: PostgresAccounts
    approvals: PostgresApprovals

    async def rules(self, asked: Approval, made: MadeBy, accounts: Sequence[Account]) -> ReleaseRules:
        """Gather the facts of one asking; a maker without a person has none here."""
        makers = frozenset({made.by, asked.asked_by, *made.writers})
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
        groups = {
            place: [Group(duty=duty, copropiedad_id=place) for duty in _SENIORS]
            for place in (None, *(places or ()))
        }
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
            asking = who_es(asked.asked_by, names)
            await tells(colleague=person, about="review_asked", at=asked.asked_at, by=asking)
    elif asked.asked_person is not None and asked.at is not None:
        by, person = who_es(asked.by, names) or None, asked.asked_person
        await tells(colleague=person, about=asked.verdict, at=asked.at, by=by, reason=asked.reason)
