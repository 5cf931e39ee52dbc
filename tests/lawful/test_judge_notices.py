"""The year proves something: where the hub no longer keeps a rule, the judge notices."""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from hub.contact_rules import opt_out_words, verdict
from hub.contact_rules.consents import revoked_by_link
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import Consent, Purpose, Revocation
from hub.model.contact_facts import ContactSlot
from hub.policy import Policy, load_policy
from hub.testing import replies as memory_replies
from hub.testing import unsubscribes
from hub.testing.tables import OptOut, Tables
from hub.testing.transaction import MemoryTransaction
from tests.lawful.counter import Rule, by_rule, miscounted, unlawful, withheld
from tests.lawful.moved_hub import MovedHub
from tests.lawful.provider import Luck
from tests.lawful.telling import Telling
from tests.lawful.town import building, start
from tests.lawful.year import run_to_end

DAYS = 60
LONG = 180
SEED = 14


def lived(policy: Policy, *, lost: float = 0.0, deaths: float = 0.0, days: int = DAYS) -> MovedHub:
    luck = Luck(random=Random(7), lost_answers=lost, deaths=deaths)
    hub = MovedHub(building=building(0, people=20, seed=SEED, days=days), luck=luck, policy=policy)
    run_to_end(hub.run(start() + timedelta(days=days)))
    return hub


def rules_broken(policy: Policy, *, lost: float = 0.0, deaths: float = 0.0, days: int = DAYS) -> set[Rule]:
    hub = lived(policy, lost=lost, deaths=deaths, days=days)
    return set(by_rule(unlawful(hub.contacts(), hub.ledger.facts())))


def test_everything_is_kept() -> None:
    assert rules_broken(load_policy(), lost=0.1, deaths=0.1) == set()


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


@pytest.mark.parametrize(("lost", "deaths"), [(0.1, 0.0), (0.0, 0.1)], ids=["answer lost", "worker died"])
def test_a_hub_that_repeats_at_once_what_may_have_arrived_is_noticed(
    monkeypatch: pytest.MonkeyPatch, lost: float, deaths: float
) -> None:
    def unspent(tables: Tables, people: Collection[str]) -> list[ContactSlot]:
        return [replace(slot, spent=False) for slot in counted(tables, people)]

    counted = Tables.slots_of
    monkeypatch.setattr(Tables, "slots_of", unspent)
    assert Rule.DAY in rules_broken(load_policy(), lost=lost, deaths=deaths)


def test_a_hub_that_is_told_no_wish_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def say_nothing(*_: object) -> None:
        """Tell nothing."""

    monkeypatch.setattr(Telling, "tell", say_nothing)
    assert {Rule.MARKED, Rule.UNWANTED, Rule.QUIET, Rule.EXCLUDED} <= rules_broken(load_policy(), days=LONG)


def test_a_hub_that_loses_withdrawals_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def add_yeses(transaction: MemoryTransaction, said: Sequence[Consent]) -> None:
        await add(transaction, [consent for consent in said if consent.granted])

    add = MemoryTransaction.add_consents
    monkeypatch.setattr(MemoryTransaction, "add_consents", add_yeses)
    assert Rule.CONSENT in rules_broken(load_policy(), days=LONG)


@pytest.mark.parametrize(("rule", "asked"), [(Rule.PAYER, "_pays"), (Rule.SURVEYS, "take_turn")], ids=str)
def test_a_hub_that_does_not_ask_again_is_noticed(
    monkeypatch: pytest.MonkeyPatch, rule: Rule, asked: str
) -> None:
    monkeypatch.setattr(Tables, asked, lambda *_: True)
    assert rule in rules_broken(load_policy(), days=LONG)


def test_a_hub_whose_button_ends_mail_alone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was: 45 seconds later the reminder of the survey came by WhatsApp."""

    def by_mail(revocation: Revocation, person: str) -> Consent:
        return dataclasses.replace(revoked_by_link(revocation, person), channels=("email",))

    def nobodys(**fields: Any) -> OptOut:
        return OptOut(**{**fields, "person": None})

    monkeypatch.setattr(unsubscribes, "revoked_by_link", by_mail)
    monkeypatch.setattr(unsubscribes, "OptOut", nobodys)
    assert {Rule.CONSENT, Rule.CHANNEL} & rules_broken(load_policy(), days=LONG)


def test_a_hub_that_knows_words_and_no_phrases_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opt_out_words, "opts_out", lambda _: None)
    assert Rule.CONSENT in rules_broken(load_policy())


def test_a_hub_without_a_night_is_noticed() -> None:
    policy = load_policy()
    night = replace(policy.night, purposes=())
    assert Rule.NIGHT in rules_broken(replace(policy, night=night))


def test_a_hub_that_answers_everybody_in_spanish_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_replies, "_with_writer", lambda inbound, _: inbound.about)
    assert Rule.LANGUAGE in rules_broken(load_policy())


def test_a_hub_that_withholds_what_the_law_demands_from_who_said_no_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verdict, "NEED_CONSENT", NEED_CONSENT | {Purpose.LEGAL})
    hub = lived(load_policy())
    assert withheld(hub.contacts(), hub.building.owed)


def test_a_hub_whose_terms_begin_when_a_petition_is_registered_is_noticed() -> None:
    policy = load_policy()
    legal_term = replace(policy.clocks["legal_term"], since=None)
    hub = lived(replace(policy, clocks={**policy.clocks, "legal_term": legal_term}))
    assert miscounted(hub.terms())
