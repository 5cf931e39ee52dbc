"""Explanations of notices, sent or not: a table of cases, each with its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.contact_rules.consents import PURPOSES
from hub.model import AudienceRecord, Json, LeftOut
from hub.operations.explain import sentences_es
from hub.operations.explain.explain import seen_from
from hub.operations.explain.verdict import ExplainOutcome, Verdict, judge, several_events, unknown_event
from hub.people.audience.names import ALL, DUTIES
from hub.ports import AudienceSnapshot, ExplainFacts, Refused, Unit, UnitVersion, Version
from hub.rendering import labels_es
from tests.unit.factories import HOUR, MINUTE, MONDAY, event, local, stored, upserted

DAY = timedelta(days=1)
WORKS = stored(event("maintenance.scheduled.announced"))
PLANNED = MONDAY + MINUTE
"""Monday, 9 March 2026, 08:06 in Bogotá."""
RECEIVED = 10
"""The directory version at that time."""

Group = Mapping[str, Json]
TOWER_3: Group = {"roles": ["resident", "tenant"], "copropiedad_id": "ph-1", "towers": ["3"]}
OWNERS: Group = {"roles": ["owner"], "copropiedad_id": "ph-1"}
UNIT: Group = {"roles": ["owner"], "unit_id": "u-1"}
SERVICE: Group = {"duty": "service", "copropiedad_id": "ph-1"}


def unit_version(tower: str, *, position: int, version: int = 1) -> UnitVersion:
    unit = Unit(label="Apto", copropiedad_id="ph-1", tower=tower)
    return UnitVersion(version=version, position=position, unit=unit)


PLACES: dict[str, Any] = {
    "units": {
        "u-1": Unit(label="Apto 101", copropiedad_id="ph-1", tower="1"),
        "u-3": Unit(label="Apto 301", copropiedad_id="ph-1", tower="3"),
        "u-9": Unit(label="Casa 9", copropiedad_id="ph-2"),
        "u-corrected": Unit(label="Apto 302", copropiedad_id="ph-1", tower="3"),
        "u-new": Unit(label="Apto 303", copropiedad_id="ph-1", tower="3"),
    },
    "unit_history": {
        "u-3": [unit_version("3", position=3)],
        "u-corrected": [unit_version("1", position=3), unit_version("3", version=2, position=RECEIVED + 1)],
        "u-new": [unit_version("3", position=RECEIVED + 1)],
    },
    "copropiedades": {"ph-1": "Altos del Rosal", "ph-2": "Las Acacias"},
}


def kept(*groups: Group, why: str | None = None, left_out: LeftOut | None = None) -> AudienceSnapshot:
    record = AudienceRecord(
        event_key=WORKS.key, audience=0, planned_at=PLANNED, groups=groups, people=3, why=why
    )
    return AudienceSnapshot(record=record, directory_version=RECEIVED, left_out=left_out)


def known(**fields: Any) -> Version:
    """A person who has long been in the directory."""
    values: dict[str, Any] = {
        "kind": "person",
        "id": "p-1",
        "version": 1,
        "since": PLANNED - 300 * DAY,
        "until": None,
        "removed": False,
        "position": 1,
        "received_at": PLANNED - 300 * DAY,
    }
    return Version(**{**values, **fields})


def lives(scope: str = "unit:u-3", role: str = "resident", **fields: Any) -> Version:
    values: dict[str, Any] = {"kind": "membership", "id": "m-1", "position": 2, "person": "p-1"}
    return known(**{**values, "scope": scope, "role": role, **fields})


def left(**fields: Any) -> Version:
    """A removed membership."""
    return lives(**{"version": 2, "removed": True, "person": None, "scope": None, "role": None, **fields})


def facts(audience: AudienceSnapshot, *history: Version, person: bool = True) -> ExplainFacts:
    versions = [known(), *history] if person else list(history)
    return ExplainFacts(event=WORKS, person="p-1", audiences=[audience], history=versions, **PLACES)


def lines(verdict: Verdict) -> list[str]:
    """The sentences after the event's name and time."""
    assert "Mantenimiento programado, el lunes 9 de marzo de 2026 a las 8:05 a. m." == verdict.sentences[0]
    return list(verdict.sentences[1:])


