"""Lawful days: the vectors of business time, and assemblies that are called against Ley 675 de 2001."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from hub.business_time import Mode
from hub.catalog import BY_NAME
from hub.cli.publish import example_of
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.lawful_dates import CHECKS, OVERRIDE
from hub.errors import InvalidEvent
from hub.model import Json
from hub.operations.cases.events_es import further
from hub.policy.policy import load_tables, policy_of
from tests.unit.factories import BOGOTA, SCHEMAS, event, local, stored
from tests.unit.hub_in_memory import memory_hub
from tests.unit.test_business_time import CALENDAR, LEGAL, SLA, at, calendar_of, end_of

VECTORS: Final = json.loads((Path(__file__).parent.parent / "vectors/legal_day_terms.json").read_text())[
    "assembly"
]
CONVENED: Final = "admin.assembly.convened"
SECOND: Final = "admin.assembly.second_call"
MEETINGS: Final = [row for row in VECTORS if "latest_convocation" in row]
SECOND_CALLS: Final = [row for row in VECTORS if "second_call_third_business_day_20h" in row]
BY_HAND: Final = {"by": "account:gerencia", "reason": "El reglamento, artículo 50, fija otra fecha."}


def refusal(
    name: str, at: str = "2026-03-09 08:00", schemas: Schemas = SCHEMAS, **data: Json
) -> InvalidEvent | None:
    happened = event(name, data, at=local(at), quiet=data.pop("quiet", False))
    try:
        schemas.check(happened, now=happened.time)
    except InvalidEvent as refused:
        return refused
    return None


def called(meeting: str, at: str, **data: Json) -> InvalidEvent | None:
    """Call an assembly at 18:00 of this day; the second call is lawful."""
    first = datetime.fromisoformat(f"{meeting}T18:00:00").replace(tzinfo=BOGOTA)
    second = {"second_call_at": third_business_day(first).isoformat()}
    return refusal(CONVENED, at, **{"starts_at": first.isoformat(), **second, **data})


def third_business_day(first: datetime) -> datetime:
    calendar = policy_of(load_tables(None)).calendar
    return (calendar.legal_due(first, 3) - timedelta(hours=4)).astimezone(BOGOTA)


@pytest.mark.parametrize("row", MEETINGS, ids=lambda row: row["meeting"])
def test_ordinary_assembly_is_called_fifteen_whole_calendar_days_before(row: dict[str, str]) -> None:
    """Ley 675 de 2001, art. 39: «con una antelación no inferior a quince (15) días calendario»."""
    last = date.fromisoformat(row["latest_convocation"])

    assert called(row["meeting"], f"{last} 23:59") is None
    assert called(row["meeting"], f"{last + timedelta(days=1)} 00:01") is not None


def test_refusal_of_a_call_nine_days_ahead_names_the_article_and_what_to_do() -> None:
    """Ley 675 de 2001, art. 39."""
    refused = called("2026-03-18", "2026-03-09 08:00")

    assert refused is not None
    assert "data.starts_at" == refused.field
    assert "expected 2026-03-25 or later" in refused.reason
    assert "Ley 675 de 2001, art. 39" in refused.reason
    assert "data.override" in refused.reason
    assert "2026-03-18" not in refused.reason


def test_extraordinary_assembly_has_no_term() -> None:
    """Ley 675 de 2001, art. 39 gives the days to the ordinary one only."""
    assert called("2026-03-18", "2026-03-09 08:00", kind="extraordinaria") is None


@pytest.mark.parametrize("row", SECOND_CALLS, ids=lambda row: row["first_call"])
def test_call_names_the_third_business_day_at_eight_for_the_second_one(row: dict[str, str]) -> None:
    """Ley 675 de 2001, art. 41: «el tercer día hábil siguiente …, a las ocho pasado meridiano»."""
    lawful = row["second_call_third_business_day_20h"]
    next_day = (datetime.fromisoformat(lawful) + timedelta(days=1)).isoformat()
    at = f"{date.fromisoformat(row['first_call']) - timedelta(days=30)} 08:00"

    assert called(row["first_call"], at, second_call_at=lawful) is None
    refused = called(row["first_call"], at, second_call_at=next_day)
    assert refused is not None
    assert "data.second_call_at" == refused.field
    assert f"expected {lawful}" in refused.reason
    assert "Ley 675 de 2001, art. 41" in refused.reason


@pytest.mark.parametrize(
    ("starts_at", "first_call_at", "expected"),
    [
        ("2026-03-23T20:00:00-05:00", None, "a business day at 20:00"),  # Monday of San José
        ("2026-03-28T20:00:00-05:00", None, "a business day at 20:00"),  # Saturday
        ("2026-03-31T19:00:00-05:00", None, "a business day at 20:00"),
        ("2026-04-01T20:00:00-05:00", "2026-03-26T18:00:00-05:00", "2026-03-31T20:00:00-05:00"),
        ("2026-03-31T20:00:00-05:00", "2026-03-26T18:00:00-05:00", None),
        ("2026-04-01T01:00:00Z", None, None),  # the same instant
    ],
)
def test_second_call_is_for_the_third_business_day_at_eight(
    starts_at: str, first_call_at: str | None, expected: str | None
) -> None:
    """Ley 675 de 2001, art. 41."""
    refused = refusal(SECOND, starts_at=starts_at, first_call_at=first_call_at)

    if expected is None:
        assert refused is None
    else:
        assert refused is not None
        assert f"expected {expected}" in refused.reason
        assert "Ley 675 de 2001, art. 41" in refused.reason


def test_saturday_is_a_business_day_where_the_policy_says_so() -> None:
    tables = load_tables(None)
    saturdays = {**tables["calendar"], "legal_days": ["mon", "tue", "wed", "thu", "fri", "sat"]}
    schemas = Schemas.load(calendar=policy_of({**tables, "calendar": saturdays}).calendar)

    assert refusal(SECOND, schemas=schemas, starts_at="2026-03-28T20:00:00-05:00") is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (CONVENED, {"starts_at": "2026-03-18T18:00:00-05:00"}),
        (SECOND, {"starts_at": "2026-03-23T20:00:00-05:00"}),
    ],
)
def test_person_who_answers_for_another_date_overrides_with_a_reason(
    name: str, data: dict[str, Json]
) -> None:
    assert refusal(name, **data) is not None
    assert refusal(name, **data, override=BY_HAND) is None
    assert refusal(name, **data, override={"by": "account:gerencia"}) is not None
    assert refusal(name, **data, override={"by": "account:gerencia", "reason": ""}) is not None
    assert refusal(name, **data, override={"by": "account:gerencia", "reason": " \n"}) is not None
    assert refusal(name, **data, override={"by": " ", "reason": "El reglamento."}) is not None


async def test_intake_refuses_the_call_and_takes_in_the_one_for_which_a_person_answers() -> None:
    hub = memory_hub(local("2026-03-20 08:00"))
    await hub.take_in(event(CONVENED, at=local("2026-03-20 08:00")))

    [letter] = hub.letters
    assert ("data.starts_at", True) == (letter.letter.field, "art. 39" in letter.letter.reason)
    answered = event(CONVENED, {"override": BY_HAND}, at=local("2026-03-20 08:00"))
    await hub.take_in(answered)
    assert [BY_HAND] == [row.event.data["override"] for row in hub.store.tables.events.values()]


def test_history_is_taken_in_as_it_was() -> None:
    """Nobody is called by a quiet event."""
    assert refusal(CONVENED, starts_at="2026-03-18T18:00:00-05:00", quiet=True) is None


@pytest.mark.parametrize("name", CHECKS)
def test_every_checked_event_can_be_overridden(name: str) -> None:
    document = SCHEMAS.by_name[name].document["properties"][OVERRIDE]

    assert name in BY_NAME
    assert ["by", "reason"] == document["required"]


@pytest.mark.parametrize("name", CHECKS)
def test_example_to_publish_is_lawful_today(name: str) -> None:
    now = local("2026-11-20 10:00")
    data = example_of(name, now=now, event_id="1")["data"]

    assert refusal(name, "2026-11-20 10:00", **data) is None


def test_case_says_who_overrode_the_law_and_why() -> None:
    row = stored(event(CONVENED, {"override": BY_HAND}))
    [said] = [line for line in further(row, (), words=True) if "account:gerencia" in line]

    assert "fecha que la ley no prevé" in said
    assert BY_HAND["reason"] in said
    assert not [line for line in further(row, (), words=False) if BY_HAND["reason"] in line]


ASSEMBLIES = [case for case in LEGAL["assembly"] if "first_call" in case]
WITHOUT_A_CALL = [case for case in LEGAL["assembly"] if "fiscal_year_end" in case]
"""The rest of them, the time ahead of an assembly's call, is tried in test_sla_dated.py."""


