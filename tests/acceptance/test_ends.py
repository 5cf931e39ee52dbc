"""Ends of promises, as seen from outside: the people called are notified, and sent messages are known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.working_hours import at_work

A_LADDER_OF_SECONDS = """
[clocks.first_reply]
target = "2s"
any_hour = true
ladder = ["2s", "1s", "20m", "20m"]
"""
AN_EMERGENCY_OF_SECONDS = """
[clocks.emergency_ack]
target = "2s"
ladder = ["2s", "1s", "20m"]
"""

NOTIFIED = """
SELECT count(*) >= $2 FROM message
WHERE person = 'p-nivel-1' AND event = $1 AND channel = 'email'
"""
ENDED = "SELECT ended_at IS NOT NULL FROM clock WHERE id = $1"


def a_call(*, lead: int, warn: int) -> str:
    """A call that must leave so many seconds ahead, and is warned of so many ahead."""
    return f'{at_work()}[clocks.convocation_lead]\nlead = "{lead}s"\nwarn = "{warn}s"\n'


async def test_only_called_levels_are_notified_that_the_answer_has_come(
    house: House,
) -> None:
    house.policy(A_LADDER_OF_SECONDS)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: bool(_mails(house, 3)), "the escalation to level 3")
        clock = await _clock(house, "breached")
        await publisher.publish(
            "pqrs.replied",
            {"pqrs_id": "pqrs-1", "radicado": "PQ-2026-000001", "summary": "Listo.", "agent_id": "agente-1"},
        )
        await until(lambda: bool(_over(house, 3)), "level 3 to get the end")
        await until(lambda: bool(_over(house, 2)), "level 2 to get the end")
        shown = json.loads(await house.command("clocks", "show", clock["id"], "--json"))

    assert {1: 1, 2: 1, 3: 1, 4: 0} == {level: len(_over(house, level)) for level in (1, 2, 3, 4)}
    assert ["at_risk", "breach", "escalate", "escalate", "resolve"] == [
        step["kind"] for step in shown["steps"]
    ]
    assert all(step["done"] for step in shown["steps"])


async def test_an_unacknowledged_emergency_escalates_and_acknowledging_ends_it(house: House) -> None:
    house.policy(AN_EMERGENCY_OF_SECONDS)
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("emergency.declared", _gas())
        await until(lambda: len(_texts(house, 3)) == 1, "the text to level 3")
        clock = await _clock(house, "breached")
        await house.command("clocks", "acknowledge", clock["id"])
        await until(lambda: bool(_over(house, 2)), "level 2 to get the end")
        await until(lambda: bool(_over(house, 3)), "level 3 to get the end")

        await _ended(house, clock)

    assert "EMERGENCIA sin atender: fuga de gas" in _texts(house, 2)[0]
    assert [1, 1, 0] == [len(_texts(house, level)) for level in (2, 3, 4)]


async def test_a_last_letter_handed_over_keeps_the_promise_and_one_that_lies_there_breaks_it(
    house: House,
) -> None:
    house.policy(a_call(lead=2, warn=10))
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await _owner_on_paper(publisher)
        starts = datetime.now(UTC) + timedelta(seconds=12)
        handed_over, _ = [
            await publisher.publish("admin.assembly.convened", _assembly(number, starts)) for number in (1, 2)
        ]
        warned = await _notified(house, "sla.at_risk", 2)
        await house.command("letters", "done", await _letter(house, handed_over))
        await _notified(house, "sla.breached", 1)
        broken = await _clock(house, "breached")

        await _ended(house, broken)  # the assemblies begin
        kept = await _clock(house, "met")
        notified = await _notified(house, "sla.breached", 1)

    assert (2, 1) == (len(warned), len(notified))
    assert ("convocation_lead", "assembly_id:asamblea-1") == (kept["name"], kept["case"])
    assert ("convocation_lead", "assembly_id:asamblea-2") == (broken["name"], broken["case"])


def _gas() -> dict[str, Any]:
    return {
        "copropiedad_id": directory.BUILDING,
        "emergency_id": "eme-1",
        "kind": "fuga de gas",
        "severity": "alta",
        "instruction": "Salga por las escaleras.",
        "contact": "601 555 0199",
        "scope": "Torre 1",
        "drill": False,
    }


def _assembly(number: int, starts: datetime) -> dict[str, Any]:
    return {
        "copropiedad_id": directory.BUILDING,
        "assembly_id": f"asamblea-{number}",
        "kind": "ordinaria",
        "modality": "presencial",
        "starts_at": starts.isoformat(),
        "place_or_link": "Salón comunal",
        "agenda": ["Verificación del quórum"],
        "second_call_at": (starts + timedelta(days=3)).isoformat(),
        "documents": [],
        "override": {"by": "account:ana", "reason": "Las fechas de una prueba."},
    }


async def _owner_on_paper(publisher: Publisher) -> None:
    await publisher.publish(
        "directory.person.upserted",
        {
            "person_id": "p-papel",
            "version": 1,
            "names": "Papel Ríos",
            "contact_points": [],
            "digital_access": False,
        },
    )
    await publisher.publish(
        "directory.membership.upserted",
        {
            "membership_id": "m-papel",
            "version": 1,
            "person_id": "p-papel",
            "scope": "unit:u-101",
            "role": "owner",
        },
    )


def _mails(house: House, level: int) -> list[str]:
    mails = [mail for mail in house.smtp.mails if mail.recipient == f"nivel{level}@example.co"]
    return [str(mail.message["Subject"]) for mail in mails]


def _over(house: House, level: int) -> list[str]:
    return [subject for subject in _mails(house, level) if subject.startswith("Cumplido")]


def _texts(house: House, level: int) -> list[str]:
    return [text.body for text in house.twilio.texts if text.to == f"+57310000000{level}"]


async def _clock(house: House, state: str) -> dict[str, Any]:
    (clock,) = json.loads(await house.command("clocks", "--json", "--state", state))["items"]
    found: dict[str, Any] = clock
    return found


async def _letter(house: House, event_id: str) -> str:
    listed = json.loads(
        await house.command("deliveries", "--json", "--event-id", event_id, "--channel", "print")
    )
    [letter] = listed["items"]
    return str(letter["id"])


async def _notified(house: House, event: str, times: int) -> list[dict[str, Any]]:
    await house.comes_true(NOTIFIED, event, times, what=event)
    listed = json.loads(await house.command("deliveries", "--json", "--person", "p-nivel-1"))["items"]
    # The inbox has what the mail says.
    return [row for row in listed if (row["event"], row["channel"]) == (event, "email")]


async def _ended(house: House, clock: dict[str, Any]) -> None:
    """Wait for the end of a clock, as the command shows it."""
    await house.comes_true(ENDED, clock["id"], what="the clock to end")
    assert json.loads(await house.command("clocks", "show", clock["id"], "--json"))["ended_at"] is not None
