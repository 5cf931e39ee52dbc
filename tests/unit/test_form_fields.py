"""Forms: their fields in Spanish, what is ticked, what nobody has changed, what does not arrive whole."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from unittest.mock import Mock

import pytest
from aiohttp import StreamReader, hdrs, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from hub.catalog import CATALOG
from hub.cloudevents.schemas import Schemas
from hub.desk.registrations.kinds import KINDS
from hub.model.registrations import KindWord
from hub.rendering.filled_form import read_form
from hub.rendering.schema_form import FormField, FormGroup, Part, flat, parts_of
from hub.web.bodies import FORM, fields_of
from hub.web.console import register_page as forms
from hub.web.responses import Refusal
from tests.for_each import for_each


def posted(payload: StreamReader) -> web.Request:
    headers = {hdrs.CONTENT_TYPE: FORM, hdrs.CONTENT_LENGTH: "99"}
    return make_mocked_request("POST", "/", headers=headers, payload=payload)


def stream() -> StreamReader:
    # The library's own seam: a stream needs a protocol that it can pause.
    return StreamReader(Mock(spec=BaseProtocol), limit=2**16, loop=asyncio.get_running_loop())


async def test_form_is_read_once_and_fields_can_be_repeated() -> None:
    payload = stream()
    payload.feed_data(b"name=ana&password=a+b%C3%B1")
    payload.feed_eof()
    request = posted(payload)

    assert {"name": "ana", "password": "a bñ"} == await fields_of(request)
    assert await fields_of(request) is await fields_of(request)


async def test_line_break_is_one_letter_as_the_page_counts_it() -> None:
    payload = stream()
    payload.feed_data(b"words=uno%0D%0Ados%0D%0Atres")
    payload.feed_eof()

    assert {"words": "uno\ndos\ntres"} == await fields_of(posted(payload))


async def test_line_break_beside_a_file_is_one_letter_too() -> None:
    payload = stream()
    part = b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nuno\r\ndos\r\n--x--\r\n'
    payload.feed_data(part)
    payload.feed_eof()
    headers = {hdrs.CONTENT_TYPE: "multipart/form-data; boundary=x", hdrs.CONTENT_LENGTH: str(len(part))}
    request = make_mocked_request("POST", "/", headers=headers, payload=payload)

    assert {"words": "uno\ndos"} == await fields_of(request, upload=100)


async def test_client_that_disconnects_is_no_server_error() -> None:
    payload = stream()
    payload.feed_data(b"name=a")
    payload.set_exception(ConnectionResetError())

    with pytest.raises(Refusal) as refused:
        await fields_of(posted(payload))

    assert 408 == refused.value.status


async def test_incomplete_form_times_out() -> None:
    payload = stream()
    payload.feed_data(b"name=a")

    with pytest.raises(Refusal) as refused:
        await fields_of(posted(payload), within=0.01)

    assert 408 == refused.value.status


SCHEMAS: Final = Schemas.load().by_name
PUBLISHED: Final = [kind.name for kind in CATALOG if kind.shared or not kind.hub_emitted]
CIRCULAR: Final = SCHEMAS["admin.circular.issued"].document
PETITION: Final = SCHEMAS["pqrs.received"].document
ASSEMBLY: Final = SCHEMAS["admin.assembly.convened"].document


def typed(schema: Any, value: Any) -> dict[str, str]:
    """What a browser sends of the form that nobody has touched."""
    return {one.name: one.value.replace("\n", "\r\n") for one in flat(parts_of(schema, value))}


def field(schema: Any, value: Any, name: str) -> FormField:
    return next(one for one in flat(parts_of(schema, value)) if one.name == name)


def labels(parts: Any) -> list[str]:
    return [label for part in parts for label in (part.label, *labels(getattr(part, "parts", ())))]


@for_each(PUBLISHED)
def test_form_of_each_event_that_is_published_is_in_spanish_and_changes_nothing_by_itself(name: str) -> None:
    schema = SCHEMAS[name].document
    for example in SCHEMAS[name].examples:
        parts = parts_of(schema, example)

        assert example == read_form(schema, typed(schema, example), example)
        assert [] == [one.name for one in flat(parts) if one.wrong]
        # A name of the schema has an underscore, or is a word of it; a label begins with a capital.
        assert [] == [
            label for label in labels(parts) if "_" in label.partition(" (")[0] or label[:1].islower()
        ]


def test_what_is_missing_or_wrong_is_said_in_spanish_at_its_field() -> None:
    wrong = {"circular_id": "c-1", "title": "x" * 151, "audience": "nadie", "valid_until": "mañana"}

    said = {one.name: one.wrong for one in flat(parts_of(CIRCULAR, wrong)) if one.wrong}
    assert {
        "copropiedad_id": "Falta.",
        "title": "Tiene más de 150 letras.",
        "body_markdown": "Falta.",
        "audience": "Elija una de las opciones.",
        "valid_until": "No es fecha y hora.",
    } == said
    until = field(CIRCULAR, wrong, "valid_until")
    audience = field(CIRCULAR, wrong, "audience")
    assert ("", "Elija una") == (audience.value, audience.options[0][1])
    assert audience.help.startswith("Decía «nadie». ")
    assert "" == until.value
    assert until.help.startswith("Decía «mañana». ")
    assert until.help.endswith(" Hora de Bogotá.")
    [refused] = [
        one for one in flat(parts_of(CIRCULAR, wrong, wrong="circular_id")) if one.name == "circular_id"
    ]
    assert "Así no se puede recibir." == refused.wrong


def test_fields_are_of_their_type_with_the_words_of_people() -> None:
    value = {"audience": "owners", "valid_until": "2026-12-01T13:00:00Z"}
    audience, until = field(CIRCULAR, value, "audience"), field(CIRCULAR, value, "valid_until")
    bill = SCHEMAS["admin.invoice.issued"].document
    amount, due = field(bill, {"amount_cop": 385000}, "amount_cop"), field(bill, {}, "due_on")

    assert ("select", "owners", ("residents", "Residentes")) == (
        audience.kind,
        audience.value,
        audience.options[1],
    )
    assert ("datetime-local", "2026-12-01T08:00") == (until.kind, until.value)
    assert ("text", "385.000", "date") == (amount.kind, amount.value, due.kind)


def test_what_was_typed_is_read_as_people_write_it() -> None:
    changed = {"audience": "both", "valid_until": "2026-12-24T18:30", "title": " Corte de agua "}
    bill = SCHEMAS["admin.invoice.issued"].document
    sent = {**typed(CIRCULAR, {}), **changed}

    assert {
        "audience": "both",
        "valid_until": "2026-12-24T18:30:00-05:00",
        "title": "Corte de agua",
    } == read_form(CIRCULAR, sent, {})
    assert {"amount_cop": 1250000} == read_form(bill, {"amount_cop": "$ 1.250.000"}, {"amount_cop": 1})
    # What is no number stays what was typed: the schema says so, and nothing is guessed.
    assert {"amount_cop": "mil"} == read_form(bill, {"amount_cop": "mil"}, {"amount_cop": 1})


def test_what_no_field_shows_and_what_nobody_has_changed_stays() -> None:
    before = {"valid_until": "2026-12-01T13:00:00.250Z", "own_field": {"a": [1]}, "title": "Uno"}
    sent = {**typed(CIRCULAR, before), "title": "Dos"}

    assert {**before, "title": "Dos"} == read_form(CIRCULAR, sent, before)
    assert {"own_field": {"a": [1]}, "valid_until": before["valid_until"]} == read_form(
        CIRCULAR, {**sent, "title": ""}, before
    )


def test_lists_grow_by_one_item_and_lose_what_was_emptied() -> None:
    before = {
        "agenda": ["Cuentas"],
        "documents": [{"name": "Acta"}, {"name": "Informe", "url": "https://x.co"}],
    }
    sent = typed(ASSEMBLY, before) | {
        "agenda": "Cuentas\r\n\r\nPresupuesto",
        "documents.0.name": "",
        "documents.2.name": "Balance",
    }
    made = read_form(ASSEMBLY, sent, before)

    assert ["Cuentas", "Presupuesto"] == made["agenda"]
    assert [{"name": "Informe", "url": "https://x.co"}, {"name": "Balance"}] == made["documents"]


def test_a_person_has_all_ways_to_be_named_and_several_people_are_a_list() -> None:
    [who] = [part for part in parts_of(PETITION, {}) if isinstance(part, FormGroup)]
    names = {one.name for one in flat(who.parts)}
    two: list[Part] = list(parts_of(PETITION, {"petitioner": [{"ref": "p-1"}]}))
    [several] = [part for part in two if isinstance(part, FormGroup)]

    assert {"petitioner.ref", "petitioner.name", "petitioner.email", "petitioner.phone"} <= names
    assert ["Quién pide, 1", "Quién pide, otro"] == [part.label for part in several.parts]
    sent = {"petitioner.name": "Ana", "petitioner.email": "ana@example.com"}
    assert {"petitioner": {"name": "Ana", "email": "ana@example.com"}} == read_form(PETITION, sent, {})


FORMS = Schemas.load().by_name
PAPER = KINDS[KindWord.CONSENT]


def test_consent_on_paper_is_ticked_and_shown_again_as_it_was() -> None:
    given = {"data.purposes.survey": "1", "data.purposes.collection": "1", "data.text_version": "2026-02"}
    fields = {one.name: one for one in forms.form_fields(PAPER, given, FORMS, wrong=None, fresh=True)}
    purposes, channels = fields["data.purposes"], fields["data.channels"]

    assert {"purposes": ["survey", "collection"], "text_version": "2026-02"} == forms.typed(
        PAPER, given, FORMS
    )
    assert ("ticks", "ticks") == (purposes.kind, channels.kind)
    assert ["Encuestas", "Cobro"] == purposes.value.splitlines()
    assert {"Encuestas", "Cobro"} < {text for _, text in purposes.options}
    assert ("", "WhatsApp") == (channels.value, dict(channels.options)["whatsapp"])


def test_consent_without_a_purpose_is_marked() -> None:
    given = {"data.text_version": "2026-02"}
    fields = forms.form_fields(PAPER, given, FORMS, wrong="data.purposes", fresh=False)

    assert ["data.purposes"] == [one.name for one in fields if one.wrong]
