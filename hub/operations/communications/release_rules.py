"""Who may release a communication: another person of the directory, a senior one above many people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.errors import NoPerson, NoRelease, SamePerson, SeniorNeeded
from hub.model import NOWHERE, Account, Grant, Office, PropertyScope, Scope, reach_of
from hub.model.actors import of_account

SENIORS: Final = ("coordinator", "management")
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
