from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.messages.planning.cascade import next_step, next_steps
from hub.messages.planning.plan import CROWD, lane_for, unknown_person
from hub.model import (
    Consent,
    ContactPoint,
    Lane,
    Person,
    Purpose,
    Reminder,
    State,
    Target,
)
from tests.unit.factories import CHANNELS, HOUR, MONDAY, authorising, email, event, message, mobile, person
from tests.unit.plans import EVERYTHING, kind, only, plan, reached

LANDLINE = "+576015550100"
Steps = tuple[tuple[str, ...], ...]


@pytest.mark.parametrize(
    ("steps", "points", "expected", "skipped"),
    [
        # The channels of a step are used together.
        ((("email", "sms"),), EVERYTHING, [("email", "maria@example.com"), ("sms", "+573001234567")], ()),
        # A channel that cannot reach the person is skipped, with a reason.
        ((("email", "sms"),), (email(),), [("email", "maria@example.com")], ("sms:no_contact",)),
        # The first step that reaches the person is used.
        ((("email",), ("sms",)), (mobile(),), [("sms", "+573001234567")], ("email:no_contact",)),
        # A channel that is not configured is skipped too.
        ((("whatsapp",), ("sms",)), (mobile(),), [("sms", "+573001234567")], ("whatsapp:not_configured",)),
        # All devices of a person get the push.
        ((("push",),), EVERYTHING, [("push", "a"), ("push", "b")], ()),
        # A landline gets no SMS, with either channel first.
        ((("sms",),), (mobile(LANDLINE, id="0"), mobile()), [("sms", "+573001234567")], ()),
        # The inbox needs only a person of the directory.
        ((("inbox",),), (), [("inbox", "p-maria")], ()),
        # A verified contact point goes before the preferred one, which goes before the rest.
        (
            (("email",),),
            (email("a@x.co", id="1"), email("b@x.co", id="2", verified=True)),
            [("email", "b@x.co")],
            (),
        ),
        ((("email",),), (email("a@x.co", id="1"), email("b@x.co", id="2")), [("email", "a@x.co")], ()),
        # The skipped channels of later steps are recorded too.
        (
            (("email",), ("whatsapp",), ("sms",)),
            (email(),),
            [("email", "maria@example.com")],
            ("whatsapp:not_configured", "sms:no_contact"),
        ),
    ],
)
def test_the_first_usable_step_is_planned(
    steps: Steps, points: tuple[ContactPoint, ...], expected: list[tuple[str, str]], skipped: tuple[str, ...]
) -> None:
    messages = plan(kind(*steps), person(*points))

    assert reached(messages) == expected
    assert {message.skipped for message in messages} == {skipped}
    assert {message.state for message in messages} == {State.QUEUED}


@pytest.mark.parametrize(
    ("steps", "who", "reason", "skipped"),
    [
        ((("email", "sms"),), person(), "no_contact", ("email:no_contact", "sms:no_contact")),
        ((("sms",),), person(mobile(LANDLINE)), "no_contact", ("sms:no_contact",)),
        (
            (("voice",), ("whatsapp",)),
            person(mobile()),
            "not_configured",
            ("voice:not_configured", "whatsapp:not_configured"),
        ),
        # One channel without a contact decides the reason: the office can add the contact.
        ((("voice", "sms"),), person(email()), "no_contact", ("voice:not_configured", "sms:no_contact")),
        ((("inbox",),), person(email(), known=False), "no_contact", ("inbox:stranger",)),
    ],
)
def test_unreachable_person_gets_one_suppressed_row_with_the_reason(
    steps: Steps, who: Person, reason: str, skipped: tuple[str, ...]
) -> None:
    message = only(plan(kind(*steps), who))

    assert (message.state, message.reason, message.skipped) == (State.SUPPRESSED, reason, skipped)
    assert (message.channel, message.address, message.contact_id, message.fallback) == (
        steps[0][0],
        "",
        "",
        (),
    )


@pytest.mark.parametrize("purpose", Purpose)
def test_a_stranger_gets_no_survey_collection_or_advertising(purpose: Purpose) -> None:
    message = only(plan(kind(("email",), purpose=purpose), person(email(), known=False)))
    refused = purpose in {Purpose.SURVEY, Purpose.COLLECTION, Purpose.COMMERCIAL}

    assert (message.state, message.reason) == (
        (State.SUPPRESSED, "inline_not_allowed") if refused else (State.QUEUED, None)
    )


