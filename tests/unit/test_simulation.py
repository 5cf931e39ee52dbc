"""An unanswered case runs through the whole hub, over days on which the company is closed."""

from __future__ import annotations

from typing import Final

import pytest

from hub.contact_rules.working_hours import DAYS
from hub.model import ClockState, Json
from tests.unit.factories import email, event, local, somebody, upserted
from tests.unit.simulation import Walk, answered, levels, received, walk, wall

HOLY_WEEK: Final = "2026-04-01 16:30"
"""Wednesday; Thursday and Friday are holidays."""
JULY: Final = "2026-07-10 16:00"
"""Friday; Monday the 13th is a holiday by Ley 2578 de 2026, and Monday the 20th is one."""
NOBODY_ANSWERS: Final = {
    HOLY_WEEK: [
        "2026-04-08 08:42 sla.at_risk 1",
        "2026-04-08 13:30 sla.breached 1",
        "2026-04-08 13:30 pqrs.escalated 1→2",
        "2026-04-09 12:30 pqrs.escalated 2→3",
        "2026-04-10 11:30 pqrs.escalated 3→4",
        "2026-04-13 10:30 pqrs.escalated 4→4",
    ],
    JULY: [
        "2026-07-16 08:12 sla.at_risk 1",
        "2026-07-16 13:00 sla.breached 1",
        "2026-07-16 13:00 pqrs.escalated 1→2",
        "2026-07-17 12:00 pqrs.escalated 2→3",
        "2026-07-21 11:00 pqrs.escalated 3→4",
        "2026-07-22 10:00 pqrs.escalated 4→4",
    ],
}
LEGAL_TERM: Final = {
    # 15 days after 1 April: 6–10, 13–17, 20–24; at risk as the twelfth opens.
    HOLY_WEEK: [
        "2026-04-21 08:00 sla.at_risk 1",
        "2026-04-21 08:00 pqrs.escalated 1→3",
        "2026-04-25 00:00 sla.breached 1",
        "2026-04-25 00:00 pqrs.escalated 3→4",
    ],
    # 15 days after 10 July: 14–17, 21–24, 27–31, 3 and 4 August.
    JULY: [
        "2026-07-30 08:00 sla.at_risk 1",
        "2026-07-30 08:00 pqrs.escalated 1→3",
        "2026-08-05 00:00 sla.breached 1",
        "2026-08-05 00:00 pqrs.escalated 3→4",
    ],
}
AFTERNOONS: Final[Json] = {day: [["14:00", "22:00"]] for day in DAYS[:5]}
ON_CALL: Final = {"on_call": True}
DIRECTION: Final = {"direction": True}
EMERGENCY: Final = "2026-04-04 03:00"
"""Holy Saturday."""


async def unanswered(at: str, until: str, **of: dict[str, Json]) -> Walk:
    begun = await walk(received(at), *levels(of))
    await begun.run_until(until)
    return begun


@pytest.mark.parametrize(("at", "until"), [(HOLY_WEEK, "2026-05-31 00:00"), (JULY, "2026-08-31 00:00")])
async def test_unanswered_pqrs_escalates_to_all_levels_and_breaches_its_term(at: str, until: str) -> None:
    run = await unanswered(at, until, level_1=DIRECTION, level_4=DIRECTION)
    stops = {step[: len(at)] for step in (*NOBODY_ANSWERS[at], *LEGAL_TERM[at])}

    assert NOBODY_ANSWERS[at] == run.steps("first_reply")
    assert LEGAL_TERM[at] == run.steps("legal_term")
    assert sorted(stops) == [wall(instant) for instant in run.visited]
    assert [(ClockState.BREACHED, 4), (ClockState.BREACHED, 4)] == [
        (run.clock(name).state, run.clock(name).level) for name in ("first_reply", "legal_term")
    ]


async def test_each_level_is_notified_in_its_turn_over_holy_week() -> None:
    run = await unanswered(HOLY_WEEK, "2026-05-31 00:00", level_4=DIRECTION)

    assert [
        ("sla.at_risk 1", "p-1", "04-08 08:42 email inbox"),
        ("sla.breached 1", "p-1", "04-08 13:30 email inbox"),
        ("pqrs.escalated 1→2", "p-2", "04-08 13:30 email inbox sms"),
        ("pqrs.escalated 2→3", "p-3", "04-09 12:30 email inbox sms"),
        ("pqrs.escalated 3→4", "p-4", "04-10 11:30 email inbox sms"),
        ("pqrs.escalated 4→4", "p-4", "04-13 10:30 email inbox sms"),
    ] == run.staff_messages("first_reply")
    # The receipt, and three escalations; the petitioner gets no reminders.
    assert ["04-01 16:30", "04-08 13:30", "04-09 12:30", "04-10 11:30"] == run.mailed("pedro@example.com")


