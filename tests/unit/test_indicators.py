"""Indicators, calculated by hand. The company works Monday to Friday from 8:00 to 17:00."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.model import ClockHistory, ClockState, Pause, Period, Promise, PromiseRecord
from hub.model.contracts import ContractDecision
from hub.policy import load_policy
from hub.sla.indicator_rows import share
from hub.sla.indicators import figures, first_instance
from hub.sla.renewals import renewals, together

CALENDAR = load_policy().calendar
BOGOTA = ZoneInfo("America/Bogota")
HOUR = timedelta(hours=1)
BUSINESS = Promise(target=24 * HOUR)
ANY_HOUR = Promise(target=HOUR / 6, any_hour=True)


def at(text: str) -> datetime:
    """An instant of March 2026: `09T08:00` is Monday the 9th."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=BOGOTA)


MARCH = Period(since=at("01T00:00"), until=datetime(2026, 4, 1, tzinfo=BOGOTA))


def kept(
    started: str,
    ended: str | None = None,
    state: ClockState = ClockState.MET,
    *,
    case: str = "pqrs_id:1",
    name: str = "first_reply",
    level: int = 1,
    promise: Promise = BUSINESS,
    pauses: tuple[tuple[str, str], ...] = (),
) -> PromiseRecord:
    stood = tuple(Pause(since=at(since), until=at(until)) for since, until in pauses)
    return PromiseRecord(
        case=case,
        name=name,
        state=state,
        started_at=at(started),
        ended_at=None if ended is None else at(ended),
        level=level,
        promise=promise,
        course=ClockHistory(pauses=stood),
    )


def test_silent_clock_is_not_counted() -> None:
    silent = Promise(target=24 * HOUR, silent=True)
    clocks = [kept("09T08:00", "09T10:00", ClockState.BREACHED, name="dunning", promise=silent)]

    assert [] == figures(clocks, MARCH, CALENDAR)


def test_mean_and_p90_are_of_business_hours_without_pauses() -> None:
    clocks = [
        kept("09T08:00", "09T10:00"),  # 2 h
        kept("09T16:00", "10T09:00"),  # 1 h + 1 h: the night does not count
        kept("13T16:00", "16T12:00"),  # Friday 1 h + Monday 4 h = 5 h
        # Friday 20th 16:00 to Tuesday 24th 10:00: 1 h + 2 h; Monday 23 is a holiday.
        kept("20T16:00", "24T10:00"),
        kept("10T08:00", "10T17:00", pauses=(("10T10:00", "10T15:00"),)),  # 9 h − 5 h = 4 h
        # Monday to Friday, 9 h each: 45 h, late.
        kept("09T08:00", "13T17:00", ClockState.BREACHED, level=3),
    ]

    (promise,) = figures(clocks, MARCH, CALENDAR)

    # (2 + 2 + 5 + 3 + 4 + 45) / 6 = 61/6 h. Of six the 90 % are 5.4, so the sixth of 2 2 3 4 5 45.
    assert (round(61 / 6, 2), 45) == (promise.mean_hours, promise.p90_hours)
    # 5 of 6.
    assert (5, 1, round(5 / 6, 4)) == (promise.met, promise.breached, promise.share_met)


def test_p90_of_ten_values_is_the_ninth() -> None:
    # 1 h to 9 h on the one day, the tenth 9 h and one of the next: 10 h.
    clocks = [kept("09T08:00", f"09T{8 + hours:02}:00") for hours in range(1, 10)]

    (promise,) = figures([*clocks, kept("09T08:00", "10T09:00")], MARCH, CALENDAR)

    # (1 + … + 10) / 10 = 5.5 h.
    assert (9, 5.5) == (promise.p90_hours, promise.mean_hours)


def test_promise_of_any_hour_is_measured_in_wall_time() -> None:
    # Saturday 14 March, 2:00 to 2:12, with a pause of 2 minutes.
    clocks = [kept("14T02:00", "14T02:12", promise=ANY_HOUR, pauses=(("14T02:05", "14T02:07"),))]

    (promise,) = figures(clocks, MARCH, CALENDAR)

    assert (round(10 / 60, 2), True) == (promise.mean_hours, promise.any_hour)


def test_running_and_cancelled_clocks_have_no_answer_time() -> None:
    clocks = [
        kept("09T08:00", None, ClockState.OPEN),
        kept("09T08:00", None, ClockState.AT_RISK),
        kept("09T08:00", "09T09:00", ClockState.CANCELLED),
    ]

    (promise,) = figures(clocks, MARCH, CALENDAR)

    assert (2, 0, 0) == (promise.running, promise.met, promise.breached)
    assert (None, None, None) == (promise.share_met, promise.mean_hours, promise.p90_hours)
    assert [] == figures(clocks[-1:], MARCH, CALENDAR)