def test_survey_is_planned_over_authorised_channels_only() -> None:
    of = kind(("email",), ("sms",), purpose=Purpose.SURVEY)
    asked = person(email(), mobile(), statements=authorising("sms"))
    message = only(plan(of, asked))

    assert ("sms", State.QUEUED, ("email:not_consented",)) == (
        message.channel,
        message.state,
        message.skipped,
    )
    assert () == message.fallback


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    "statements",
    [(), authorising("whatsapp"), authorising("email", method=None), authorising("email", at=MONDAY + HOUR)],
    ids=["nothing said", "another channel", "nobody can prove it", "later"],
)
def test_without_a_consent_to_one_of_its_channels_nothing_is_planned(
    purpose: Purpose, statements: tuple[Consent, ...]
) -> None:
    message = only(plan(kind(("email",), purpose=purpose), person(email(), statements=statements)))
    needs_one = purpose in {Purpose.SURVEY, Purpose.COLLECTION, Purpose.COMMERCIAL}

    assert (message.state, message.reason, message.skipped) == (
        (State.SUPPRESSED, "not_consented", ("email:not_consented",))
        if needs_one
        else (State.QUEUED, None, ())
    )


def test_unknown_person_gets_a_suppressed_row() -> None:
    planned = only(plan(kind(("inbox",), ("email",)), Person(ref="p-gone", name="")))
    message = unknown_person(planned)

    assert (message.state, message.reason, message.fallback, message.next_at) == (
        State.SUPPRESSED,
        "unknown_person",
        (),
        None,
    )
    assert (message.id, message.person) == (planned.id, "p-gone")


def test_person_who_is_left_out_gets_no_message() -> None:
    present, away = person(email(), ref="p-present"), person(email(), ref="p-away", left_out="on_leave")

    planned = plan(kind(("email",)), present, away)

    assert ["p-present"] == [message.person for message in planned]


def test_message_keeps_the_units_that_matched_its_recipient() -> None:
    (planned,) = plan(kind(("email",)), person(email(), units=("Apto 101", "Apto 302")))

    assert ("Apto 101", "Apto 302") == planned.units


def test_the_later_steps_that_reach_the_person_are_the_fallback() -> None:
    message = only(plan(kind(("email",), ("whatsapp",), ("sms", "push")), person(*EVERYTHING)))

    assert message.fallback == (
        (
            Target(channel="sms", contact_id="cp-phone", address="+573001234567"),
            Target(channel="push", contact_id="cp-a", address="a"),
            Target(channel="push", contact_id="cp-b", address="b"),
        ),
    )


def test_a_cascade_goes_step_by_step_until_nothing_is_left() -> None:
    steps = kind(("email",), ("whatsapp",), ("sms",), ("inbox",))
    first = only(plan(steps, person(email(), mobile())))
    second = only(next_step(replace(first, state=State.FAILED, reason="smtp_550"), now=MONDAY + HOUR))
    third = only(next_step(replace(second, state=State.FAILED), now=MONDAY + HOUR))

    assert [(message.channel, message.step) for message in (first, second, third)] == [
        ("email", 0),
        ("sms", 1),
        ("inbox", 2),
    ]
    assert (second.state, second.reason, second.next_at, second.created_at) == (
        State.QUEUED,
        None,
        None,
        MONDAY + HOUR,
    )
    assert (second.expires_at, second.event_key, second.lane) == (
        first.expires_at,
        first.event_key,
        first.lane,
    )
    assert next_step(third, now=MONDAY) == []


def test_message_of_a_later_step_equals_the_planned_one() -> None:
    after_email = only(next_step(only(plan(kind(("email",), ("sms",)), person(*EVERYTHING))), now=MONDAY))
    at_once = only(plan(kind(("sms",)), person(*EVERYTHING)))

    assert after_email.id == at_once.id


def test_the_messages_of_one_step_share_the_next_one() -> None:
    failed = plan(kind(("email", "push"), ("sms",)), person(*EVERYTHING))

    assert len(failed) == 3
    assert reached(next_steps(failed, now=MONDAY)) == [("sms", "+573001234567")]


