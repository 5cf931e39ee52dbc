"""The year proves something: where the hub no longer keeps a rule, the judge notices."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from hub.model import Purpose
from hub.policy import Policy, load_policy
from hub.testing.transaction import MemoryTransaction
from tests.lawful.counter import Rule, by_rule, unlawful
from tests.lawful.moved_hub import MovedHub
from tests.lawful.provider import Luck
from tests.lawful.town import building, start
from tests.lawful.year import run_to_end

DAYS = 60


def rules_broken(policy: Policy) -> set[Rule]:
    hub = MovedHub(
        building=building(0, people=20, seed=7, days=DAYS), luck=Luck(random=Random(7)), policy=policy
    )
    run_to_end(hub.run(start() + timedelta(days=DAYS)))
    return set(by_rule(unlawful(hub.contacts(), hub.ledger.facts())))


def test_hours_and_payments_are_kept() -> None:
    assert rules_broken(load_policy()).isdisjoint({Rule.HOURS, Rule.PAID})


@pytest.mark.parametrize("purpose", [Purpose.COLLECTION, Purpose.COMMERCIAL, Purpose.SURVEY])
def test_a_hub_without_hours_is_noticed(purpose: Purpose) -> None:
    policy = load_policy()
    windows = {
        name: replace(window, purposes=tuple(named for named in window.purposes if named is not purpose))
        for name, window in policy.windows.items()
    }
    assert Rule.HOURS in rules_broken(replace(policy, windows=windows))


def test_a_hub_that_forgets_payments_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forget(*_: object) -> None:
        """End nothing."""

    monkeypatch.setattr(MemoryTransaction, "end_collection", forget)
    assert Rule.PAID in rules_broken(load_policy())
