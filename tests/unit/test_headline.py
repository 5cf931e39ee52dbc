"""Headline: one sentence of fault, affected people and remedy; the rest are lines, the worst first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub.health.incidents import KINDS
from hub.model.emergencies import DueCall, OpenEmergency
from hub.operations.incidents import IncidentRow
from hub.operations.now.headline import PLACES, headline, matters
from hub.operations.now.matter import Urgency
from hub.operations.now.rank import RANKS, Rank
from hub.operations.now.situation import Situation
from hub.rendering.case_words_es import DUE_CALLS
from hub.storage.activity import AffectedPeople, OverdueWork, RejectedEvents

NOON = datetime(2026, 3, 9, 17, tzinfo=UTC)


def incident(kind: str = "circuit", **fields: str) -> IncidentRow:
    values = {
        "title": "El proveedor twilio de SMS está fallando",
        "measured": "No se le llama mientras descansa",
        "to_do": "Mire `hub channel list`.",
        "meanwhile": "Los mensajes esperan.",
        **fields,
    }
    return IncidentRow(
        key=f"{kind}:sms:twilio",
        kind=kind,
        state="open",
        since=NOON,
        told_at=None,
        resolved_at=None,
        **values,
    )


def fire(**fields: Any) -> OpenEmergency:
    values: dict[str, Any] = {
        "case": "emergency_id:fire",
        "kind": "incendio",
        "scope": "Torre 1",
        "drill": False,
        "since": NOON,
        "copropiedad_id": "ph-1",
        "building": "Altos del Rosal",
        "clock": UUID(int=7),
        "unattended": True,
        "told": 142,
        "reached": 131,
        "lost": 11,
        **fields,
    }
    return OpenEmergency(key=UUID(int=1), **values)


def call(name: str = "emergency_reply") -> DueCall:
    place = {"copropiedad_id": "ph-1", "building": "Altos del Rosal"}
    return DueCall(id=UUID(int=2), name=name, case="thread_id:1", since=NOON, **place)


KEY = "circuit:sms:twilio"
BAD_DAY = Situation(
    incidents=[incident("dead_letters"), incident("balance"), incident()],
    waiting={KEY: AffectedPeople(people=214, copropiedades=2)},
    emergencies=[fire(drill=True, unattended=False), fire(unattended=False), fire()],
    calls=[call()],
    breached=3,
    dead=9,
    unreached=1,
    replies=4,
)


def test_matters_are_ranked_by_harm_whatever_came_first() -> None:
    ranks = [matter.rank for matter in matters(BAD_DAY)]

    assert ["unattended", "emergency", "channel", "overdue", "refused", "rest"] == [*Rank]
    assert sorted(ranks, key=list(Rank).index) == ranks
    assert set(Rank) == set(ranks)
    assert headline(BAD_DAY).sentence.startswith(
        "Nadie ha asumido la emergencia: incendio en Altos del Rosal"
    )


def test_unattended_fire_stands_above_refused_events_with_who_is_affected_and_what_to_do() -> None:
    said = headline(Situation(incidents=[incident("dead_letters")], dead=8, emergencies=[fire()]))

    assert said.sentence == (
        "Nadie ha asumido la emergencia: incendio en Altos del Rosal, Torre 1. Y 1 asunto más por atender."
    )
    assert said.affected == "142 personas avisadas; 131 lo recibieron, 11 sin alcanzar."
    assert (said.path, said.urgency) == (f"/clocks/{UUID(int=7)}", Urgency.BAD)


def test_emergency_that_somebody_has_taken_leads_to_its_case_and_a_drill_is_none() -> None:
    taken, drill = matters(Situation(emergencies=[fire(unattended=False), fire(drill=True)]))

    assert (taken.text, taken.urgency) == ("Emergencia abierta: incendio en Altos del Rosal, Torre 1", "bad")
    assert taken.path == "/cases/emergency_id%3Afire"
    assert (drill.text, drill.urgency) == ("Simulacro: incendio en Altos del Rosal, Torre 1", "wait")


def test_calls_that_are_due_are_counted_by_their_building() -> None:
    several = matters(Situation(calls=[call(), call(), call("emergency_unreached")]))

    assert [matter.text for matter in several] == [
        "2 respuestas a una emergencia sin atender, en Altos del Rosal",
        "1 emergencia con personas por llamar, en Altos del Rosal",
    ]


def test_channel_without_anybody_who_waits_ranks_with_the_rest() -> None:
    nobody = Situation(incidents=[incident(), incident("server")], breached=1)
    [first, second, third] = matters(nobody)

    assert [first.rank, second.rank, third.rank] == [Rank.CHANNEL, Rank.OVERDUE, Rank.REST]
    assert third.text.startswith("El proveedor twilio")


def test_refused_and_overdue_say_whose_they_are_and_since_when() -> None:
    said = Situation(
        breached=3,
        overdue=OverdueWork(since=NOON, copropiedades=1, building="Altos del Rosal"),
        dead=9,
        refused=RejectedEvents(since=NOON, source="urn:coproservicios:cartera"),
    )
    overdue, refused = matters(said)

    assert (overdue.text, overdue.since) == ("3 promesas vencidas, de Altos del Rosal", NOON)
    assert refused.text == "9 avisos rechazados, la mayoría de cartera"
    assert "1 aviso rechazado, de cartera" == matters(replace(said, dead=1))[-1].text


def test_every_kind_of_incident_and_every_call_has_its_rank_and_words() -> None:
    assert {kind.name for kind in KINDS} <= set(RANKS)
    assert {"emergency_reply", "emergency_unreached", "emergency_callback"} == set(DUE_CALLS)


def test_worst_incident_is_said_first_with_what_it_does_to_people_and_where_to_look() -> None:
    waits = {KEY: AffectedPeople(people=1, copropiedades=1, building="Altos del Rosal")}
    said = headline(Situation(incidents=[incident("balance"), incident()], waiting=waits, breached=3))

    assert said.sentence.startswith("El proveedor twilio de SMS está fallando: no se le llama mientras")
    assert said.sentence.endswith("Y 2 asuntos más por atender.")
    assert (said.affected, said.to_do) == (
        "Los mensajes esperan. 1 persona espera, de Altos del Rosal.",
        "",
    )
    assert (said.path, said.urgency) == ("/channels", Urgency.BAD)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (AffectedPeople(people=1204, copropiedades=3), " 1.204 personas esperan, de 3 copropiedades."),
        (AffectedPeople(people=1, copropiedades=1), " 1 persona espera, de 1 copropiedad."),
        (AffectedPeople(), ""),
    ],
)
def test_who_waits_for_a_broken_channel_is_counted(waiting: AffectedPeople, said: str) -> None:
    found = headline(Situation(incidents=[incident()], waiting={KEY: waiting}))

    assert found.affected == f"Los mensajes esperan.{said}"


@pytest.mark.parametrize("name", ["breached", "dead", "unreached"])
def test_fault_names_the_affected_people_and_its_remedy(name: str) -> None:
    said = headline(Situation(**{name: 2}))  # type: ignore[arg-type] # each is a number

    assert said.affected
    assert said.to_do
    assert said.path


def test_what_waits_for_ones_own_release_is_a_line_of_work() -> None:
    (line,) = matters(Situation(approvals=2))

    assert ("2 comunicaciones esperan su aprobación", "/approvals") == (line.text, line.path)


def test_act_of_no_page_is_named_for_people_with_a_shell() -> None:
    said = headline(Situation(incidents=[incident("server")]))

    assert (said.to_do, said.path) == ("Mire hub channel list.", "")


def test_hub_that_works_says_who_is_missing() -> None:
    said = headline(Situation(breached=1, letters=4))

    assert said.sentence == "El centro trabaja bien. Por atender: 1 promesa vencida."
    assert said.path == "/cases?view=overdue"


def test_pause_of_everything_is_the_first_thing_said() -> None:
    said = headline(Situation(paused=["todo"], dead=3, sent=9))

    assert said.sentence == "Todo está en pausa: no sale nada, y las promesas no avisan."
    assert (said.path, said.urgency) == ("/channels", Urgency.BAD)
    assert headline(Situation(paused=["SMS"])).urgency is Urgency.GOOD


@pytest.mark.parametrize(("waiting", "affected"), [(0, "Nada espera por usted."), (2, "")])
def test_hub_with_nothing_wrong_says_how_much_it_does(waiting: int, affected: str) -> None:
    said = headline(Situation(sent=1204, letters=waiting))

    assert said.sentence == "Todo en marcha: 1.204 mensajes salieron en la última hora."
    assert (said.affected, said.urgency) == (affected, Urgency.GOOD)


def test_matters_come_with_the_worst_first_and_only_those_that_there_are() -> None:
    found = matters(
        Situation(dead=2, at_risk=1, paused=["SMS"], unreached=100, more=frozenset({"unreached"}))
    )

    assert [matter.text for matter in found] == [
        "2 avisos rechazados",
        "más de 100 avisos que no llegan a todos",
        "En pausa: SMS",
        "1 promesa en riesgo",
    ]
    assert [matter.urgency for matter in found] == ["bad", "bad", "wait", "wait"]
    assert matters(Situation(sent=9)) == []


def test_places_of_incidents_are_kinds_that_there_are() -> None:
    assert PLACES.keys() <= {kind.name for kind in KINDS}
