"""Matters in words: who, about what, until when, who has it; nobody's name where the caller has no work."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.catalog import CATALOG
from hub.desk.matters.rows import FIELDS, FoundMatter, MatterCounts, MatterKind, MatterView
from hub.desk.matters.shown import share_of, shown, tone_of
from hub.model import NOWHERE, Move, type_of
from hub.model.catalogue import THREAD
from hub.model.named import Resident
from hub.people.units import own_name, short_name
from hub.rendering.case_words_es import MATTER_KINDS, MATTER_VIEWS, NO_MATTERS
from hub.rendering.matters_es import LONGEST, subject_of
from hub.rendering.titles_es import EVENTS

NOW = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[2] / "schemas"
HERE = frozenset({"ph-altos"})
INES = Resident(ref="p-ines", copropiedad_id="ph-altos", name="INÉS ÁVILA", tower="2", label="Apto 302")


def found(**fields: Any) -> FoundMatter:
    given: dict[str, Any] = dict.fromkeys(FoundMatter.__struct_fields__)
    given |= {"id": UUID(int=1), "case": "pqrs_id:1", "sort_at": NOW, "copropiedad_id": "ph-altos"}
    given |= {"copropiedad": "Conjunto Residencial Altos del Rosal", "clock": UUID(int=2), "state": "open"}
    given |= {"name": "first_reply", "due_at": NOW + timedelta(hours=4), "started_at": NOW}
    given |= {"opened_type": type_of("pqrs.received"), "level": 1}
    given |= {"opened_data": {"subject": "Humedad en el cuarto", "petitioner": {"ref": "p-ines"}}}
    return FoundMatter(**{**given, **fields})


def in_words(matter: FoundMatter, places: frozenset[str] | None = HERE) -> Any:
    return shown(matter, {("p-ines", "ph-altos"): INES}, NOW, may_see=places)


def test_row_is_of_a_person_and_a_matter() -> None:
    row = in_words(found(words="¿Viene el plomero?", wrote_at=NOW, channel="whatsapp", waits=True))

    assert ("Humedad en el cuarto", "Inés Ávila", "T2-302", "Altos del Rosal") == (
        row.subject,
        row.person,
        row.unit,
        row.building,
    )
    assert ("¿Viene el plomero?", "whatsapp", False) == (row.last.text, row.last.channel, row.last.ours)
    assert row.waits


def test_who_does_not_answer_there_reads_no_name_and_no_words() -> None:
    """Ley 1581 de 2012, art. 4, lit. f: only who needs the data for the purpose has access."""
    row = in_words(found(words="Estoy enferma", wrote_at=NOW), NOWHERE)

    assert ("PQRS recibida", "I*** Á***", None) == (row.subject, row.person, row.last)
    assert "Humedad" not in str(row)


def test_answer_of_ours_is_the_last_word_once_it_is_newer() -> None:
    said = {"words": "¿Viene?", "wrote_at": NOW - timedelta(hours=2), "answered_at": NOW}
    row = in_words(found(**said, answered_data={"summary": "Va el lunes."}))

    assert ("Va el lunes.", True) == (row.last.text, row.last.ours)


def test_stranger_is_named_as_they_wrote_and_a_number_alone_is_nobody() -> None:
    named = in_words(found(opened_data={"subject": "x", "petitioner": {"name": "Óscar Muñoz"}}))
    nobody = in_words(found(opened_data={"excerpt": "x", "sender": {"name": "Remitente", "phone": "+57300"}}))
    several = in_words(found(opened_data={"petitioner": [{"ref": "p-ines"}, {"name": "Otra"}]}))

    assert ("Óscar Muñoz", "", "Inés Ávila") == (named.person, nobody.person, several.person)


def test_case_of_a_unit_is_its_payments() -> None:
    row = in_words(found(case="unit_id:u-7", tower="1", label="302", opened_data={}))

    assert "Pagos de T1-302" == row.subject


@pytest.mark.parametrize("kind", [kind for kind in CATALOG if any(m.move is Move.START for m in kind.clocks)])
def test_whatever_begins_a_promise_has_a_subject_without_ids(kind: Any) -> None:
    schema = json.loads((SCHEMAS / f"{kind.name}.v1.json").read_text(encoding="utf-8"))
    for data in schema["examples"]:
        subject = subject_of(f"{kind.case}:1", type_of(kind.name), data, unit="T1-302")
        assert 0 < len(subject) <= LONGEST
        assert str(data.get(kind.case)) not in subject
        assert subject != "PQRS recibida"


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("Lavado de los tanques de la torre 1.", "Lavado de los tanques de la torre 1"),
        ("Factura de Inversiones Andinas S.A.S.", "Factura de Inversiones Andinas S.A.S."),
        ("Y entonces...", "Y entonces..."),
    ],
)
def test_subject_is_a_title_without_the_full_stop_of_a_sentence(said: str, subject: str) -> None:
    assert subject == subject_of("pqrs_id:1", type_of("pqrs.received"), {"subject": said})


def test_erased_field_leaves_what_happened() -> None:
    assert EVENTS["emergency.declared"] == subject_of("emergency_id:1", type_of("emergency.declared"), {})
    assert "Primera respuesta" == subject_of("thread_id:1", None, None, clock="first_reply")


def test_drill_is_no_danger() -> None:
    fire = {"kind": "incendio", "scope": "Torre 1"}
    of = {"case": "emergency_id:1", "name": "emergency_ack", "opened_type": type_of("emergency.declared")}
    real, drill = (in_words(found(**of, opened_data=data)) for data in (fire, {**fire, "drill": True}))

    assert ("Incendio: Torre 1", True) == (real.subject, real.danger)
    assert ("Simulacro de incendio: Torre 1", False) == (drill.subject, drill.danger)


def test_holder_is_who_has_the_case_else_who_took_its_promise_on_for_the_level_that_has_it() -> None:
    taken = {"acknowledged": [{"level": 1, "by": "account:ana"}, {"level": 2, "by": "account:luz"}]}

    assert "account:eva" == in_words(found(assignee="account:eva", course=taken)).holder
    assert "account:luz" == in_words(found(course=taken)).holder
    assert in_words(found(course=taken, level=3)).holder is None


def test_time_left_is_a_meter_and_a_tone() -> None:
    start, due = NOW - timedelta(hours=3), NOW + timedelta(hours=1)

    assert (75, 100, 2) == (share_of(start, due, NOW), share_of(start, NOW, NOW), share_of(NOW, due, NOW))
    assert ("bad", "wait", "wait", "") == (
        tone_of("breached", due, NOW),
        tone_of("at_risk", due + timedelta(days=9), NOW),
        tone_of("open", due, NOW),
        tone_of("open", due + timedelta(days=2), NOW),
    )
    assert "en pausa" == in_words(found(course={"pauses": [{"until": None}]})).left


def test_unit_and_building_are_short() -> None:
    assert ["T2-302", "T1-302", "Bloque A Apto 5", "T1-302B", "Portería", "Casa 7"] == [
        *(short_name("2", "Apto 302"), short_name("Torre 1", "302"), short_name("Bloque A", "Apto 5")),
        *(short_name("1", "Apto 302B"), short_name(None, "Portería"), short_name(None, "Casa 7")),
    ]
    assert ["Altos del Rosal", "Parque Central", "Edificio Mirador", "Conjunto"] == [
        own_name("Conjunto Residencial Altos del Rosal"),
        own_name("Conjunto Parque Central"),
        own_name("Edificio Mirador"),
        own_name("Conjunto"),
    ]


def test_every_view_and_kind_has_words_and_a_count() -> None:
    assert {*MatterView} == MATTER_VIEWS.keys() == NO_MATTERS.keys()
    assert {*MatterKind} == MATTER_KINDS.keys()
    assert {*MATTER_KINDS, *MATTER_VIEWS} - {"all", "asleep"} == {*MatterCounts.__struct_fields__}


def test_no_field_is_of_two_kinds() -> None:
    fields = [field for names in FIELDS.values() for field in names]

    assert len(fields) == len({*fields, THREAD}) - 1
