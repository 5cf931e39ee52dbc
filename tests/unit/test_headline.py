"""Headline: one sentence of fault, affected people and remedy; the rest are lines, the worst first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.health.incidents import KINDS
from hub.operations.incidents import IncidentRow
from hub.operations.now.headline import PLACES, Situation, Urgency, headline, matters
from hub.ports.activity import AffectedPeople

NOON = datetime(2026, 3, 9, 17, tzinfo=UTC)


def incident(kind: str = "circuit", **fields: str) -> IncidentRow:
    values = {
        "title": "El proveedor twilio de SMS está fallando",
        "measured": "Circuito abierto",
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


def test_worst_incident_is_said_first_with_what_it_does_to_people_and_where_to_look() -> None:
    said = headline(Situation(incidents=[incident(), incident("server")], breached=3))

    assert said.sentence.startswith("El proveedor twilio de SMS está fallando: circuito abierto.")
    assert said.sentence.endswith("Y 1 avería más.")
    assert (said.affected, said.to_do) == ("Los mensajes esperan.", "")
    assert (said.path, said.button, said.urgency) == ("/channels", "Ver canales", Urgency.BAD)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (AffectedPeople(people=1204, copropiedades=3), " 1.204 personas esperan, de 3 copropiedades."),
        (AffectedPeople(people=1, copropiedades=1), " 1 persona espera, de 1 copropiedad."),
        (AffectedPeople(), ""),
    ],
)
def test_who_waits_for_a_broken_channel_is_counted(waiting: AffectedPeople, said: str) -> None:
    found = headline(Situation(incidents=[incident()], waiting=waiting))

    assert found.affected == f"Los mensajes esperan.{said}"


@pytest.mark.parametrize("name", ["breached", "dead", "unreached"])
def test_fault_names_the_affected_people_and_its_remedy(name: str) -> None:
    said = headline(Situation(**{name: 2}))  # type: ignore[arg-type] # each is a number

    assert said.affected
    assert said.to_do
    assert said.path


def test_act_of_no_page_is_named_for_people_with_a_shell() -> None:
    said = headline(Situation(incidents=[incident("server")]))

    assert (said.to_do, said.path) == ("Mire hub channel list.", "")


def test_hub_that_works_says_who_is_missing() -> None:
    said = headline(Situation(breached=1, letters=4))

    assert said.sentence == "El hub trabaja bien. Por atender: 1 promesa vencida."
    assert said.path == "/clocks?state=breached"


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
        "2 eventos rechazados",
        "más de 100 avisos que no llegan a todos",
        "En pausa: SMS",
        "1 promesa en riesgo",
    ]
    assert [matter.urgency for matter in found] == ["bad", "bad", "wait", "wait"]
    assert matters(Situation(sent=9)) == []


def test_places_of_incidents_are_kinds_that_there_are() -> None:
    assert PLACES.keys() <= {kind.name for kind in KINDS}
