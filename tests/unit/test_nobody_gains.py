"""Nobody gains by giving: neither with accounts nor with keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, TypeAlias, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.desk.accounts import acts
from hub.desk.accounts.rows import bodies_of
from hub.desk.keys import acts as keys
from hub.desk.keys.rows import KeyBody, RotateBody
from hub.doors.operator import Operator
from hub.errors import BeyondOwnRights, HubError, InvalidAccount, UnknownAccount
from hub.model import (
    EVERYTHING,
    EVERYWHERE,
    SCOPES_OF,
    Account,
    Grant,
    Office,
    Reach,
    Scope,
    reach_of,
)
from hub.testing import MemoryAudit, MemoryKeys
from tests.operators import operator
from tests.unit.test_accounts import ADMIN, HERE, NOON, House, create, grant, take

PLACES = (EVERYWHERE, "ph-1", "ph-2")
GRANTS = [Grant(office=office, copropiedad_id=place) for office, place in product(Office, PLACES)]
MANAGER = Grant(office=Office.MANAGER)
CRM = "urn:coproservicios:crm"
TYPES = ("pqrs.received", "pqrs.closed")
Powers: TypeAlias = frozenset[tuple[Scope, str]]


def powers(grants: Iterable[Grant]) -> Powers:
    """Each scope in each place; a scope everywhere is in all places, and in rows of none."""
    return frozenset(
        (scope, place)
        for grant in grants
        for scope in SCOPES_OF[grant.office]
        for place in (PLACES if grant.copropiedad_id == EVERYWHERE else (grant.copropiedad_id,))
    )


async def refused(attempt: Awaitable[object]) -> bool:
    try:
        await attempt
    except (BeyondOwnRights, InvalidAccount, UnknownAccount):
        return True
    return False


@pytest.mark.parametrize("own", GRANTS, ids=str)
async def test_office_gives_what_it_may_do_where_it_administers_and_nothing_else(
    own: Grant, subtests: pytest.Subtests
) -> None:
    for gift in GRANTS:
        with subtests.test(str(gift)):
            house = House()
            giver = await house.with_account("giver", own, Grant(office=Office.VIEWER, copropiedad_id="ph-1"))
            straw = await house.with_account("straw", Grant(office=Office.VIEWER, copropiedad_id="ph-1"))
            admin = house.admin(by=giver)
            gave = not await refused(create(admin, "fresh", "Fresh", [gift]))
            more = not await refused(grant(admin, straw.name, [gift]))
            place = gift.copropiedad_id
            within = powers([gift]) <= powers(giver.grants) and (Scope.ADMIN, place) in powers(giver.grants)

            assert gave == within
            assert more == (within and (Scope.ADMIN, "ph-1") in powers(giver.grants))
            assert (await house.store.named("fresh") is not None) == gave


@pytest.mark.parametrize("change", [acts.reset, acts.enable, acts.unlock], ids=lambda way: way.__name__)
@pytest.mark.parametrize("own", GRANTS, ids=str)
async def test_office_opens_no_account_that_may_do_more(
    own: Grant, change: Callable[[Operator, str], Awaitable[Any]], subtests: pytest.Subtests
) -> None:
    for theirs in GRANTS:
        with subtests.test(str(theirs)):
            house = House()
            giver, ana = await house.with_account("giver", own), await house.with_account("ana", theirs)
            reaches = (Scope.ADMIN, theirs.copropiedad_id) in powers([own])
            opened = not await refused(change(house.admin(by=giver), "ana"))

            assert opened == (reaches and powers(ana.grants) <= powers(giver.grants))


async def test_a_password_of_ones_own_may_be_unlocked_by_who_may_do_less() -> None:
    house = House()
    giver, ana = await house.with_account("giver", ADMIN), await house.with_account("ana", MANAGER)
    await house.store.set_password(ana.id, "hash", must_change=False)

    assert not await refused(acts.unlock(house.admin(by=giver), "ana"))
    assert await refused(acts.reset(house.admin(by=giver), "ana"))


async def test_nobody_changes_their_own_offices_or_password_over_http() -> None:
    house = House()
    await house.with_account("other", ADMIN)
    root = await house.with_account("root", ADMIN, HERE)
    admin = house.admin(by=root)

    for attempt in (
        grant(admin, "ROOT ", [Grant(office=Office.VIEWER)]),
        take(admin, "root", [HERE]),
        acts.reset(admin, "root"),
    ):
        with pytest.raises(BeyondOwnRights, match="Another administrator"):
            await attempt
    assert await house.store.named("root") == root
    assert [note.action for note in house.audit.rows] == ["account.create"] * 2


async def test_the_error_says_who_may_give() -> None:
    house = House()
    root = await house.with_account("root", ADMIN)
    with pytest.raises(BeyondOwnRights, match="given by who may do all that they allow"):
        await create(house.admin(by=root), "ana", "Ana", [MANAGER])
    await house.with_account("ana", MANAGER)
    with pytest.raises(BeyondOwnRights, match="only who may do as much opens it"):
        await acts.reset(house.admin(by=root), "ana")


async def test_the_command_line_and_who_has_both_offices_appoint_managers() -> None:
    house = House()
    both = await house.with_account("both", ADMIN, MANAGER)
    made = await create(house.admin(by=both), "ana", "Ana", [MANAGER])

    assert made.grants == bodies_of([MANAGER])
    assert (await acts.reset(house.admin(), "both")).must_change


@dataclass
class Circle:
    """
    The accounts whose password somebody knows: their own, and those that they have made or reset.

    The password of `n1` they know from before, when it could do less.
    """

    house: House = field(default_factory=House)
    known: set[str] = field(default_factory=lambda: {"n0", "n1"})

    async def begin(self, offices: dict[str, tuple[list[Grant], bool]]) -> None:
        for name, (grants, disabled) in offices.items():
            account = await self.house.with_account(name, *(grants or [HERE]))
            if not grants:
                await self.house.store.take(account.id, [HERE])
            if disabled:
                self.house.store._set(account.id, disabled_at=NOON)

    async def powers(self) -> Powers:
        return powers(grant for account in await self.open() for grant in account.grants)

    async def open(self) -> list[Account]:
        """Those that open now; a lock ends by itself."""
        return [
            account
            for account in await self.house.store.accounts()
            if account.name in self.known and account.disabled_at is None
        ]

    async def change(self, way: str, actor: int, target: str, grants: list[Grant]) -> None:
        """Do one thing as one of the accounts that open, if the guard would let it in at all."""
        open_now = await self.open()
        if not open_now:
            return
        admin = self.house.admin(by=open_now[actor % len(open_now)])
        if Scope.ADMIN not in admin.reach:
            return
        try:
            await WAYS[way](admin, target, grants)
        except HubError:
            return
        if way in {"create", "reset"}:
            self.known.add(target)


WAYS: dict[str, Callable[[Operator, str, list[Grant]], Awaitable[Any]]] = {
    "create": lambda admin, name, grants: create(admin, name, name, grants),
    "grant": grant,
    "take": take,
    "reset": lambda admin, name, _: acts.reset(admin, name),
    "disable": lambda admin, name, _: acts.disable(admin, name),
    "enable": lambda admin, name, _: acts.enable(admin, name),
    "unlock": lambda admin, name, _: acts.unlock(admin, name),
}
some_grants = st.lists(st.sampled_from(GRANTS), max_size=3, unique=True)
some_name = st.sampled_from(["n0", "n1", "n2", "n3", "n4"])
administrators = st.sampled_from([grant for grant in GRANTS if grant.office is Office.ADMINISTRATOR])


@settings(max_examples=300, deadline=None)
@given(
    own=st.tuples(administrators, some_grants),
    others=st.fixed_dictionaries(dict.fromkeys(["n1", "n2", "n3"], st.tuples(some_grants, st.booleans()))),
    changes=st.lists(
        st.tuples(st.sampled_from(sorted(WAYS)), st.integers(0, 5), some_name, some_grants), max_size=12
    ),
)
async def test_no_changes_widen_what_is_reached_with_the_known_passwords(
    own: tuple[Grant, list[Grant]],
    others: dict[str, tuple[list[Grant], bool]],
    changes: list[tuple[str, int, str, list[Grant]]],
) -> None:
    circle = Circle()
    await circle.begin({"n0": ([own[0], *own[1]], False), **others})
    before = await circle.powers()
    for way, actor, target, grants in changes:
        await circle.change(way, actor, target, grants)

        assert await circle.powers() <= before


def holder_of(reach: Reach, keys: MemoryKeys, **bounds: Any) -> Operator:
    """Return who may do this, and publish within these bounds."""
    audit = MemoryAudit()
    by = operator(None, who="key:x", reach=reach, api_keys=keys, audit=audit, now=lambda: NOON)
    return replace(by, **bounds)


def wanted(*scopes: Scope, **fields: Any) -> KeyBody:
    return KeyBody(name="new", scopes=list(scopes), **fields)


async def try_key(reach: Reach, body: KeyBody, **bounds: Any) -> tuple[bool, bool]:
    """Return whether the key can be made, and whether its successor can; only acts done are audited."""
    fresh, kept = MemoryKeys(lambda: NOON), MemoryKeys(lambda: NOON)
    await keys.create_key(holder_of(EVERYTHING, kept), body)
    maker, renewer = holder_of(reach, fresh, **bounds), holder_of(reach, kept, **bounds)
    made = not await refused(keys.create_key(maker, body))
    rotated = not await refused(keys.rotate_key(renewer, body.name, RotateBody()))
    assert len(await fresh.keys()) == made
    assert len(await kept.keys()) == 1 + rotated
    for by, done in ((maker, made), (renewer, rotated)):
        assert len(cast(Any, by.stores.audit).rows) == done
    return made, rotated


@pytest.mark.parametrize("own", GRANTS, ids=str)
async def test_office_makes_and_renews_only_keys_that_open_no_more(
    own: Grant, subtests: pytest.Subtests
) -> None:
    for scopes in product(Scope, Scope):
        with subtests.test(str(scopes)):
            within = {*scopes} <= SCOPES_OF[own.office] and own.copropiedad_id == EVERYWHERE

            assert await try_key(reach_of((own,)), wanted(*scopes)) == (within, within)


@pytest.mark.parametrize(
    ("source", "types", "fine"),
    [
        (CRM, [TYPES[0]], True),
        (CRM, [], False),
        (CRM, [*TYPES], False),
        (None, [], False),
        ("urn:other", [TYPES[0]], False),
    ],
)
async def test_a_bound_key_makes_only_keys_with_its_bounds(
    source: str | None, types: list[str], fine: bool
) -> None:
    body = wanted(Scope.PUBLISH, source=source, event_types=types)
    bound = await try_key(EVERYTHING, body, source=CRM, event_types=frozenset({TYPES[0]}))

    assert bound == (fine, fine)
    assert await try_key(EVERYTHING, body, source=CRM) == (source == CRM, source == CRM)
    assert await try_key(EVERYTHING, body) == (True, True)


@pytest.mark.parametrize(
    ("named", "fine"), [([], True), (["urn:forms"], True), (["urn:forms", "urn:pay"], False)]
)
async def test_bound_key_gives_leave_only_for_cases_of_whom_it_may_add_to(
    named: list[str], fine: bool
) -> None:
    body = wanted(Scope.PUBLISH, source=CRM, cases_of=named)
    bound = await try_key(EVERYTHING, body, source=CRM, cases_of=frozenset({"urn:forms"}))

    assert (fine, fine) == bound
