"""Asking for a release: whether a communication needs a second person, and who that may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from hub.doors.operator import Operator
from hub.errors import NoApprover, NoPerson, NoRelease, UnknownAccount
from hub.model import Account
from hub.model.actors import ACCOUNT, bare, canonical, of_account
from hub.model.communications import Communication
from hub.model.reviews import Approval, made_by
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.reviews import Reviews
from hub.storage.communication_drafts import StoredPlan


def needs_release(by: Operator, row: Communication, people: int | None) -> bool:
    """Return whether so many people are told only after a second person has released it."""
    return by.stores.policy.review.needs_release(kind_of(row.kind).type, people or 0)


async def ask_release(
    by: Operator, row: Communication, plan: StoredPlan, approver: str | None
) -> Communication | None:
    """
    Let a planned draft wait for a second person; None if its state does not allow that.

    Raises NoPerson, NoApprover, UnknownAccount: each is in the audit.
    """
    people, subject = plan.people or 0, f"communication:{row.id}"
    accounts = await by.stores.accounts.accounts()
    named = approver and of_account(canonical(approver.removeprefix(ACCOUNT)))
    asked = _asking(by, row, plan, accounts, named)
    if (refused := await _refusal(by, row, asked, accounts)) is not None:
        word = refused.word if isinstance(refused, NoRelease) else "unknown_approver"
        await by.audit("communication.send", subject, people=people, refused=word)
        raise refused
    await by.audit("communication.send", subject, digest=asked.digest.hex(), people=people, review=True)
    return await by.stores.approvals.ask(row, asked)


async def releasers(by: Operator, row: Communication, plan: StoredPlan) -> Mapping[str, str]:
    """Return the accounts that may release it: name → the name of who has it."""
    accounts = await by.stores.accounts.accounts()
    asked = _asking(by, row, plan, accounts)
    rules = await reviewing_of(by).rules(asked, made_by(row), accounts)
    return {one.name: one.display_name for one in accounts if rules.may(one)}


async def may_release(by: Operator, row: Communication) -> bool:
    """Return whether the operator is one who may release it, or might have where nobody was asked."""
    accounts, plan = await by.stores.accounts.accounts(), await by.stores.communications.plan_of(row.id)
    me = next((one for one in accounts if of_account(one.name) == by.who), None)
    if me is None or plan is None:
        return False
    alone = replace(_asking(by, row, plan, accounts), asked_by=row.by, asked_person=row.person)
    asked = await by.stores.approvals.asked(row.id) or alone
    return (await reviewing_of(by).rules(asked, made_by(row), accounts)).may(me)


def _asking(
    by: Operator, row: Communication, plan: StoredPlan, accounts: Sequence[Account], named: str | None = None
) -> Approval:
    people, rules = plan.people or 0, by.stores.policy.review
    me = next((one for one in accounts if of_account(one.name) == by.who), None)
    return Approval(
        communication=row.id,
        asked_at=by.now,
        asked_by=by.by,
        asked_person=None if me is None else me.person,
        approver=named,
        plan=plan.id,
        digest=plan.digest or b"",
        people=people,
        senior=rules.needs_senior(kind_of(row.kind).type, people),
        ends_at=by.now + rules.ends_after,
    )


async def account_of(by: Operator) -> Account | None:
    """Return the account that acts; None of a key or a shell."""
    return await by.stores.accounts.named(bare(by.who)) if by.who.startswith(ACCOUNT) else None


def reviewing_of(by: Operator) -> Reviews:
    return Reviews(database=by.db, accounts=by.stores.accounts, approvals=by.stores.approvals)


async def _refusal(
    by: Operator, row: Communication, asked: Approval, accounts: Sequence[Account]
) -> NoRelease | UnknownAccount | None:
    """Return why nobody can be asked: of a key, or a maker without a person, nobody knows who is another."""
    rules = await reviewing_of(by).rules(asked, made_by(row), accounts)
    persons = {of_account(one.name): one.person for one in accounts}
    if any(maker.startswith(ACCOUNT) and persons.get(maker) is None for maker in rules.makers):
        return NoPerson()
    if asked.asked_person is None and not all(one.startswith(ACCOUNT) for one in (row.by, *row.writers)):
        return NoPerson()
    may = {of_account(one.name) for one in accounts if rules.may(one)}
    if asked.approver is not None and asked.approver not in may:
        return UnknownAccount()
    return None if may else NoApprover()
