"""Instants, ends and opening hours that a text promises are those of the clock of its case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings

from hub import sla
from hub.catalog import BY_NAME
from hub.model import Clock, Event, Rendered
from hub.rendering.filters import NBSP, fecha, fecha_corta, fecha_hora, plazo, plazo_corto
from hub.rendering.terms import functions, opening
from tests.for_each import for_each
from tests.unit.factories import MONDAY, POLICY, event, local
from tests.unit.test_sla_histories import CASE, DAY, HISTORIES, happened
from tests.unit.test_templates import TEMPLATES, asked, context, examples
from tests.unit.test_templates import plain as without_accents

PROMISING: Final = (
    "pqrs.received",
    "pqrs.info_received",
    "pqrs.term_extended",
    "pqrs.reopened",
    "pqrs.assigned",
)
RECEIPTS: Final = (
    "pqrs.received",
    "support.email.received",
    "support.form.received",
    "support.counter.received",
    "support.chat.missed",
    "inbound.message.received",
    "privacy.query.received",
    "privacy.claim.received",
    "concierge.incident.reported",
)
PROMISE: Final = "a mas tardar el "
SATURDAY: Final = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)


def as_sms(text: str) -> str:
    """As in an SMS, which has neither accents nor no-break spaces."""
    return without_accents(re.sub(r"<[^>]+>", "", text).replace("*", "")).replace("\xa0", " ")


def texts(told: Event, clocks: list[Clock]) -> Iterator[str]:
    """All that an event says, without accents: an SMS has none."""
    given_data = examples(told.name)[0] | dict(told.data)
    reader = context(told.name, given_data, due=sla.due_of(clocks))
    for audience in BY_NAME[told.name].audiences:
        for channel in asked(audience):
            words = TEMPLATES.render(told.name, channel, reader, variant=audience.template)
            yield as_sms(f"{words.text}\n{words.html}")


def held(clocks: list[Clock], told: Event) -> set[str]:
    """The ends that the running clocks hold, in words; without one an extension says the publisher's day."""
    due = sla.due_of(clocks)
    ends = {write(at) for at in due.values() for write in (plazo, plazo_corto)}
    if told.name == "pqrs.term_extended" and "legal_term" not in due:
        ends.add(fecha(examples(told.name)[0]["new_due_on"]))
    return {as_sms(end) for end in ends}


@settings(max_examples=60)
@given(HISTORIES)
def test_each_instant_that_a_text_tells_is_the_clocks_at_that_moment(history: list[Event]) -> None:
    for number, told in enumerate(history, start=1):
        clocks = sla.replay(CASE, history[:number], BY_NAME, POLICY)
        if told.name in PROMISING:
            for text in texts(told, clocks):
                ends = held(clocks, told)

                assert [] == [
                    promise[:60]
                    for promise in text.split(PROMISE)[1:]
                    if not any(promise.startswith(end) for end in ends)
                ]


def test_a_receipt_tells_both_ends_and_no_number_of_hours() -> None:
    received = happened("pqrs.received", 0, 0)
    clocks = sla.replay(CASE, [received], BY_NAME, POLICY)
    first, legal = sla.due_of(clocks)["first_reply"], sla.due_of(clocks)["legal_term"]

    for text in texts(received, clocks):
        assert PROMISE + as_sms(plazo(first)) in text or PROMISE + as_sms(plazo_corto(first)) in text
        assert "horas" not in text
    assert any(PROMISE + as_sms(plazo(legal)) in text for text in texts(received, clocks))


def test_an_extension_beyond_the_limit_of_the_law_promises_the_limit() -> None:
    beyond = "2027-01-30"
    extended = event(
        "pqrs.term_extended",
        {"pqrs_id": happened("pqrs.received", 0, 0).data["pqrs_id"], "new_due_on": beyond},
        at=MONDAY + DAY,
    )
    clocks = sla.replay(CASE, [happened("pqrs.received", 0, 0), extended], BY_NAME, POLICY)

    for text in texts(extended, clocks):
        assert as_sms(fecha(beyond)) not in text
        assert PROMISE in text


def test_a_receipt_that_leaves_after_an_extension_does_not_say_the_first_term() -> None:
    received = happened("pqrs.received", 0, 0)
    extended = event(
        "pqrs.term_extended",
        {"pqrs_id": received.data["pqrs_id"], "new_due_on": "2027-01-30"},
        at=MONDAY + DAY,
    )
    clocks = sla.replay(CASE, [received, extended], BY_NAME, POLICY)

    for text in texts(received, clocks):
        assert "dias habiles" not in text


def test_a_paused_or_ended_promise_has_no_instant() -> None:
    received, asked_for = happened("pqrs.received", 0, 0), happened("pqrs.info_requested", 1, 1)
    clocks = sla.replay(CASE, [received, asked_for], BY_NAME, POLICY)

    assert {clock.name for clock in clocks} == {"first_reply", "legal_term"}
    assert sla.due_of(clocks) == {}


def test_without_a_clock_the_term_is_told() -> None:
    words = functions(POLICY.clocks, {})

    assert words["hasta"]("first_reply") == "en máximo 24 horas hábiles"
    assert words["hasta"]("legal_term", "jueves") == "a más tardar el jueves"


def test_what_comes_outside_the_opening_hours_is_read_when_the_office_opens() -> None:
    monday = "lunes 16 de marzo de 2026 a las 8:00\xa0a.\xa0m."

    assert opening(POLICY.calendar, SATURDAY, None)() == monday
    assert opening(POLICY.calendar, SATURDAY, SATURDAY)() == monday
    assert opening(POLICY.calendar, MONDAY, None)() == ""
    assert opening(None, SATURDAY, None)() == ""