@pytest.mark.parametrize(
    ("crowd", "lane", "expected"),
    [
        (CROWD, Lane.NORMAL, Lane.NORMAL),
        (CROWD + 1, Lane.NORMAL, Lane.BULK),
        (CROWD + 1, Lane.BULK, Lane.BULK),
        (1, Lane.BULK, Lane.BULK),
        (CROWD + 1, Lane.URGENT, Lane.URGENT),  # an emergency for a thousand people is still urgent
    ],
)
def test_more_than_two_hundred_use_the_bulk_lane_unless_urgent(
    crowd: int, lane: Lane, expected: Lane
) -> None:
    assert lane_for(kind(("email",), lane=lane), Purpose.EMERGENCY, crowd) is expected


@pytest.mark.parametrize("crowd", [1, CROWD + 1])
def test_notice_of_the_service_about_an_emergency_is_not_urgent(crowd: int) -> None:
    assert Lane.NORMAL is lane_for(kind(("email",), lane=Lane.URGENT), Purpose.SERVICE, crowd)


def test_page_of_a_crowd_uses_the_lane_of_the_crowd() -> None:
    message = only(plan(kind(("inbox",)), person(), crowd=CROWD + 1))

    assert message.lane is Lane.BULK


def test_crowd_without_a_given_size_is_counted() -> None:
    people = [person(ref=f"p-{number}") for number in range(CROWD + 1)]

    assert {message.lane for message in plan(kind(("inbox",)), *people)} == {Lane.BULK}


@pytest.mark.parametrize("quiet", [True, "true"])
def test_quiet_event_plans_no_message(quiet: object) -> None:
    assert plan(kind(("email",)), person(email()), trigger=event("pqrs.received", quiet=quiet)) == []


@pytest.mark.parametrize("quiet", [False, "false"])
def test_event_that_is_not_quiet_plans_messages(quiet: object) -> None:
    assert len(plan(kind(("email",)), person(email()), trigger=event("pqrs.received", quiet=quiet))) == 1


PEOPLE = st.lists(
    st.builds(
        lambda ref, points: person(*points, ref=ref),
        st.text("abc", min_size=1, max_size=3),
        st.lists(st.sampled_from(EVERYTHING), unique=True),
    ),
    max_size=5,
    unique_by=lambda recipient: recipient.ref,
)
STEPS = st.lists(
    st.lists(st.sampled_from([*CHANNELS, "voice"]), min_size=1, max_size=3, unique=True),
    min_size=1,
    max_size=3,
)


@given(people=PEOPLE, steps=STEPS)
def test_planning_is_the_same_every_time_and_no_two_messages_share_an_id(
    people: list[Person], steps: list[list[str]]
) -> None:
    of = kind(*map(tuple, steps), reminders=(Reminder("until", HOUR),))
    petition = event("pqrs.received", {"until": (MONDAY + 2 * HOUR).isoformat()})
    messages = plan(of, *people, trigger=petition)

    assert plan(of, *people, trigger=petition) == messages
    assert len({m.id for m in messages}) == len(messages)
    assert {m.person for m in messages} == {p.ref for p in people}


@given(people=PEOPLE, steps=STEPS)
def test_everybody_is_reached_or_has_a_reason(people: list[Person], steps: list[list[str]]) -> None:
    for planned in plan(kind(*map(tuple, steps)), *people):
        assert (planned.state is State.QUEUED) == bool(planned.address)
        assert (planned.state is State.SUPPRESSED) == (planned.reason is not None)


@given(
    steps=STEPS,
    purpose=st.sampled_from([Purpose.SURVEY, Purpose.COMMERCIAL, Purpose.COLLECTION]),
    authorised=st.sets(st.sampled_from([*CHANNELS, "voice", "whatsapp"])),
)
def test_nothing_is_planned_over_a_channel_that_is_not_authorised(
    steps: list[list[str]], purpose: Purpose, authorised: set[str]
) -> None:
    statements = authorising(*sorted(authorised)) if authorised else ()
    of = kind(*map(tuple, steps), purpose=purpose, one_authorised=purpose is Purpose.COLLECTION)
    messages = plan(of, person(*EVERYTHING, statements=statements))
    live = [planned for planned in messages if planned.state is not State.SUPPRESSED]
    used = {planned.channel for planned in live}
    used |= {target.channel for planned in live for step in planned.fallback for target in step}

    assert used <= authorised
    assert len(used) <= 1 or purpose is not Purpose.COLLECTION
    assert {planned.reason for planned in messages} <= {None, "not_consented", "no_contact", "not_configured"}


def test_a_message_says_what_it_is_about() -> None:
    planned = only(plan(kind(("email",)), person(email(), locale="en")))
    expected = message(locale="en", expires_at=MONDAY + 72 * HOUR)

    assert planned == expected