def test_breaches_are_counted_by_the_level_reached() -> None:
    clocks = [
        kept("09T08:00", "13T08:00", ClockState.BREACHED, level=2),
        kept("09T08:00", "16T08:00", ClockState.BREACHED, level=4),
        kept("09T08:00", None, ClockState.BREACHED, level=4),
        # A met clock has no breach, also where a level was notified before its answer came.
        kept("09T08:00", "09T09:00", ClockState.MET, level=2),
    ]

    (promise,) = figures(clocks, MARCH, CALENDAR)

    assert {"2": 1, "4": 2} == promise.breached_by_level


def test_each_promise_has_its_own_figures_in_the_period_of_its_start() -> None:
    clocks = [
        kept("09T08:00", "09T09:00"),
        kept("09T08:00", "10T08:00", name="legal_term"),
        kept("31T16:00", "31T17:00"),
    ]
    until_the_31st = Period(since=MARCH.since, until=at("31T16:00"))

    assert [("first_reply", 2), ("legal_term", 1)] == [
        (figure.name, figure.met) for figure in figures(clocks, MARCH, CALENDAR)
    ]
    # A period excludes its end.
    assert [1, 1] == [promise.met for promise in figures(clocks, until_the_31st, CALENDAR)]


def pqrs(
    case: str, *, level: int = 1, terms: tuple[ClockState, ...] = (ClockState.MET,)
) -> list[PromiseRecord]:
    """A request with its reply, and one legal term per opening."""
    ends = {ClockState.OPEN: None, ClockState.AT_RISK: None}
    return [
        kept("09T08:00", "09T09:00", case=case, level=level),
        *(
            kept(f"{day:02}T08:00", ends.get(state, f"{day:02}T16:00"), state, case=case, name="legal_term")
            for day, state in enumerate(terms, start=9)
        ),
    ]


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        (pqrs("a"), (1, 1)),
        # Escalated; reopened; answered late, which still counts as first instance.
        (pqrs("a", level=2), (1, 0)),
        (pqrs("a", terms=(ClockState.MET, ClockState.MET)), (1, 0)),
        (pqrs("a", terms=(ClockState.BREACHED,)), (1, 1)),
        # Running, or running again; withdrawn; not a PQRS.
        (pqrs("a", terms=(ClockState.OPEN,)), (0, 0)),
        (pqrs("a", terms=(ClockState.MET, ClockState.AT_RISK)), (0, 0)),
        (pqrs("a", terms=(ClockState.CANCELLED,)), (0, 0)),
        (pqrs("a", terms=()), (0, 0)),
        # Two of three.
        ([*pqrs("a"), *pqrs("b"), *pqrs("c", level=3)], (3, 2)),
    ],
)
def test_pqrs_never_escalated_nor_reopened_is_resolved_at_once(
    clocks: list[PromiseRecord], expected: tuple[int, int]
) -> None:
    found = first_instance(clocks, MARCH)

    assert (*expected, share(expected[1], expected[0])) == (found.closed, found.resolved, found.share)


def test_pqrs_counts_in_the_period_of_its_start() -> None:
    again = pqrs("a", terms=(ClockState.MET, ClockState.MET))
    second_week = Period(since=at("10T00:00"), until=MARCH.until)

    assert 0 == first_instance(again, second_week).closed
    assert None is first_instance([], MARCH).share


def decision(
    case: str, outcome: str, area: str | None = "administracion", copropiedad: str | None = "ph-1"
) -> ContractDecision:
    return ContractDecision(case=case, renewed=outcome == "renewed", area=area, copropiedad=copropiedad)


YEAR = [
    decision("a", "renewed"),
    decision("b", "ended"),
    decision("c", "renewed", copropiedad="ph-2"),
    # Renewed in January, ended early in November: lost.
    decision("d", "renewed", area="aseo"),
    decision("d", "ended", area="aseo"),
    decision("e", "renewed", area="aseo", copropiedad=None),
    # Renewed twice, or published twice: one contract.
    decision("f", "renewed", copropiedad="ph-2"),
    decision("f", "renewed", copropiedad="ph-2"),
]


def test_renewal_rate_counts_each_contract_once_by_its_last_event() -> None:
    total = together(renewals(YEAR))

    # a, c, e and f of a, b, c, d, e and f.
    assert (4, 2, round(4 / 6, 4)) == (total.renewed, total.ended, total.share)


def test_renewal_rate_is_counted_by_area_and_copropiedad() -> None:
    assert [
        ("administracion", "ph-1", 1, 1, 0.5),
        ("administracion", "ph-2", 2, 0, 1.0),
        ("aseo", None, 1, 0, 1.0),
        ("aseo", "ph-1", 0, 1, 0.0),
    ] == [(of.area, of.copropiedad, of.renewed, of.ended, of.share) for of in renewals(YEAR)]


def test_a_contract_that_comes_back_is_renewed() -> None:
    [figures] = renewals([decision("a", "ended"), decision("a", "renewed")])

    assert (1, 0) == (figures.renewed, figures.ended)


def test_without_decisions_there_is_no_rate() -> None:
    assert [] == renewals([])
    assert None is together([]).share
