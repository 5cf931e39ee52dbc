from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.business_time import BusinessDays, ColombianHolidays, Mode, WorkCalendar
from hub.errors import InvalidPolicy
from tests.for_each import for_each

VECTORS = Path(__file__).parents[1] / "vectors"
BOGOTA = ZoneInfo("America/Bogota")
OFFICE = {weekday: [(time(8), time(17))] for weekday in range(5)}
CALENDAR = WorkCalendar(OFFICE, ColombianHolidays(), {}, BOGOTA)


def vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


SLA = vectors("sla_business_hours.json")
LEGAL = vectors("legal_day_terms.json")
HOLIDAYS_OF = vectors("co_holidays.json")["years"]
DUE_CASES = [
    (case, mode)
    for case in SLA["due"]
    for mode in Mode
    if f"due_{mode}_local" in case  # some calendars have a vector for working_time only
]
LEGAL_TERMS = {
    "pet_general": 15,
    "pet_documentos_informacion": 10,
    "pet_consulta": 30,
    "habeas_data_consulta": 10,
    "habeas_data_reclamo": 15,
    "habeas_data_leyenda_en_tramite": 2,
    "habeas_data_traslado_competente": 2,
    "habeas_data_requerir_subsanar": 5,
    "acta_asamblea_presencial": 20,
    "acta_no_presencial": 10,
}