async def test_each_level_is_notified_in_its_turn_over_13_july() -> None:
    run = await unanswered(JULY, "2026-08-31 00:00", level_4=DIRECTION)

    assert [
        ("sla.at_risk 1", "p-1", "07-16 08:12 email inbox"),
        ("sla.breached 1", "p-1", "07-16 13:00 email inbox"),
        ("pqrs.escalated 1→2", "p-2", "07-16 13:00 email inbox sms"),
        ("pqrs.escalated 2→3", "p-3", "07-17 12:00 email inbox sms"),
        ("pqrs.escalated 3→4", "p-4", "07-21 11:00 email inbox sms"),
        ("pqrs.escalated 4→4", "p-4", "07-22 10:00 email inbox sms"),
    ] == run.staff_messages("first_reply")
    assert ["07-10 16:00", "07-16 13:00", "07-17 12:00", "07-21 11:00"] == run.mailed("pedro@example.com")


@pytest.mark.parametrize(("at", "until"), [(HOLY_WEEK, "2026-05-31 00:00"), (JULY, "2026-08-31 00:00")])
async def test_repeated_redis_flushes_change_nothing(at: str, until: str) -> None:
    whole = await unanswered(at, until)
    run = await walk(received(at), *levels())
    run.forgetful = True
    await run.run_until(until)

    assert [NOBODY_ANSWERS[at], LEGAL_TERM[at]] == [run.steps("first_reply"), run.steps("legal_term")]
    assert whole.staff_messages("first_reply") == run.staff_messages("first_reply")
    assert whole.staff_messages("legal_term") == run.staff_messages("legal_term")


@pytest.mark.parametrize(
    ("level_4", "uses"),
    [
        ({}, "04-25 00:00 inbox, 04-27 08:00 email sms"),  # the term ends on Friday at midnight
        (ON_CALL, "04-25 00:00 email inbox sms"),
        (DIRECTION, "04-25 00:00 email inbox sms"),
    ],
    ids=["who rests", "who is on call", "the direction"],
)
async def test_legal_term_at_risk_notifies_level_3_and_its_breach_level_4(
    level_4: dict[str, Json], uses: str
) -> None:
    run = await unanswered(HOLY_WEEK, "2026-05-31 00:00", level_4=level_4)

    assert [
        ("sla.at_risk 1", "p-1", "04-21 08:00 email inbox"),
        ("pqrs.escalated 1→3", "p-3", "04-21 08:00 email inbox sms"),
        ("sla.breached 1", "p-1", "04-25 00:00 inbox, 04-27 08:00 email"),
        ("pqrs.escalated 3→4", "p-4", uses),
    ] == run.staff_messages("legal_term")


async def test_person_with_own_hours_is_notified_in_them_and_no_step_waits() -> None:
    run = await unanswered(HOLY_WEEK, "2026-04-14 00:00", level_2={"hours": AFTERNOONS})

    assert ("pqrs.escalated 1→2", "p-2", "04-08 13:30 inbox, 04-08 14:00 email sms") in run.staff_messages(
        "first_reply"
    )
    assert NOBODY_ANSWERS[HOLY_WEEK] == run.steps("first_reply")


async def test_stand_in_of_a_level_is_notified_instead_of_the_absent_holder() -> None:
    stand_in = somebody("p-stand-in", email("p-stand-in@example.com"))
    leave = upserted(
        "leave", "l-2", person_id="p-2", since="2026-04-06", until="2026-04-10", delegate_id="p-stand-in"
    )
    run = await walk(received(HOLY_WEEK), *levels(), stand_in, leave)
    await run.receives(answered("2026-04-09 13:00"), at="2026-04-09 13:00")

    assert [
        ("pqrs.escalated 1→2", "p-stand-in", "04-08 13:30 email inbox"),
        ("pqrs.escalated 2→3", "p-3", "04-09 12:30 email inbox sms"),
        ("sla.resolved late", "p-1", "04-09 13:00 email inbox"),
        ("sla.resolved late", "p-3", "04-09 13:00 email inbox"),
        ("sla.resolved late", "p-stand-in", "04-09 13:00 email inbox"),
    ] == run.staff_messages("first_reply")[2:]


