"""Kinds of communications and their places on the page; the price of what leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from hub.catalog import CATALOG
from hub.channels.registry import first_of
from hub.intake.dry_run_schemas import DryRunPersonMessage
from hub.model import CORRECTION, Purpose, State
from hub.model.communications import (
    MOVES,
    Communication,
    CommunicationState,
    Draft,
    Origin,
    Part,
    Whom,
    before,
    part_id,
    subject_of,
)
from hub.model.ids import uuid8
from hub.operations.communications.cost import expected_end, planned_cost
from hub.operations.communications.kinds import INTENTIONS_ES, OFFERED
from hub.operations.communications.planning import parts_of
from hub.operations.communications.presets import Boxes, boxes_of, whom_of
from hub.policy.prices import PricePolicy
from hub.rendering.context import INITIAL
from hub.resilience.rate_limit import parse_rate
from hub.settings import load
from tests.unit.factories import MONDAY, SCHEMAS

TWO = ("residents", "owners")


def test_each_kind_has_one_place_on_the_page() -> None:
    placed = Counter(kind.event for kinds in INTENTIONS_ES.values() for kind in kinds)

    assert dict.fromkeys(OFFERED, 1) == placed
    assert OFFERED.keys() <= SCHEMAS.by_name.keys()


def test_no_legal_audience_is_narrowed_but_that_of_a_correction() -> None:
    """Who had the wrong message is the rule there (decision 0205)."""
    narrowed = {
        kind.name
        for kind in CATALOG
        for audience in kind.audiences
        if audience.narrowable and audience.purpose is Purpose.LEGAL
    }

    assert {CORRECTION} == narrowed


def test_every_state_but_the_first_is_reached_and_only_the_last_ends() -> None:
    reached = {state for states in MOVES.values() for state in states}

    assert set(CommunicationState) - {CommunicationState.DRAFT} <= reached
    assert [CommunicationState.CORRECTED] == [state for state, then in MOVES.items() if not then]
    assert CommunicationState.RUNNING not in before(CommunicationState.DRAFT)


@pytest.mark.parametrize(
    "boxes",
    [
        Boxes(places=("ph-a",), groups=TWO),
        Boxes(places=("ph-a", "ph-b"), groups=("owners",)),
        Boxes(places=("ph-a",), towers=("1", "2"), groups=TWO),
        Boxes(places=("ph-a",), groups=TWO, more=("person:p-1",), without=("owners@unit:a1",)),
        Boxes(groups=(), more=("residents@unit:a1", "staff:on_call@copropiedad:ph-a")),
    ],
)
def test_what_is_pressed_is_read_back(boxes: Boxes) -> None:
    whom = whom_of(boxes)

    assert boxes == boxes_of(whom.to, whom.without, TWO)


def test_words_that_no_boxes_can_say_are_kept_as_they_are() -> None:
    to = ("residents@copropiedad:ph-a", "owners@copropiedad:ph-b")

    assert to == boxes_of(to, (), TWO).more
    assert set(to) == set(whom_of(boxes_of(to, (), TWO)).to)


@pytest.mark.parametrize(
    ("to", "without", "boards"),
    [
        (("residents@copropiedad:ph-a",), (), {"circular", "outage"}),
        (("residents@tower:ph-a/1", "residents@copropiedad:ph-a"), (), {"circular", "outage"}),
        (("residents@copropiedad:ph-a",), ("person:p-1",), set()),
        (("owners@copropiedad:ph-a",), (), set()),
        (("residents@copropiedad:ph-a & opted_in:commercial",), (), set()),
        (("residents@tower:ph-a/1", "owners@tower:ph-a/1"), (), {"outage"}),
        (("owners@tower:ph-a/1", "council@tower:ph-a/1"), (), set()),
        (("residents@tower:ph-a/1", "owners@tower:ph-a/2"), (), set()),
        (("residents@copropiedad:ph-b",), (), set()),
    ],
)
def test_poster_hangs_only_where_everybody_is_meant_who_passes_it(
    to: tuple[str, ...], without: tuple[str, ...], boards: set[str]
) -> None:
    """A circular has no towers: its poster hangs in all of them."""
    kinds = {"circular": "admin.circular.issued", "outage": "building.outage.reported"}
    hung = {word for word, kind in kinds.items() if _part(kind, Whom(to=to, without=without)).on_boards}

    assert boards == hung


def test_towers_are_said_even_where_no_poster_hangs() -> None:
    part = _part("building.outage.reported", Whom(to=("owners@tower:ph-a/1",)))

    assert ["tower:1"] == part.data["zones"]


def _part(kind: str, whom: Whom) -> Part:
    draft = Communication(
        id=uuid8(MONDAY, "communication"),
        kind=kind,
        origin=Origin.DESK,
        title="",
        draft=Draft(whom=whom),
        places=["ph-a"],
        by="account:ana",
        made_at=MONDAY,
        changed_at=MONDAY,
    )
    [part], _ = parts_of(draft, OFFERED[kind], {"ph-a": ()}, SCHEMAS.by_name[kind].document, None, {})
    return part


def test_subject_is_found_in_the_id_of_a_part_alone() -> None:
    number = uuid8(MONDAY, "communication")

    assert f"communication:{number}" == subject_of(part_id(number, 12))
    assert subject_of("circular-12") is None
    assert subject_of("registration:12:1") is None


PRICES = PricePolicy(
    sms={"default": 40, "twilio": 55}, whatsapp={"default": 50}, letter=500, page=100, mail=0
)


def sent(channel: str, parts: int | None = None) -> DryRunPersonMessage:
    return DryRunPersonMessage(
        audience=0,
        channel=channel,
        occasion=INITIAL,
        state=State.QUEUED,
        reason=None,
        leaves_at=None,
        then=[],
        skipped=[],
        parts=parts,
    )


def test_a_plan_has_the_price_of_the_provider_that_sends_first() -> None:
    messages = [sent("sms", 2), sent("whatsapp")]
    costs = [
        planned_cost(messages, PRICES, leaves=[State.QUEUED], providers={"sms": name, "whatsapp": "meta"})
        for name in ("twilio", "another")
    ]

    assert [{"sms": 110, "whatsapp": 50}, {"sms": 80, "whatsapp": 50}] == [cost.pesos for cost in costs]


def test_who_sends_first_has_the_name_of_its_attempts() -> None:
    described = "http+http://127.0.0.1:1?spec=examples/sms-provider.toml"
    settings = [
        load({"HUB_MODE": "live", "HUB_SMS_URL": urls, "HUB_EMAIL_URL": "smtps://127.0.0.1:1"})
        for urls in (f"twilio+http://127.0.0.1:1 {described}", described)
    ]

    assert [{"email": "smtp", "sms": "twilio"}, {"email": "smtp", "sms": "mensajeria"}] == [
        first_of(one) for one in settings
    ]


@pytest.mark.parametrize(
    ("left", "lawful_at", "end"),
    [
        ({"sms": 600, "email": 90_000}, None, MONDAY + timedelta(minutes=30)),
        ({"sms": 600}, MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=9, minutes=30)),
        ({"sms": 600}, MONDAY - timedelta(hours=9), MONDAY + timedelta(minutes=30)),
        ({"email": 3}, MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=9)),
        ({"email": 3}, None, None),
        ({"sms": 0}, MONDAY + timedelta(hours=9), None),
    ],
)
def test_the_end_is_that_of_what_is_left_at_the_rates_from_lawful_hours_on(
    left: Mapping[str, int], lawful_at: datetime | None, end: datetime | None
) -> None:
    assert end == expected_end(left, {"sms": [parse_rate("20/m")]}, lawful_at=lawful_at, now=MONDAY)