def at(text: str) -> datetime:
    """Read "2026-03-09 08:00" as a local time of Bogotá, or any ISO instant with an offset."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=BOGOTA)


def calendar_of(name: str) -> WorkCalendar:
    described = SLA["calendars"][name]
    holidays = {date.fromisoformat(day) for day in SLA["holidays"]}
    if name.endswith("holidays_before_ley2578"):
        holidays.discard(date(2026, 7, 13))
    special = {date.fromisoformat(day): frames for day, frames in described["special_days"].items()}
    return WorkCalendar(dict(enumerate(described["week_mon_to_sun"])), holidays, special, BOGOTA)


def end_of(day: str) -> datetime:
    return at(day) + timedelta(days=1)


@for_each(DUE_CASES)
def test_promise_is_due_when_a_minute_walk_of_the_clock_ends(case: dict[str, Any], mode: Mode) -> None:
    due = calendar_of(case["calendar"]).due(
        at(case["received_local"]), timedelta(hours=case["hours"]), mode=mode
    )

    assert due == at(case[f"due_{mode}_local"])
    assert (at(case["received_utc"]), at(case["due_working_time_utc"])) == (
        at(case["received_local"]),
        at(case["due_working_time_local"]),
    )
    assert due.tzinfo is UTC


@pytest.mark.parametrize("case", SLA["pause"], ids=lambda case: case["id"])
def test_paused_time_does_not_count(case: dict[str, Any]) -> None:
    pauses = [(at(start), at(end)) for start, end in case["pauses_local"]]
    due = calendar_of(case["calendar"]).due(
        at(case["received_local"]), timedelta(hours=case["hours"]), pauses=pauses
    )

    assert due == at(case["due_working_time_local"])


@pytest.mark.parametrize("case", SLA["elapsed"], ids=lambda case: case["id"])
def test_elapsed_time_is_open_time_only(case: dict[str, Any]) -> None:
    elapsed = calendar_of(case["calendar"]).elapsed(at(case["from_local"]), at(case["to_local"]))

    assert elapsed == timedelta(minutes=case["open_minutes"])


@pytest.mark.parametrize("case", SLA["breach"], ids=lambda case: case["id"])
def test_promise_is_kept_when_answered_at_or_before_its_due_instant(case: dict[str, Any]) -> None:
    calendar = calendar_of(case["calendar"])
    received, answered = at(case["received_local"]), at(case["responded_local"])
    due = calendar.due(received, timedelta(hours=case["hours"]))

    assert due == at(case["due_local"])
    assert (answered <= due) is case["met"]
    assert calendar.elapsed(received, answered) == timedelta(minutes=case["open_minutes_elapsed"])


@pytest.mark.parametrize("year", sorted(HOLIDAYS_OF))
def test_the_holidays_are_those_of_the_law(year: str) -> None:
    first = date(int(year), 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    kept = [day.isoformat() for day in days if day.year == first.year and day in ColombianHolidays()]

    assert kept == sorted({holiday["date"] for holiday in HOLIDAYS_OF[year]["holidays"]})


@pytest.mark.parametrize("case", LEGAL["terms"], ids=lambda case: case["received"])
def test_a_legal_term_ends_with_its_last_business_day(case: dict[str, Any]) -> None:
    received = at(case["received"]) + timedelta(hours=9)

    assert case["due"].keys() == LEGAL_TERMS.keys()
    for term, last_day in case["due"].items():
        assert CALENDAR.legal_due(received, LEGAL_TERMS[term]) == end_of(last_day), term


@pytest.mark.parametrize("case", LEGAL["extensions"], ids=lambda case: case["received"])
def test_an_extended_legal_term_counts_on_from_the_same_receipt(case: dict[str, Any]) -> None:
    received = at(case["received"])

    assert CALENDAR.legal_due(received, 10) == end_of(case["consulta_due"])
    assert CALENDAR.legal_due(received, 15) == end_of(case["reclamo_due"]) == end_of(case["peticion_due"])
    assert CALENDAR.legal_due(received, 10 + 5) == end_of(case["consulta_extended_due_plus5"])
    assert CALENDAR.legal_due(received, 15 + 8) == end_of(case["reclamo_extended_due_plus8"])
    assert CALENDAR.legal_due(received, 15 * 2) == end_of(case["peticion_max_extended_double"])


def test_an_answer_at_the_midnight_that_ends_a_legal_term_is_still_in_time() -> None:
    due = CALENDAR.legal_due(at("2026-03-09 10:00"), 2)

    assert due == at("2026-03-12 00:00")
    assert at("2026-03-11 23:59:59") <= due


@pytest.mark.parametrize("received", ["2026-03-09 00:00", "2026-03-09 23:59:59"])
def test_the_day_of_receipt_is_the_local_one_and_does_not_count(received: str) -> None:
    assert CALENDAR.legal_due(at(received).astimezone(UTC), 1) == end_of("2026-03-10")


def test_a_legal_term_ignores_the_hours_of_the_company() -> None:
    every_day_but_monday = {day: [("08:00", "12:00")] for day in range(1, 7)}
    calendar = WorkCalendar(every_day_but_monday, ColombianHolidays(), {date(2026, 3, 17): []}, BOGOTA)

    assert calendar.legal_due(at("2026-03-13 09:00"), 2) == end_of("2026-03-17")


def test_saturdays_count_for_legal_terms_only_by_policy() -> None:
    calendar = WorkCalendar(OFFICE, ColombianHolidays(), {}, BOGOTA, legal_days=range(6))

    assert calendar.legal_due(at("2026-03-13 09:00"), 1) == end_of("2026-03-14")


def test_a_business_day_opens_at_its_first_hour() -> None:
    # Wed 1 April; Thursday and Friday of Holy Week are holidays.
    assert CALENDAR.business_day_opening(at("2026-04-01 16:30"), 1) == at("2026-04-06 08:00")


def test_a_business_day_on_which_the_company_is_closed_opens_at_midnight() -> None:
    closed = WorkCalendar(OFFICE, ColombianHolidays(), {date(2026, 3, 10): []}, BOGOTA)

    assert closed.business_day_opening(at("2026-03-09 10:00"), 1) == at("2026-03-10 00:00")


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 3, 9), "2026-03-09 08:00"),
        (date(2026, 3, 23), "2026-03-20 08:00"),  # a holiday, after a weekend
        (date(2026, 4, 5), "2026-04-01 08:00"),  # Easter Sunday: the Wednesday before
    ],
)
def test_last_opening_is_of_that_day_or_of_the_last_working_day_before(day: date, opens: str) -> None:
    assert CALENDAR.last_opening(day) == at(opens)


def test_company_that_has_never_opened_has_the_midnight_of_the_day() -> None:
    once = WorkCalendar({}, (), {date(2027, 3, 9): [("08:00", "12:00")]}, BOGOTA)

    assert once.last_opening(date(2026, 3, 9)) == at("2026-03-09 00:00")


def test_special_day_overrides_a_holiday() -> None:
    calendar = WorkCalendar(OFFICE, ColombianHolidays(), {date(2026, 3, 23): [("09:00", "10:00")]}, BOGOTA)

    assert calendar.due(at("2026-03-20 17:00"), timedelta(hours=1)) == at("2026-03-23 10:00")


def test_no_minute_of_a_day_that_closes_at_24_is_lost() -> None:
    for midnight in ("24:00", time(0), time.max, timedelta(days=1)):
        round_the_clock = WorkCalendar({day: [("00:00", midnight)] for day in range(7)}, set(), {}, BOGOTA)

        assert round_the_clock.due(at("2026-03-09 10:20"), timedelta(days=7)) == at("2026-03-16 10:20")


def test_frames_that_touch_are_one() -> None:
    touching = WorkCalendar({0: [("12:00", "16:00"), ("08:00", "12:00")]}, set(), {}, BOGOTA)

    assert touching.due(at("2026-03-09 11:00"), timedelta(hours=2)) == at("2026-03-09 13:00")


def test_the_next_opening_is_the_instant_itself_while_open() -> None:
    assert CALENDAR.next_open(at("2026-03-09 08:00")) == at("2026-03-09 08:00")
    assert CALENDAR.next_open(at("2026-03-09 16:59:59.999999")) == at("2026-03-09 16:59:59.999999")
    assert CALENDAR.next_open(at("2026-03-09 17:00")) == at("2026-03-10 08:00")


def test_a_due_instant_that_a_pause_begins_at_is_not_moved() -> None:
    pause = (at("2026-03-09 09:00"), at("2026-03-09 12:00"))

    assert CALENDAR.due(at("2026-03-09 08:00"), timedelta(hours=1), pauses=[pause]) == at("2026-03-09 09:00")


def test_elapsed_time_of_a_backward_interval_is_nothing() -> None:
    assert CALENDAR.elapsed(at("2026-03-09 12:00"), at("2026-03-09 10:00")) == timedelta(0)


def test_a_year_of_working_days_adds_up() -> None:
    # 242 working days of nine hours: 130 680 minutes.
    assert CALENDAR.elapsed(at("2026-01-01"), at("2027-01-01")) == timedelta(minutes=130_680)


def test_promise_of_decades_has_an_end_and_of_centuries_is_an_error() -> None:
    assert CALENDAR.due(at("2026-03-09 08:00"), timedelta(hours=50_000)).year == 2048
    with pytest.raises(InvalidPolicy, match="within a hundred years of 2026-03-09"):
        CALENDAR.due(at("2026-03-09 08:00"), timedelta(hours=1_000_000))
    with pytest.raises(InvalidPolicy, match="100000 business days do not pass"):
        CALENDAR.legal_due(at("2026-03-09 08:00"), 100_000)


def test_a_calendar_of_past_special_days_does_not_open_again() -> None:
    once = WorkCalendar({}, set(), {date(2026, 3, 9): [("08:00", "09:00")]}, BOGOTA)
    with pytest.raises(InvalidPolicy, match="does not open"):
        once.next_open(at("2026-03-09 09:00"))


def test_days_of_daylight_saving_keep_their_wall_hours() -> None:
    # New York, Sunday 8 March 2026: 02:00 becomes 03:00, the day has 23 hours.
    new_york = WorkCalendar({day: [("00:00", "24:00")] for day in range(7)}, set(), {}, "America/New_York")
    received = datetime(2026, 3, 8, tzinfo=ZoneInfo("America/New_York"))

    assert new_york.due(received, timedelta(hours=23)) == datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert new_york.legal_due(received - timedelta(days=2), 1) == datetime(2026, 3, 10, 4, tzinfo=UTC)


def test_an_hour_begins_on_the_local_wall() -> None:
    kolkata = WorkCalendar({day: [("00:00", "24:00")] for day in range(7)}, set(), {}, "Asia/Kolkata")
    received = datetime(2026, 3, 9, 10, 20, tzinfo=ZoneInfo("Asia/Kolkata"))
    due = kolkata.due(received, timedelta(0), mode="working_time_cco829")

    assert due == datetime(2026, 3, 9, 11, tzinfo=ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(
    ("week", "complaint"),
    [
        ({}, "never opens"),
        ({0: []}, "never opens"),
        ({0: [("17:00", "08:00")]}, "from 17:00 to 08:00"),
        ({0: [("08:00", "08:00")]}, "from 08:00 to 08:00"),
        ({0: [("08:00", "12:00"), ("11:00", "17:00")]}, "overlap"),
        ({0: [("8am", "17:00")]}, '"8am" is not a time of day'),
        ({0: [("08:00", "25:00")]}, '"25:00" is not a time of day'),
        ({0: [("08:00Z", "17:00")]}, "must not carry a zone"),
    ],
)
def test_impossible_hours_are_refused(week: dict[int, list[tuple[str, str]]], complaint: str) -> None:
    with pytest.raises(InvalidPolicy, match=complaint):
        WorkCalendar(week, set(), {}, BOGOTA)


def test_legal_terms_need_a_weekday() -> None:
    with pytest.raises(InvalidPolicy, match="legal terms"):
        WorkCalendar(OFFICE, set(), {}, BOGOTA, legal_days=())


def test_naive_datetimes_and_impossible_counts_are_refused() -> None:
    naive = datetime(2026, 3, 9, 8)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due(naive, timedelta(hours=1))
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.legal_due(naive, 1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.due(at("2026-03-09 08:00"), timedelta(hours=-1))
    with pytest.raises(ValueError, match="the first business day is 1"):
        CALENDAR.legal_due(at("2026-03-09 08:00"), 0)
    with pytest.raises(ValueError, match="no_such_mode"):
        CALENDAR.due(at("2026-03-09 08:00"), timedelta(hours=1), mode="no_such_mode")


def test_calendar_does_not_change_with_its_source_sets() -> None:
    holidays = {date(2026, 3, 9)}
    calendar = WorkCalendar(OFFICE, holidays, {}, BOGOTA)
    holidays.clear()

    assert not calendar.is_business_day(date(2026, 3, 9))


def test_business_days_add_up() -> None:
    assert BusinessDays(15) + BusinessDays(8) == BusinessDays(23)