NEW: dict[str, Any] = {"position": RECEIVED + 1}
MONDAY_8 = "El aviso se planeó el lunes 9 de marzo de 2026 a las 8:06 a. m.; "
WEDNESDAY = PLANNED + 2 * DAY
OF_TOWER_3 = "el aviso era para residentes y arrendatarios de la Torre 3 de Altos del Rosal."
OF_ABSENTEES = (
    "el aviso era para propietarios y apoderados de la copropiedad Altos del Rosal que no viven allí."
)
NOT_OF_TOWER_3 = f"No: {OF_TOWER_3[:-1]}; cuando se planeó, la persona no era de ese grupo."

Case = tuple[str, Group, Sequence[Version], str, list[str]]


def miss(title: str, group: Group, history: Sequence[Version], reason: str, *expected: str) -> Case:
    return title, group, history, reason, list(expected)


MISSES: list[Case] = [
    miss(
        "added to the tower later",
        TOWER_3,
        [lives(since=local("2026-03-11T00:00:00"), **NEW)],
        "added_later",
        "No: fue agregada a la Torre 3 dos días después.",
        f"{MONDAY_8}el vínculo cuenta desde el miércoles 11 de marzo de 2026.",
    ),
    miss(
        "published before, to be added later",
        TOWER_3,
        [lives(since=WEDNESDAY)],
        "added_later",
        "No: fue agregada a la Torre 3 dos días después.",
        f"{MONDAY_8}el vínculo cuenta desde el miércoles 11 de marzo de 2026 a las 8:06 a. m.",
    ),
    miss(
        "to be added later, and taken back before",
        TOWER_3,
        [lives(since=WEDNESDAY), left(since=PLANNED + DAY, position=3)],
        "no_membership",
        NOT_OF_TOWER_3,
    ),
    miss(
        "a term of old that a correction from before it has taken back",
        TOWER_3,
        [
            lives(since=PLANNED - 9 * DAY, until=PLANNED - DAY),
            left(since=PLANNED - 20 * DAY, position=3),
        ],
        "no_membership",
        NOT_OF_TOWER_3,
    ),
    miss(
        "added to the unit the next day, by the calendar",
        UNIT,
        [lives("unit:u-1", "owner", since=local("2026-03-10T00:05:00"))],
        "added_later",
        "No: fue agregada a la unidad Torre 1 Apto 101 un día después.",
        f"{MONDAY_8}el vínculo cuenta desde el martes 10 de marzo de 2026 a las 12:05 a. m.",
    ),
    miss(
        "added to the copropiedad, having been elsewhere before",
        OWNERS,
        [
            lives("unit:u-9", "owner"),
            lives("unit:u-1", "owner", id="m-2", since=local("2026-04-18T00:00:00")),
        ],
        "added_later",
        "No: fue agregada a la copropiedad Altos del Rosal 40 días después.",
        f"{MONDAY_8}el vínculo cuenta desde el sábado 18 de abril de 2026.",
    ),
    miss(
        "lived there, and the hub learned it later",
        TOWER_3,
        [lives(received_at=WEDNESDAY, **NEW)],
        "heard_later",
        "No: ya era residente de la Torre 3, pero el centro lo supo dos días después.",
        f"{MONDAY_8}la novedad llegó el miércoles 11 de marzo de 2026 a las 8:06 a. m.",
    ),
    miss(
        "learned an hour later",
        TOWER_3,
        [lives(received_at=PLANNED + HOUR, **NEW)],
        "heard_later",
        "No: ya era residente de la Torre 3, pero el centro lo supo más tarde ese mismo día.",
        f"{MONDAY_8}la novedad llegó el lunes 9 de marzo de 2026 a las 9:06 a. m.",
    ),
    miss(
        "on its way while the event was planned",
        TOWER_3,
        [lives(received_at=PLANNED - MINUTE, **NEW)],
        "heard_later",
        "No: ya era residente de la Torre 3, pero el centro lo supo más tarde ese mismo día.",
        f"{MONDAY_8}la novedad llegó el lunes 9 de marzo de 2026 a las 8:06 a. m.",
    ),
    miss(
        "the term had ended",
        TOWER_3,
        [lives(until=local("2026-03-07T00:00:00"))],
        "ended",
        "No: había dejado de ser residente de la Torre 3 dos días antes.",
        f"{MONDAY_8}el vínculo terminó el sábado 7 de marzo de 2026.",
    ),
    miss(
        "taken out before",
        TOWER_3,
        [lives(), left(since=local("2026-03-08T00:00:00"), position=3)],
        "ended",
        "No: había dejado de ser residente de la Torre 3 un día antes.",
        f"{MONDAY_8}el vínculo terminó el domingo 8 de marzo de 2026.",
    ),
    miss(
        "moved to another tower before",
        TOWER_3,
        [lives(), lives("unit:u-1", version=2, since=local("2026-03-09T01:00:00"), position=3)],
        "ended",
        "No: había dejado de ser residente de la Torre 3 ese mismo día, antes del aviso.",
        f"{MONDAY_8}el vínculo terminó el lunes 9 de marzo de 2026 a la 1:00 a. m.",
    ),
    miss(
        "another role",
        OWNERS,
        [lives(role="tenant")],
        "other_role",
        "No: es arrendataria; el aviso era para propietarios.",
    ),
    miss(
        "another role, by a correction from the beginning on",
        OWNERS,
        [lives(role="owner"), lives(role="tenant", version=2, position=3)],
        "other_role",
        "No: es arrendataria; el aviso era para propietarios.",
    ),
    miss(
        "another role of the unit",
        UNIT,
        [lives("unit:u-1", "tenant")],
        "other_role",
        "No: es arrendataria; el aviso era para propietarios.",
    ),
    miss(
        "another tower",
        TOWER_3,
        [lives("unit:u-1")],
        "other_place",
        f"No: es residente de la Torre 1; {OF_TOWER_3}",
    ),
    miss(
        "another tower, as an owner too",
        TOWER_3,
        [lives("unit:u-1", "owner"), lives("unit:u-1", id="m-2")],
        "other_place",
        f"No: es residente de la Torre 1; {OF_TOWER_3}",
    ),
    miss(
        "another unit",
        UNIT,
        [lives(role="owner")],
        "other_place",
        "No: es propietaria de la unidad Torre 3 Apto 301; "
        "el aviso era para propietarios de la unidad Torre 1 Apto 101.",
    ),
    miss(
        "another copropiedad",
        TOWER_3,
        [lives("unit:u-9")],
        "other_copropiedad",
        f"No: es residente de la copropiedad Las Acacias; {OF_TOWER_3}",
    ),
    miss("nothing at all", TOWER_3, [], "no_membership", NOT_OF_TOWER_3),
    miss(
        "owner of another place, who lives elsewhere",
        {"roles": ["owner", "proxy"], "unless": ["resident", "tenant"], "copropiedad_id": "ph-1"},
        [lives("unit:u-9", "owner")],
        "other_copropiedad",
        f"No: es propietaria de la copropiedad Las Acacias; {OF_ABSENTEES}",
    ),
    miss(
        "a membership that became somebody else's",
        TOWER_3,
        [lives(), lives(version=2, person="p-2", since=local("2026-03-01T00:00:00"), position=3)],
        "ended",
        "No: había dejado de ser residente de la Torre 3 ocho días antes.",
        f"{MONDAY_8}el vínculo terminó el domingo 1 de marzo de 2026.",
    ),
    miss(
        "removed from the directory",
        TOWER_3,
        [known(version=2, removed=True, since=PLANNED - 3 * DAY, position=4), lives()],
        "removed",
        "No: había sido retirada del directorio tres días antes.",
    ),
    miss(
        "the duty, and others were nearer",
        SERVICE,
        [lives("company", "staff", duty="service")],
        "others_turn",
        "No: es integrante del equipo de la empresa, "
        "pero este aviso fue para quien estaba de turno o tenía el lugar a cargo.",
    ),
    miss(
        "another duty",
        SERVICE,
        [lives("company", "staff", duty="maintenance")],
        "other_role",
        "No: es integrante del equipo; el aviso era para el equipo de servicio al cliente.",
    ),
    miss(
        "the duty later, of the staff already",
        SERVICE,
        [
            lives("company", "staff", duty="maintenance"),
            lives("company", "staff", id="m-2", duty="service", since=local("2026-03-11T00:00:00")),
        ],
        "role_later",
        "No: empezó a hacer parte del equipo de servicio al cliente dos días después.",
        f"{MONDAY_8}el vínculo cuenta desde el miércoles 11 de marzo de 2026.",
    ),
    miss(
        "the staff of another area",
        {"everywhere": True, "roles": ["staff"], "service_area": "juridica"},
        [lives("company", "staff", service_area="obras")],
        "other_role",
        "No: es integrante del equipo; el aviso era para integrantes del equipo del área juridica.",
    ),
    miss(
        "a level of the ladder",
        {"level": 3, "copropiedad_id": "ph-1"},
        [lives()],
        "other_place",
        "No: es residente de la copropiedad Altos del Rosal; "
        "el aviso era para el nivel 3 de escalamiento (Gerencia de operaciones).",
    ),
    miss(
        "a role everywhere",
        {"everywhere": True, "roles": ["council"]},
        [lives()],
        "other_role",
        "No: es residente; el aviso era para integrantes del consejo.",
    ),
    miss(
        "a unit whose tower was corrected since",
        TOWER_3,
        [lives("unit:u-corrected")],
        "moved",
        "No: era residente de la Torre 3, pero cuando se planeó el aviso "
        "su unidad estaba registrada en la Torre 1 de Altos del Rosal.",
    ),
    miss(
        "a unit that is published after its people",
        TOWER_3,
        [lives("unit:u-new")],
        "unit_unknown",
        "No: era residente de la Torre 3, pero cuando se planeó el aviso "
        "su unidad no estaba en el directorio.",
    ),
    miss(
        "nothing that would explain it",
        TOWER_3,
        [lives()],
        "unclear",
        "No se sabe: según el directorio era residente de la Torre 3.",
        "Puede que su unidad estuviera en otro lugar, o que una novedad llegara mientras se planeaba.",
    ),
    miss(
        "there already, and given the role later",
        {**TOWER_3, "roles": ["owner"]},
        [lives(role="tenant"), lives(role="owner", id="m-2", since=local("2026-03-11T00:00:00"))],
        "role_later",
        "No: empezó a ser propietaria de la Torre 3 dos días después.",
        f"{MONDAY_8}el vínculo cuenta desde el miércoles 11 de marzo de 2026.",
    ),
    miss(
        "called besides the own duty, and not on shift",
        {"duty": "on_call", "copropiedad_id": "ph-1"},
        [lives("company", "staff", duty="maintenance", on_call=True)],
        "others_turn",
        "No: es integrante del equipo de la empresa, "
        "pero este aviso fue para quien estaba de turno o tenía el lugar a cargo.",
    ),
    miss(
        "somebody else", {"person": "p-2"}, [lives()], "other_person", "No: el aviso era para otra persona."
    ),
]