def test_a_receipt_of_the_night_says_when_it_is_read() -> None:
    def receipt(at: datetime) -> Rendered:
        reader = context("support.email.received", examples("support.email.received")[0])
        return TEMPLATES.render(
            "support.email.received", "email", replace(reader, event_time=at), variant=None
        )

    assert "una persona lo lee a partir del lunes 16 de marzo" in receipt(SATURDAY).text
    assert "a partir del" not in receipt(MONDAY).text


def test_opening_that_has_passed_when_the_text_leaves_is_not_told() -> None:
    week = timedelta(days=7)
    later = opening(POLICY.calendar, SATURDAY, SATURDAY + week)()

    assert "" == opening(POLICY.calendar, SATURDAY, SATURDAY + 2 * DAY)()
    assert "martes 24 de marzo de 2026 a las 8:00\xa0a.\xa0m." == later
    assert "" == opening(POLICY.calendar, MONDAY, SATURDAY)()


def test_promise_that_was_kept_before_its_text_leaves_is_not_told_again() -> None:
    received, replied = happened("pqrs.received", 0, 0), happened("pqrs.replied", 1, 1)
    clocks = sla.replay(CASE, [received, replied], BY_NAME, POLICY)
    said = [as_sms(f"{words.text}\n{words.html}") for words in (*every(received, clocks), letter(clocks))]

    assert [] == [text for text in said if "24 horas" in text or "primera respuesta" in text]
    assert any(PROMISE in text for text in said)


@for_each(RECEIPTS)
def test_receipt_of_a_finished_case_promises_nothing(name: str) -> None:
    told = event(name, examples(name)[0])

    assert [] == [text for text in texts(told, []) if "en maximo" in text or PROMISE in text]


def test_term_that_has_passed_when_the_text_leaves_is_not_told() -> None:
    due = {"first_reply": MONDAY}
    words = functions(POLICY.clocks, {}, due, MONDAY + DAY)

    assert "lo antes posible" == words["hasta"]("first_reply")
    assert "first_reply" in words["corren"]
    assert "legal_term" not in words["corren"]


def every(told: Event, clocks: list[Clock]) -> Iterator[Rendered]:
    reader = context(told.name, told.data, due=sla.due_of(clocks))
    for audience in BY_NAME[told.name].audiences:
        for channel in asked(audience):
            if channel != "whatsapp":
                yield TEMPLATES.render(told.name, channel, reader, variant=audience.template)


def letter(clocks: list[Clock]) -> Rendered:
    reader = context("pqrs.received", examples("pqrs.received")[0], due=sla.due_of(clocks))
    return TEMPLATES.render("pqrs.received", "print", reader, variant=None)


THURSDAY: Final = local("2026-11-26 16:00")
"""When it came, within opening hours: the terms count from then."""
IN_NOVEMBER: Final = local("2026-11-28 10:00")
"""When its publisher registered it: nobody is there."""
GREETED: Final = ["pqrs.received", "privacy.query.received", "privacy.claim.received"]


def said(
    name: str,
    channel: str,
    *,
    variant: str | None = None,
    came: datetime = THURSDAY,
    at: datetime = IN_NOVEMBER,
) -> str:
    data = {**examples(name)[0], "received_at": came.isoformat()}
    clocks = sla.replay("case", [event(name, data, at=at)], BY_NAME, POLICY)
    assert {came} == {clock.started_at for clock in clocks}
    reader = replace(context(name, data, due=sla.due_of(clocks)), event_time=at, leaves=at)
    words = TEMPLATES.render(name, channel, reader, variant=variant)
    return without_accents(f"{words.subject}\n{words.text}").replace(NBSP, " ")


def plain(words: str) -> str:
    return without_accents(words).replace(NBSP, " ")


@pytest.mark.parametrize("name", GREETED)
@pytest.mark.parametrize("channel", ["email", "print"])
def test_receipt_names_the_instant_from_which_it_counts_and_no_other(name: str, channel: str) -> None:
    words = said(name, channel)

    assert plain(fecha_hora(THURSDAY)) in words
    assert "sabado 28" not in words
    assert "horario" not in words
    assert "Llego fuera de nuestro horario" in said(name, channel, came=IN_NOVEMBER)


@pytest.mark.parametrize("channel", ["sms", "push", "whatsapp"])
def test_short_receipts_of_a_petition_name_it_too(channel: str) -> None:
    words = said("pqrs.received", channel)
    ways = {plain(fecha_corta(THURSDAY)).rstrip("."), plain(fecha_hora(THURSDAY))}

    assert any(way in words for way in ways)
    assert "28 nov" not in words
    assert "sabado 28" not in words


def test_receipt_within_opening_hours_says_nothing_about_them() -> None:
    assert "horario" not in said("pqrs.received", "email", at=THURSDAY)


def test_missing_information_counts_from_the_instant_that_its_receipt_names() -> None:
    data = {**examples("pqrs.info_received")[0], "received_at": THURSDAY.isoformat()}
    reader = replace(
        context("pqrs.info_received", data), event_time=IN_NOVEMBER, leaves=IN_NOVEMBER + timedelta(minutes=1)
    )
    words = TEMPLATES.render("pqrs.info_received", "email", reader, variant=None).text.replace(NBSP, " ")

    assert fecha_hora(THURSDAY).replace(NBSP, " ") in words
    assert "sábado 28" not in words


@pytest.mark.parametrize("name", GREETED)
def test_staff_reads_both_instants_where_they_differ(name: str) -> None:
    late, at_once = (said(name, "email", variant="staff", at=at) for at in (IN_NOVEMBER, THURSDAY))

    assert all(plain(fecha_hora(at)) in late for at in (THURSDAY, IN_NOVEMBER))
    assert [1, 0] == [len(re.findall(r"Registrado\W+sabado 28", words)) for words in (late, at_once)]
