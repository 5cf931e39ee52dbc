"""A person's own wishes, and the marks of staff: their effect on a message."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business_time.dates import ZONE
from hub.contact_rules.preferences import CHOOSABLE, barred, is_wanted, quiet_until, refusals
from hub.contact_rules.purposes import PURPOSES
from hub.contact_rules.verdict import ALLOWED, HeldUntil, Refused, verdict
from hub.desk.preferences.settings import with_setting
from hub.errors import InvalidPreference
from hub.model import (
    DO_NOT_CONTACT,
    NOT_WANTED,
    QUIET_HOURS,
    Consent,
    ContactFacts,
    Mark,
    MarkReason,
    Preferences,
    Purpose,
    QuietHours,
    State,
)
from hub.model.ids import uuid8
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local, person
from tests.unit.plans import EVERYTHING, kind, only, plan, reached

NIGHT = QuietHours(since="21:00", until="07:00")
SERVICE, COMMERCIAL = Purpose.SERVICE, Purpose.COMMERCIAL
ALWAYS = (Purpose.EMERGENCY, Purpose.LEGAL)


def wishes(purpose: Purpose, *channels: str, **others: object) -> Preferences:
    return Preferences(channels={purpose: channels}, **others)  # type: ignore[arg-type]


def mark(reason: MarkReason, *, until: datetime | None = None) -> Mark:
    return Mark(reason=reason, since=MONDAY - HOUR, until=until)


@pytest.mark.parametrize("purpose", [*ALWAYS, Purpose.INTERNAL])
def test_no_wish_switches_off_an_emergency_a_legal_notice_or_work(purpose: Purpose) -> None:
    none, order = wishes(purpose), wishes(purpose, "sms")

    assert [PURPOSES[purpose].why_es] == list(refusals(none)) == list(refusals(order))


@pytest.mark.parametrize("purpose", sorted(CHOOSABLE))
def test_each_other_purpose_has_an_order_and_says_why_it_cannot_be_off(purpose: Purpose) -> None:
    off = [] if PURPOSES[purpose].may_switch_off else [PURPOSES[purpose].why_es]

    assert [] == list(refusals(wishes(purpose, "sms", "email")))
    assert off == list(refusals(wishes(purpose)))


def test_why_a_purpose_cannot_be_switched_off_names_the_law_or_the_danger() -> None:
    assert "ley" in PURPOSES[Purpose.LEGAL].why_es.lower()
    assert "peligro" in PURPOSES[Purpose.EMERGENCY].why_es


@pytest.mark.parametrize(
    ("wished", "words"),
    [
        (wishes(SERVICE, "fax"), "fax"),
        (wishes(SERVICE, "sms", "sms"), "una sola vez"),
        (Preferences(language="fr"), "idioma"),
        (Preferences(quiet_hours=QuietHours(since="08:00", until="08:00")), "silencio"),
        (Preferences(quiet_hours=QuietHours(since="06:00", until="23:00")), "silencio"),
    ],
)
def test_what_cannot_be_is_refused_in_spanish(wished: Preferences, words: str) -> None:
    [why] = refusals(wished)

    assert words in why


def test_preferred_channels_are_planned_in_their_order_and_no_others() -> None:
    three = kind(("sms",), ("push",), ("email",), purpose=SERVICE)
    message = only(plan(three, person(*EVERYTHING, preferences=wishes(SERVICE, "email", "sms"))))

    assert "email" == message.channel
    assert ["sms"] == [target.channel for step in message.fallback for target in step]
    assert ("push:not_wanted",) == message.skipped


def test_inbox_stays_beside_the_wanted_channels() -> None:
    both = kind(("email", "inbox"), ("sms",), purpose=SERVICE)
    planned = plan(both, person(*EVERYTHING, preferences=wishes(SERVICE, "sms")))

    assert ["sms", "inbox"] == [channel for channel, _ in reached(planned)]


def test_purpose_switched_off_reaches_nobody_not_even_an_inbox() -> None:
    both = kind(("email", "inbox"), purpose=SERVICE)
    message = only(plan(both, person(*EVERYTHING, preferences=wishes(SERVICE))))

    assert (State.SUPPRESSED, NOT_WANTED) == (message.state, message.reason)


def test_what_answers_a_request_keeps_its_channels_where_none_is_wanted() -> None:
    answer = kind(("email",), purpose=Purpose.TRANSACTIONAL)
    wanted = wishes(Purpose.TRANSACTIONAL, "whatsapp")
    message = only(plan(answer, person(*EVERYTHING, preferences=wanted)))

    assert ("email", State.QUEUED) == (message.channel, message.state)


@pytest.mark.parametrize("purpose", ALWAYS)
def test_emergency_and_legal_plan_the_same_with_and_without_wishes(purpose: Purpose) -> None:
    loud = kind(("sms",), ("email",), purpose=purpose)
    all_off = Preferences(channels=dict.fromkeys(Purpose, ()), quiet_hours=NIGHT)
    wished = plan(loud, person(*EVERYTHING, preferences=all_off))

    assert plan(loud, person(*EVERYTHING)) == wished


def test_answer_over_the_channel_that_was_used_ignores_the_order() -> None:
    answer = kind(("email",), ("sms",), purpose=SERVICE, channel_by="channel")
    asked = event("pqrs.received", {"channel": "sms"})
    message = only(plan(answer, person(*EVERYTHING, preferences=wishes(SERVICE, "email")), trigger=asked))

    assert "sms" == message.channel


@pytest.mark.parametrize("reason", list(MarkReason))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_marks_stop_what_no_law_demands_and_all_for_the_deceased(
    purpose: Purpose, reason: MarkReason
) -> None:
    goes = purpose in {Purpose.EMERGENCY, Purpose.LEGAL, Purpose.INTERNAL}
    expected = reason is not MarkReason.DECEASED and goes

    assert expected is not barred(purpose, mark(reason), MONDAY)


def test_mark_that_has_ended_stops_nothing() -> None:
    over = mark(MarkReason.DECEASED, until=MONDAY)

    assert barred(SERVICE, over, MONDAY - timedelta(seconds=1))
    assert not barred(SERVICE, over, MONDAY)


def test_marked_person_gets_the_legal_notice_and_nothing_of_service() -> None:
    marked = person(*EVERYTHING, mark=mark(MarkReason.PROTECTED_ADDRESS))
    notice = only(plan(kind(("email",), purpose=SERVICE), marked))
    legal = only(plan(kind(("email",), purpose=Purpose.LEGAL), marked))

    assert (State.SUPPRESSED, DO_NOT_CONTACT) == (notice.state, notice.reason)
    assert State.QUEUED == legal.state


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-09 20:59", "2026-03-09 20:59"),
        ("2026-03-09 21:00", "2026-03-10 07:00"),
        ("2026-03-10 00:30", "2026-03-10 07:00"),
        ("2026-03-10 06:59", "2026-03-10 07:00"),
        ("2026-03-10 07:00", "2026-03-10 07:00"),
    ],
)
def test_quiet_hours_run_over_midnight_and_exclude_their_end(at: str, until: str) -> None:
    night = Preferences(quiet_hours=NIGHT)

    assert local(until) == quiet_until(SERVICE, "sms", night, local(at))


def test_quiet_hours_by_day_and_channels_that_disturb_nobody() -> None:
    siesta = Preferences(quiet_hours=QuietHours(since="13:00", until="15:00"))
    noon = local("2026-03-09 13:30")

    assert local("2026-03-09 15:00") == quiet_until(SERVICE, "sms", siesta, noon)
    assert noon == quiet_until(SERVICE, "inbox", siesta, noon)
    assert noon == quiet_until(Purpose.TRANSACTIONAL, "sms", siesta, noon)


def judged(purpose: Purpose, channel: str, at: datetime, **facts: object) -> object:
    consent = Consent(
        id=uuid8(MONDAY, "yes"),
        said_by=uuid8(MONDAY, "yes"),
        person="p-1",
        purpose=purpose,
        granted=True,
        at=MONDAY - timedelta(days=9),
        method="web",
        text_version="2026-02",
    )
    known = ContactFacts(statements=(consent,), **facts)  # type: ignore[arg-type]
    return verdict(purpose, channel, known, at=at, policy=POLICY)


def test_wishes_and_marks_are_judged_again_at_sending() -> None:
    night = local("2026-03-09 22:00")
    quiet, off = Preferences(quiet_hours=NIGHT), wishes(SERVICE)
    deceased = mark(MarkReason.DECEASED)

    assert HeldUntil(local("2026-03-10 07:00"), QUIET_HOURS) == judged(
        SERVICE, "sms", night, preferences=quiet
    )
    assert ALLOWED == judged(SERVICE, "inbox", night, preferences=quiet)
    assert ALLOWED == judged(Purpose.TRANSACTIONAL, "sms", night, preferences=quiet)
    assert Refused(NOT_WANTED) == judged(SERVICE, "inbox", MONDAY, preferences=off)
    assert Refused(NOT_WANTED) == judged(SERVICE, "sms", MONDAY, preferences=wishes(SERVICE, "email"))
    assert Refused(DO_NOT_CONTACT) == judged(Purpose.LEGAL, "print", MONDAY, mark=deceased)


def test_quiet_hours_and_the_window_of_the_law_are_intersected() -> None:
    early = Preferences(quiet_hours=QuietHours(since="20:00", until="09:30"))
    at_once = judged(COMMERCIAL, "email", local("2026-03-09 07:30"), preferences=early)
    saturday = judged(COMMERCIAL, "email", local("2026-03-14 15:30"), preferences=early)

    assert HeldUntil(local("2026-03-09 09:30"), QUIET_HOURS) == at_once
    assert HeldUntil(local("2026-03-16 09:30"), "contact_hours") == saturday


def test_person_whose_quiet_hours_leave_no_window_gets_no_commercial_message() -> None:
    silent = Preferences(quiet_hours=QuietHours(since="05:00", until="20:00"))

    assert Refused(NOT_WANTED) == judged(COMMERCIAL, "email", local("2026-03-09 10:00"), preferences=silent)


_TIMES = st.builds(
    "{:02d}:{:02d}".format, st.integers(min_value=0, max_value=23), st.sampled_from((0, 15, 30, 59))
)


@given(since=_TIMES, until=_TIMES, minutes=st.integers(min_value=0, max_value=60 * 24 * 30))
def test_nothing_of_service_leaves_in_quiet_hours(since: str, until: str, minutes: int) -> None:
    at = MONDAY + timedelta(minutes=minutes)
    wished = Preferences(quiet_hours=QuietHours(since=since, until=until))
    opens = quiet_until(SERVICE, "sms", wished, at)
    clock = opens.astimezone(ZONE).strftime("%H:%M")
    loud = since == until or not (
        since <= clock < until if since < until else clock >= since or clock < until
    )

    assert at <= opens < at + timedelta(days=1)
    assert loud
    assert opens == quiet_until(SERVICE, "sms", wished, opens)


def test_silent_channels_go_on_unless_the_purpose_is_off() -> None:
    only_sms = wishes(SERVICE, "sms")

    assert is_wanted(SERVICE, "inbox", only_sms)
    assert not is_wanted(SERVICE, "email", only_sms)
    assert not is_wanted(SERVICE, "inbox", wishes(SERVICE))


def test_settings_of_the_command_line_read_what_a_person_asks() -> None:
    settings = ("service=whatsapp, email", "survey=none", "quiet=21:00-7:00", "language=en")
    wished = Preferences()
    for setting in (*settings, "large-print=yes"):
        wished = with_setting(wished, setting)

    assert wished == Preferences(
        channels={SERVICE: ("whatsapp", "email"), Purpose.SURVEY: ()},
        quiet_hours=NIGHT,
        language="en",
        large_print=True,
    )
    for setting in ("service=", "survey=", "quiet=", "language=", "large-print="):
        wished = with_setting(wished, setting)
    assert wished == Preferences()


@pytest.mark.parametrize("setting", ["quiet=9-7", "nothing=1", "large-print=si", "service"])
def test_setting_that_is_none_is_refused(setting: str) -> None:
    with pytest.raises(InvalidPreference):
        with_setting(Preferences(), setting)
