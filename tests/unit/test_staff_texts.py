"""Texts for staff: person, subject, instant and next step; a link opens the page. The lint has the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from hub.catalog import BY_NAME, CATALOG
from hub.model import Audience, Claimed, Json, Lane, Message, Purpose
from hub.rendering.filters import legible, motivo
from hub.rendering.frame_es import FRAME
from hub.rendering.lengths import SUBJECT
from hub.rendering.outcomes_es import REASONS
from hub.rendering.page_links import page_of
from tests.for_each import for_each
from tests.unit.factories import claim_of
from tests.unit.factories import message as a_message
from tests.unit.test_templates import TEMPLATES, context, examples

PAGE: Final = "https://hub.example.co/cases/019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10"
STAFF: Final = ("staff:", "level:", "address:monitor")
"""The head of the seals (`address:evidence`) is for somebody outside, who keeps a digest."""
STAFF_PARTIES: Final = {"clock_holder", "called", "holder", "assignee", "technician", "agent"}


def staff_audiences() -> list[tuple[str, Audience]]:
    return [
        (kind.name, audience)
        for kind in CATALOG
        for audience in kind.audiences
        if any(who.startswith(STAFF) or who in STAFF_PARTIES for who in audience.who)
    ]


@for_each(staff_audiences())
def test_mail_for_staff_has_the_foot_for_staff_also_in_an_emergency(event: str, audience: Audience) -> None:
    told = replace(context(event, examples(event)[0]), purpose=audience.purpose)
    if "email" in {channel for step in audience.channels for channel in step}:
        words = TEMPLATES.render(event, "email", told, variant=audience.template)

        assert FRAME["internal"] in words.text
        assert FRAME["answered"] not in words.text + words.html


@pytest.mark.parametrize("outcome", ["met", "late", "cancelled"])
def test_end_of_an_announcement_fits_a_subject(outcome: str) -> None:
    event = "sla.resolved"
    ended = {"kind": "convocation_lead", "outcome": outcome, "happens_at": "2026-09-24T18:00:00-05:00"}
    told = context(event, examples(event)[0] | ended)
    words = TEMPLATES.render(event, "email", told, variant=None)

    assert SUBJECT >= len(words.subject)
    assert "la asamblea ordinaria" in words.subject


@pytest.mark.parametrize("event", ["sla.at_risk", "sla.breached", "sla.resolved"])
def test_title_names_a_petition_by_its_radicado_and_another_case_by_its_person(event: str) -> None:
    """The id that another system gives a repair says nothing to anybody."""
    petition = examples(event)[0] | {"person_name": "María Peña", "matter": "Gotera"}
    repair = petition | {"subject": "sol-2026-0042", "case": "request_id:sol-2026-0042"}
    told = [context(event, data) for data in (petition, repair)]
    titles = [TEMPLATES.render(event, "email", one, variant=None).subject for one in told]

    assert ["PQ-2026-000123", "María Peña"] == [title.partition(" de ")[2] for title in titles]


def test_survey_that_the_hub_has_asked_is_not_named_by_its_id() -> None:
    event, survey = "satisfaction.detractor.detected", "enc-0123456789abcdef01234567"
    for example in examples(event):
        told = context(event, example | {"survey_id": survey})
        words = TEMPLATES.render(event, "email", told, variant=None)

        assert survey not in words.text + words.html


def test_nobody_is_to_be_called_about_a_message_of_somebody_erased() -> None:
    event = "notification.unrecognised"
    named = next(example for example in examples(event) if example.get("person_name"))
    told = TEMPLATES.render(event, "email", context(event, named), variant=None)
    of_nobody = context(event, {**named, "person_name": ""})
    erased = TEMPLATES.render(event, "email", of_nobody, variant=None)

    assert f"Llame hoy a {named['person_name']}" in told.text
    assert "Llame hoy" not in erased.text
    assert "no hay a quién llamar" in erased.text
    assert " a la persona" not in erased.subject


NOTICES: Final = {
    *("policy.updated", "staff.training.scheduled", "pqrs.report.published"),
    "hub.communication.tried",
}
"""They are about nothing that waits in the hub, or its reader is at the page."""


@for_each((event, audience) for event, audience in staff_audiences() if event not in NOTICES)
def test_mail_for_staff_links_to_the_page_only_where_there_is_one(event: str, audience: Audience) -> None:
    for channel in {channel for step in audience.channels for channel in step} & {"email", "inbox"}:
        told = replace(context(event, examples(event)[0]), purpose=audience.purpose)
        linked = TEMPLATES.render(event, channel, replace(told, page_url=PAGE), variant=audience.template)
        plain = TEMPLATES.render(event, channel, told, variant=audience.template)

        assert PAGE in linked.text
        assert PAGE in linked.html
        assert "Abrir en el centro" not in plain.text


@pytest.mark.parametrize(
    "event",
    [
        "notification.undelivered",
        "notification.bounce_reported",
        "notification.unrecognised",
        "pqrs.escalated",
        "sla.at_risk",
        "sla.breached",
    ],
)
def test_alerts_name_the_person_the_matter_and_what_to_do(event: str) -> None:
    text = TEMPLATES.render(event, "email", context(event, examples(event)[0]), variant=None).text

    assert "María Peña" in text
    assert "Copia del acta" in text
    assert "Qué debe hacer" in text


def test_new_conflict_has_its_dos_and_donts() -> None:
    event = "realestate.conflict.opened"
    text = TEMPLATES.render(event, "email", context(event, examples(event)[0]), variant="staff").text

    assert "Qué debe hacer" in text
    assert "por separado" in text
    assert "no reenvíe a una lo que dijo la otra" in text


@pytest.mark.parametrize(
    "event",
    [
        "pqrs.received",
        "maintenance.request.received",
        "privacy.query.received",
        "privacy.claim.received",
    ],
)
def test_new_case_names_its_person_whom_the_event_has_by_reference(event: str) -> None:
    told = replace(context(event, examples(event)[0]), party="Camilo Núñez")
    text = TEMPLATES.render(event, "email", told, variant="staff").text

    assert "Camilo Núñez" in text
    assert event in TEMPLATES.named


@pytest.mark.parametrize(
    ("event", "variant"), [("satisfaction.detractor.detected", None), ("privacy.consent.revoked", "staff")]
)
def test_person_whom_the_event_has_by_id_is_named_and_not_by_the_id(event: str, variant: str | None) -> None:
    told = replace(context(event, examples(event)[0]), party="Camilo Núñez")
    mail = TEMPLATES.render(event, "email", told, variant=variant)

    assert "Camilo Núñez" in str(mail.subject)
    assert "Persona: Camilo Núñez\nVive en: Torre 1, apto. 101" in mail.text
    assert "p-maria-pena" not in mail.text
    assert event in TEMPLATES.named


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("convocation_lead", "la asamblea ordinaria del jueves 26 de marzo de 2026"),
        ("notice_lead", "los trabajos anunciados para el jueves 26 de marzo de 2026"),
    ],
)
@pytest.mark.parametrize("event", ["sla.at_risk", "sla.breached"])
def test_announcement_is_named_by_what_and_when_not_by_its_id(event: str, kind: str, words: str) -> None:
    example = next(data for data in examples(event) if data["kind"] == "convocation_lead")
    given = {**example, "kind": kind, "happens_at": "2026-03-26T18:00:00-05:00"}
    text = TEMPLATES.render(event, "email", context(event, given), variant=None)

    assert words in str(text.subject)
    assert example["subject"] not in f"{text.subject}{text.text}"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("smtp_550_5.1.1", "La dirección de correo no existe"),
        ("reported_dsn_5.1.1", "Un informe dice que la dirección de correo no existe"),
        ("no_contact", REASONS["no_contact"]),
        ("codigo_nuevo", "El proveedor no lo entregó"),
    ],
)
def test_a_reason_is_said_in_words(reason: str, words: str) -> None:
    assert words == motivo(reason)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("PQ-2026-000123", "PQ-2026-000123"),
        ("sol-2026-0042", "sol-2026-0042"),
        ("de-5f2b1c9a7e4d4c0f8a6b3d2e", ""),
        ("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10", ""),
        ("pqrs_id:1", ""),
        (None, ""),
    ],
)
def test_only_numbers_that_people_know_are_shown(number: str | None, shown: str) -> None:
    assert shown == legible(number)


def claimed(event: str, data: Json, purpose: Purpose = Purpose.INTERNAL) -> Claimed:
    message: Message = a_message(event=event, purpose=purpose, lane=Lane.NORMAL)
    return claim_of(message, source="urn:hub", data=data)


@pytest.mark.parametrize(
    ("event", "data", "page"),
    [
        ("sla.breached", {"clock_id": "c-1"}, "clocks/c-1"),
        ("pqrs.escalated", {"clock_id": "c-1", "pqrs_id": "of another"}, "clocks/c-1"),
        ("pqrs.received", {"pqrs_id": "PQ/1 ñ"}, "cases/pqrs_id%3APQ%2F1%20%C3%B1"),
        ("privacy.incident.reported", {"incident_id": "7"}, "cases/privacy.incident_id%3A7"),
        (
            "notification.undelivered",
            {"message_id": "m-1", "thread_id": "pqrs_id:1"},
            "cases/pqrs_id%3A1",
        ),
        ("notification.undelivered", {"message_id": "m-1", "letter_id": "l-1"}, "letters/l-1/life"),
        ("notification.bounce_reported", {"message_id": "m-1"}, "messages/m-1"),
        ("notification.unrecognised", {"message_id": "m-1"}, "messages/m-1"),
        ("inbound.message.received", {"message_id": "r-1", "thread_id": "t"}, "cases/thread_id%3At"),
        ("hub.trouble.began", {"trouble_id": "t"}, "clocks"),
        ("sla.summary", {"summary_id": "s"}, "clocks"),
    ],
)
def test_the_link_opens_the_case_or_else_the_message(event: str, data: Json, page: str) -> None:
    assert event in BY_NAME
    assert f"https://hub.example.co/{page}" == page_of(claimed(event, data), "https://hub.example.co")
    assert page_of(claimed(event, data), "http://hub.example.co") is None
    assert page_of(claimed(event, data, Purpose.TRANSACTIONAL), "https://hub.example.co") is None
