"""The plan of a bulk action: rows that go, rows that stay with the reason, and a plan that has grown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.access.actor import Actor
from hub.errors import ChangedPlan, InvalidFilter, NothingChosen
from hub.model import NOWHERE, PropertyScope, within
from hub.model.bulk import BulkCandidate, BulkFilter, BulkKind, BulkRun, BulkState, SkipReason
from hub.model.letters import LetterState, states_of
from hub.model.message_lists import MessageList
from hub.operations.bulk.choose import LETTERS, without_person
from hub.operations.bulk.plan import find, planned
from hub.operations.bulk.runs import BulkOrder, has_grown, start
from hub.operations.bulk.words_es import KINDS_ES, SKIPPED_ES
from hub.ports import MessageFilter
from hub.storage.filters import narrowed
from hub.testing import MemoryAudit

NOON = datetime(2026, 3, 9, 17, tzinfo=UTC)
FAILED = BulkFilter(state="failed", channel="sms")


def row(**fields: Any) -> BulkCandidate:
    values: dict[str, Any] = {
        "id": uuid4(),
        "created_at": NOON,
        "state": "failed",
        "channel": "sms",
        "event": "pqrs.received",
        "reason": "timeout",
        "copropiedad_id": "ph-1",
        "skipped": None,
        **fields,
    }
    return BulkCandidate(**values)


def order(seen: int | None = None, **fields: Any) -> BulkOrder:
    return BulkOrder(**{"kind": BulkKind.RESEND, "asked": FAILED, "reason": "falla", "seen": seen, **fields})


class Found:
    """The rows that each filter finds, and the runs that were started."""

    def __init__(self, *rows: BulkCandidate) -> None:
        self._rows = rows
        self.runs: list[BulkRun] = []

    async def candidates(self, _: BulkKind, __: BulkFilter, limit: int, **___: object) -> list[BulkCandidate]:
        return list(self._rows[:limit])

    async def start(self, run: BulkRun, _: list[UUID]) -> None:
        self.runs.append(run)


def store(*rows: BulkCandidate) -> Any:
    return Found(*rows)


def test_plan_counts_what_goes_by_state_channel_and_building() -> None:
    plan = planned(BulkKind.RESEND, [row(), row(), row(channel="email"), row(skipped="told")])

    assert (plan.found, plan.goes, plan.more) == (4, 3, False)
    assert [(share.channel, share.count) for share in plan.by] == [("sms", 2), ("email", 1)]


def test_plan_says_what_is_skipped_and_why() -> None:
    plan = planned(BulkKind.RESEND, [row(skipped="told"), row(skipped="too_old"), row(skipped="told")])

    assert plan.goes == 0
    assert [(skip.reason, skip.count) for skip in plan.skipped] == [("told", 2), ("too_old", 1)]
    assert all(skip.means and skip.means != skip.reason for skip in plan.skipped)


def test_plan_is_bounded_and_says_so() -> None:
    plan = planned(BulkKind.RESEND, [row() for _ in range(4)], most=3)

    assert (plan.found, plan.more) == (3, True)


@pytest.mark.parametrize(("rows", "more"), [(3, False), (4, True), (9, True)])
async def test_plan_that_is_too_large_for_one_run_says_so(rows: int, more: bool) -> None:
    found = await find(store(*(row() for _ in range(rows))), BulkKind.RESEND, FAILED, None, most=3)
    plan = planned(BulkKind.RESEND, found, most=3)

    assert (3, more) == (plan.found, plan.more)


def test_plan_counts_what_is_urgent() -> None:
    assert planned(BulkKind.CANCEL, [row(lane="urgent"), row(lane="bulk")]).urgent == 1


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (BulkKind.RESEND, BulkFilter(state="nosuch")),
        (BulkKind.CANCEL, BulkFilter(handed_over=True)),
        (BulkKind.REPLAY, BulkFilter(person="p-1")),
        (BulkKind.REPLAY, BulkFilter(state="failed")),
        (BulkKind.PRINTED, BulkFilter(channel="sms")),
        (BulkKind.PRINTED, BulkFilter(state="failed")),
    ],
    ids=str,
)
async def test_filter_that_a_kind_has_not_is_refused_and_never_left_aside(
    kind: BulkKind, asked: BulkFilter
) -> None:
    with pytest.raises(InvalidFilter):
        await find(store(row()), kind, asked, None)


@pytest.mark.parametrize("kind", LETTERS)
async def test_settled_dead_letters_are_left_alone(kind: BulkKind) -> None:
    assert await find(store(row()), kind, BulkFilter(state="discarded"), None) == []


@pytest.mark.parametrize("kind", LETTERS)
async def test_dead_letters_are_of_no_building(kind: BulkKind) -> None:
    found = store(row())

    assert await find(found, kind, BulkFilter(), frozenset({"ph-1"})) == []
    assert len(await find(found, kind, BulkFilter(), None)) == 1


def test_building_narrows_places_and_never_widens_them() -> None:
    assert within(None, "ph-1") == frozenset({"ph-1"})
    assert within(frozenset({"ph-1", "ph-2"}), "ph-1") == frozenset({"ph-1"})
    assert within(frozenset({"ph-1"}), "ph-9") == NOWHERE
    assert within(frozenset({"ph-1"}), None) == frozenset({"ph-1"})


def test_lists_have_their_states() -> None:
    lost = narrowed(BulkFilter(only=MessageList.LOST, channel="sms"), None)

    assert lost == MessageFilter(channel="sms", states=("failed", "bounced", "expired"))


def test_letters_are_chosen_by_their_own_states() -> None:
    assert [LetterState.BATCHED] == states_of("batched", None)
    assert [LetterState.DELIVERED] == states_of(None, True)


def test_run_keeps_its_filter_without_the_person() -> None:
    assert without_person(BulkFilter(person="p-1", channel="sms")) == {"channel": "sms"}


@pytest.mark.parametrize(
    ("seen", "found", "grown"), [(5, 15, False), (5, 16, True), (200, 221, True), (None, 999, False)]
)
def test_run_of_more_than_was_seen_is_not_started(seen: int | None, found: int, grown: bool) -> None:
    assert has_grown(order(seen), [row()] * found) is grown


def ana(places: PropertyScope = None) -> Actor:
    return Actor(who="account:ana", notes=MemoryAudit(), now=NOON, places=places)


async def test_run_has_all_rows_of_the_plan() -> None:
    found = store(row(), row(skipped="told"))
    run = await start(found, order(seen=2), ana(frozenset({"ph-1"})))

    assert (run.chosen, run.state, run.places, run.reason) == (2, BulkState.RUNNING, ["ph-1"], "falla")


async def test_nothing_to_do_is_no_run() -> None:
    with pytest.raises(NothingChosen):
        await start(store(), order(), ana())


async def test_grown_plan_is_no_run() -> None:
    found = store(*(row() for _ in range(30)))

    with pytest.raises(ChangedPlan):
        await start(found, order(seen=3), ana())
    assert [] == found.runs


def test_every_kind_and_every_reason_has_words() -> None:
    assert KINDS_ES.keys() == set(BulkKind)
    assert SKIPPED_ES.keys() == set(SkipReason)


def test_every_verdict_of_a_statement_is_a_reason() -> None:
    folder = files("hub.storage") / "sql"
    texts = [(folder / f"{name}.sql").read_text(encoding="utf-8") for name in ("bulk", "cancel", "redrive")]
    verdicts = {word for text in texts for word in re.findall(r"THEN '(\w+)'", text)} - {"taken"}

    assert verdicts
    assert set() == verdicts - set(SkipReason)