@pytest.mark.parametrize(
    ("group", "history", "reason", "expected"),
    [case[1:] for case in MISSES],
    ids=[case[0] for case in MISSES],
)
def test_miss_of_a_group_is_explained(
    group: Group, history: Sequence[Version], reason: str, expected: list[str]
) -> None:
    check(judge(facts(kept(group), *history)), ExplainOutcome.NOT_MEANT, reason, *expected)


def test_explanation_says_when_the_person_entered_the_directory() -> None:
    somebody = known(received_at=WEDNESDAY, since=WEDNESDAY, **NEW)
    lived = lives(received_at=WEDNESDAY, position=2)
    expected = [
        "No: fue agregada al directorio dos días después.",
        f"{MONDAY_8}la persona llegó al directorio el miércoles 11 de marzo de 2026 a las 8:06 a. m.",
    ]

    for history in ([somebody], [somebody, lived]):
        verdict = judge(facts(kept(TOWER_3), *history, person=False))
        check(verdict, ExplainOutcome.NOT_MEANT, "not_yet_known", *expected)


@pytest.mark.parametrize(
    ("audience", "outcome", "reason", "expected"),
    [
        (
            kept(why="quiet"),
            ExplainOutcome.NOT_MEANT,
            "quiet",
            "No: quien publicó el aviso pidió registrarlo sin avisarle a nadie (quiet).",
        ),
        (
            kept(why="condition"),
            ExplainOutcome.NOT_MEANT,
            "condition",
            "No: el aviso dependía de una condición que este aviso no cumple.",
        ),
        (kept(why="nobody"), ExplainOutcome.NOT_MEANT, "nobody", "No: el aviso no tenía a quién hablarle."),
        (
            kept({"party": "petitioner"}, why="waiting"),
            ExplainOutcome.PENDING,
            "waiting",
            "Todavía no: el caso no ha dicho a quién avisar (quien presentó la solicitud).",
        ),
        (
            kept(TOWER_3, why="expanding"),
            ExplainOutcome.PENDING,
            "expanding",
            "Todavía no: el centro está preparando el aviso, grupo por grupo; espere un momento.",
        ),
        (
            kept(SERVICE, left_out=LeftOut(person="p-1", reason="on_leave", detail="s-2")),
            ExplainOutcome.LEFT_OUT,
            "on_leave",
            "No: estaba en licencia o vacaciones; la reemplazaba s-2.",
        ),
        (
            kept(SERVICE, left_out=LeftOut(person="p-1", reason="on_leave")),
            ExplainOutcome.LEFT_OUT,
            "on_leave",
            "No: estaba en licencia o vacaciones; el aviso era para los demás del equipo.",
        ),
        (
            kept(SERVICE, left_out=LeftOut(person="p-1", reason="of_old")),
            ExplainOutcome.LEFT_OUT,
            "of_old",
            "No: se la dejó por fuera. Motivo: of_old.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_events_without_notified_people_are_explained(
    audience: AudienceSnapshot, outcome: ExplainOutcome, reason: str, expected: str
) -> None:
    check(judge(facts(audience, lives())), outcome, reason, expected)


def test_missing_consent_is_explained_with_purpose_and_advice() -> None:
    asked = kept({**TOWER_3, "opted_in": "commercial"}, left_out=LeftOut(person="p-1", reason="not_opted_in"))

    check(
        judge(facts(asked, lives())),
        ExplainOutcome.LEFT_OUT,
        "not_opted_in",
        "No: no había una autorización suya en pie para escribirle con esta finalidad (comercial).",
        "Qué hacer: pídale la autorización y regístrela; los avisos siguientes sí le llegan.",
    )


def test_operator_of_one_place_sees_no_membership_elsewhere() -> None:
    here, elsewhere = lives("unit:u-1", "tenant"), lives("unit:u-9", "owner", id="m-2")
    gone = left(since=PLANNED - DAY, position=3)
    everything = facts(kept(UNIT), here, gone, elsewhere)

    assert everything == seen_from(everything, None)
    assert [known(), here, gone] == list(seen_from(everything, frozenset({"ph-1"})).history)
    assert [known(), elsewhere] == list(seen_from(everything, frozenset({"ph-2"})).history)
    assert [] == list(seen_from(everything, frozenset({"ph-3"})).history)


def test_removed_person_gets_no_explanation_by_another_audience() -> None:
    everyone: Group = {"everywhere": True, "roles": ["resident"]}
    gone = known(version=2, removed=True, since=PLANNED - 3 * DAY, position=4)
    policy = facts(kept(everyone), gone, lives())
    staff = kept({"everywhere": True, "roles": ["staff"]})

    assert "removed" == judge(replace(policy, audiences=[kept(everyone), staff])).reason


def test_operator_of_one_place_sees_no_earlier_place_of_a_unit() -> None:
    elsewhere = UnitVersion(version=1, position=1, unit=Unit(label="Apto", copropiedad_id="ph-2"))
    moved = replace(facts(kept(TOWER_3), lives()), unit_history={"u-3": [elsewhere]})

    assert "moved" == judge(seen_from(moved, frozenset({"ph-1", "ph-2"}))).reason
    assert "unclear" == judge(seen_from(moved, frozenset({"ph-1"}))).reason


@pytest.mark.parametrize("cause", ["membership", "person"])
def test_explanation_is_pending_while_pages_are_planned(cause: str) -> None:
    somebody = known(**NEW) if cause == "person" else known()
    lived = lives(position=RECEIVED + 2)
    verdict = judge(facts(kept(TOWER_3, why="expanding"), somebody, lived, person=False))

    assert ExplainOutcome.PENDING is verdict.outcome


def test_every_consent_and_duty_has_a_label() -> None:
    assert {*PURPOSES} <= {*labels_es.CONSENTS}
    assert {*DUTIES} - {ALL} == {*sentences_es.DUTIES}


def test_nearest_of_several_audiences_is_explained() -> None:
    far, near = kept(SERVICE), kept(TOWER_3)
    all_of_it = facts(far, lives(since=WEDNESDAY))

    assert "added_later" == judge(replace(all_of_it, audiences=[far, near])).reason
    assert "added_later" == judge(replace(all_of_it, audiences=[near, far])).reason


def test_event_without_audience_and_old_event_are_explained() -> None:
    silent = stored(upserted("person", "p-7"))
    nothing = facts(kept(), lives())
    quiet = judge(replace(nothing, event=silent, audiences=[]))
    old = judge(replace(nothing, audiences=[]))

    assert ("no_audience", "No: este tipo de aviso no se le envía a nadie.") == (
        quiet.reason,
        quiet.sentences[1],
    )
    assert "not_kept" == old.reason
    assert (
        "No se sabe: el aviso entró cuando el centro todavía no guardaba a quién iba dirigido."
        == old.sentences[1]
    )


def test_person_without_any_record_is_unknown() -> None:
    verdict = judge(facts(kept(TOWER_3), person=False))

    check(
        verdict,
        ExplainOutcome.UNKNOWN_PERSON,
        None,
        "El centro no conoce a la persona «p-1»: no está ni estuvo en el directorio.",
    )


def test_refused_event_is_explained_as_a_dead_letter() -> None:
    dead = Refused(reason="data.radicado: required", state="open", received_at=MONDAY)
    verdict = unknown_event("evt-9", "p-1", dead)

    assert (ExplainOutcome.UNKNOWN_EVENT, "dead_letter") == (verdict.outcome, verdict.reason)
    assert [
        (
            "El aviso «evt-9» no entró: está rechazado "
            "desde el lunes 9 de marzo de 2026 a las 8:05 a. m. (pendiente)."
        ),
        "Falta un dato obligatorio: data.radicado: required.",
        "Qué hacer: corrija el dato en el sistema que publica; «Rechazados» lo muestra entero.",
    ] == list(verdict.sentences)
    assert ["El centro no conoce el aviso «evt-9»."] == list(unknown_event("evt-9", "p-1", None).sentences)


def test_id_of_several_sources_asks_for_the_source() -> None:
    ours, theirs = stored(event("pqrs.received")), stored(event("pqrs.received", source="urn:erp"))
    verdict = several_events("pqrs.received-1", "p-1", [ours, theirs])

    assert [
        (
            "Hay varios avisos «pqrs.received-1»; diga de cuál sistema (source): "
            "urn:coproservicios:crm, urn:erp."
        )
    ] == list(verdict.sentences)


def check(verdict: Verdict, outcome: ExplainOutcome, reason: str | None, *expected: str) -> None:
    assert (outcome, reason, list(expected)) == (verdict.outcome, verdict.reason, lines(verdict))