@pytest.mark.parametrize("name", SLA["calendars"])
def test_each_calendar_of_the_vectors_has_the_holidays_that_it_says(name: str) -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(366 * 2))

    assert SLA["calendars"][name]["n_holidays"] == sum(day in calendar_of(name).holidays for day in days)


def test_every_calendar_has_a_vector_except_the_one_before_the_new_law() -> None:
    tried = {case["calendar"] for kind in ("due", "pause", "elapsed", "breach") for case in SLA[kind]}
    before, since = (calendar_of(name) for name in ("LV_0800_1700_holidays_before_ley2578", "LV_0800_1700"))
    friday, day = at("2026-07-10 16:00"), timedelta(hours=9)

    assert {"LV_0800_1700_holidays_before_ley2578"} == SLA["calendars"].keys() - tried
    assert (at("2026-07-13 16:00"), at("2026-07-14 16:00")) == (
        before.due(friday, day),
        since.due(friday, day),
    )


def test_every_mode_has_its_vectors() -> None:
    assert set(Mode) == {mode for case in SLA["due"] for mode in Mode if f"due_{mode}_local" in case}


@pytest.mark.parametrize("case", ASSEMBLIES, ids=lambda case: case["first_call"])
def test_a_second_call_is_for_the_third_business_day(case: dict[str, str]) -> None:
    second = case["second_call_third_business_day_20h"]

    assert CALENDAR.legal_due(at(case["first_call"]), 3) == end_of(second[:10])


@pytest.mark.parametrize("case", WITHOUT_A_CALL, ids=lambda case: case["fiscal_year_end"])
def test_uncalled_assembly_meets_on_the_first_business_day_of_month_four(
    case: dict[str, str],
) -> None:
    meets, last_of_march = case["derecho_propio_art40"], at(f"{int(case['fiscal_year_end'][:4]) + 1}-03-31")

    assert CALENDAR.legal_due(last_of_march, 1) == end_of(meets[:10])