async def test_vacant_level_is_skipped_at_once_and_others_keep_their_turns() -> None:
    run = await walk(received(HOLY_WEEK), *levels(without=2))
    await run.run_until("2026-04-14 00:00")

    assert [
        "2026-04-08 13:30 pqrs.escalated 1→3",
        "2026-04-10 11:30 pqrs.escalated 3→4",
        "2026-04-13 10:30 pqrs.escalated 4→4",
    ] == run.steps("first_reply")[2:]
    assert ("pqrs.escalated 1→3", "p-3", "04-08 13:30 email inbox sms") in run.staff_messages("first_reply")


async def test_acknowledging_level_2_moves_the_later_steps_by_eight_hours() -> None:
    run = await walk(received(HOLY_WEEK), *levels())
    level = await run.acknowledge("first_reply", by="p-2", at="2026-04-08 14:00")
    await run.run_until("2026-04-15 00:00")

    assert 2 == level
    assert (
        [
            "2026-04-08 13:30 pqrs.escalated 1→2",
            "2026-04-10 11:30 pqrs.escalated 2→3",  # 32 h and 8 more
            "2026-04-13 10:30 pqrs.escalated 3→4",
            "2026-04-14 09:30 pqrs.escalated 4→4",
        ]
        == run.steps("first_reply")[2:]
    )


async def test_timely_answer_that_arrives_late_is_met_and_alerted_levels_know() -> None:
    """Answered half an hour before due; the event arrives on Saturday, after level 3 was notified."""
    run = await walk(received(HOLY_WEEK), *levels({"level_3": ON_CALL}))
    await run.receives(answered("2026-04-08 13:00"), at="2026-04-11 10:00")
    met = run.clock("first_reply")
    await run.run_until("2026-04-20 00:00")

    assert (ClockState.MET, local("2026-04-08 13:00")) == (met.state, met.ended_at)
    assert [*NOBODY_ANSWERS[HOLY_WEEK][:5], "2026-04-11 10:00 sla.resolved met"] == run.steps("first_reply")
    assert [
        ("sla.resolved met", "p-1", "04-11 10:00 inbox, 04-13 08:00 email"),
        ("sla.resolved met", "p-2", "04-11 10:00 inbox, 04-13 08:00 email"),
        ("sla.resolved met", "p-3", "04-11 10:00 email inbox"),
        ("sla.resolved met", "p-4", "04-11 10:00 inbox, 04-13 08:00 email"),
    ] == run.staff_messages("first_reply")[-4:]


async def test_emergency_escalates_at_night_until_level_3_acknowledges() -> None:
    run = await walk(event("emergency.declared", at=local(EMERGENCY)), *levels())
    level = await run.acknowledge("emergency_ack", by="p-3", at="2026-04-04 03:12")
    await run.run_until("2026-04-06 00:00")

    assert (3, ClockState.BREACHED) == (level, run.clock("emergency_ack").state)
    assert [
        ("sla.breached 1", "p-1", "04-04 03:05 email inbox"),
        ("emergency.escalated 1→2", "p-2", "04-04 03:05 email inbox sms"),
        ("emergency.escalated 2→3", "p-3", "04-04 03:10 email inbox sms"),
        ("sla.resolved late", "p-1", "04-04 03:12 email inbox"),
        ("sla.resolved late", "p-2", "04-04 03:12 email inbox"),
        ("sla.resolved late", "p-3", "04-04 03:12 email inbox"),
    ] == run.staff_messages("emergency_ack")


async def test_unacknowledged_emergency_reaches_level_4_after_15_minutes() -> None:
    run = await walk(event("emergency.declared", at=local(EMERGENCY)), *levels())
    await run.run_until("2026-04-06 00:00")

    assert [
        "2026-04-04 03:05 sla.breached 1",
        "2026-04-04 03:05 emergency.escalated 1→2",
        "2026-04-04 03:10 emergency.escalated 2→3",
        "2026-04-04 03:15 emergency.escalated 3→4",
    ] == run.steps("emergency_ack")


async def test_alert_held_until_monday_is_cancelled_by_an_answer_on_sunday() -> None:
    run = await unanswered(HOLY_WEEK, "2026-04-25 00:00")
    answer = answered("2026-04-26 10:00")
    await run.receives(
        event("pqrs.responded", {"pqrs_id": answer.data["pqrs_id"]}, at=answer.time), at="2026-04-26 10:00"
    )
    await run.run_until("2026-05-10 00:00")
    last = [(what, uses) for what, who, uses in run.staff_messages("legal_term") if who == "p-4"]

    # On Monday one mail, about the end, and not two.
    assert [
        ("pqrs.escalated 3→4", "04-25 00:00 inbox, never email sms"),
        ("sla.resolved late", "04-26 10:00 inbox, 04-27 08:00 email"),
    ] == last
