"""The judge of the chaos tests can say each kind of no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.judge import Fault, Judgement, expected, judge, main
from tests.providers.journal import Acceptance, Journal, read

ANA = {"name": "Ana", "email": "ana@example.co"}
BETO = {"name": "Beto", "phone": "300 123 4567"}


def replied(number: int, petitioner: Mapping[str, str] = ANA) -> dict[str, Any]:
    return published(number, "pqrs.replied", pqrs_id=f"pqrs-{number}", petitioner=petitioner)


def published(number: int, name: str, **data: Any) -> dict[str, Any]:
    kind = f"co.coproservicios.{name}.v1"
    return {"source": "urn:test", "id": str(number), "type": kind, "data": data}


def accepted(reference: str = "<1@hub>", **fields: Any) -> Acceptance:
    values = {"number": 0, "at": 100.0, "channel": "email", "who": "ana@example.co", "answered": True}
    return Acceptance(reference=reference, **{**values, **fields})


def test_one_event_and_one_mail_are_fine() -> None:
    assert Judgement(received=1) == judge([replied(1)], [accepted()])


def test_an_event_that_was_published_twice_is_one_event() -> None:
    assert [] == judge([replied(1), replied(1)], [accepted()]).complaints


def test_somebody_who_received_nothing_is_lost() -> None:
    assert ["lost: email ana@example.co received 0 of 1"] == judge([replied(1)], []).lost


def test_somebody_who_received_one_event_of_two_is_lost() -> None:
    both = [replied(1), replied(2)]

    assert ["lost: email ana@example.co received 1 of 2"] == judge(both, [accepted()]).lost


def test_the_repeat_of_one_does_not_stand_for_the_other() -> None:
    both = [replied(1), replied(2)]
    verdict = judge(both, [accepted(answered=False), accepted(at=101.0)])

    assert ["lost: email ana@example.co received 1 of 2"] == verdict.lost


def test_who_is_reached_on_another_channel_is_a_stranger_there_and_lost_here() -> None:
    verdict = judge([replied(1, BETO)], [accepted(channel="push", who="t")])

    assert ["stranger: push t was notified"] == verdict.strangers
    assert ["lost: sms +573001234567 received 0 of 1"] == verdict.lost


def test_a_repeat_of_what_was_answered_is_a_double() -> None:
    verdict = judge([replied(1)], [accepted(), accepted(at=101.0)])

    assert ["doubled: email ana@example.co, though the yes before had reached the hub"] == verdict.doubled
    assert 0 == verdict.unknown


def test_a_repeat_of_what_was_not_answered_is_counted_only() -> None:
    verdict = judge([replied(1)], [accepted(answered=False), accepted(at=130.0)])

    assert ([], 1) == (verdict.complaints, verdict.unknown)


def test_a_third_time_after_a_known_second_is_a_double() -> None:
    times = [accepted(answered=False), accepted(at=101.0), accepted(at=102.0)]
    verdict = judge([replied(1)], times)

    assert (1, 1) == (len(verdict.doubled), verdict.unknown)


def test_another_reference_is_a_double_even_of_an_unknown_outcome() -> None:
    verdict = judge([replied(1)], [accepted(answered=False), accepted("<2@hub>")])

    assert ["doubled: email ana@example.co has 2 references for 1"] == verdict.doubled


@pytest.mark.parametrize(("at", "unknown"), [(94.9, 0), (95.0, 1), (100.0, 1), (103.0, 1), (103.1, 0)])
def test_a_fault_excuses_what_was_answered_shortly_before_it_and_during_it(at: float, unknown: int) -> None:
    fault = Fault(what="delivery killed", since=100.0, until=102.0)
    verdict = judge([replied(1)], [accepted(at=at), accepted(at=110.0)], [fault], grace=5.0)

    assert (unknown, 1 - unknown) == (verdict.unknown, len(verdict.doubled))


def test_recipients_of_an_escalation_are_read_from_the_directory_that_was_published() -> None:
    points = [{"kind": "email", "value": "jefa@example.co"}, {"kind": "phone", "value": "3100000002"}]
    events = [
        published(1, "directory.person.upserted", person_id="p-2", contact_points=points),
        published(
            2, "directory.membership.upserted", membership_id="m", person_id="p-2", role="staff", level=2
        ),
        replied(3),
        published(4, "pqrs.escalated", pqrs_id="pqrs-3", to_level=2, cause="unanswered"),
        published(5, "pqrs.escalated", pqrs_id="pqrs-3", to_level=2, cause="reminder"),
    ]

    assert {
        ("email", "jefa@example.co"): 2,
        ("sms", "+573100000002"): 2,
        ("email", "ana@example.co"): 2,
    } == expected(events)


def test_the_called_people_get_the_end_of_a_promise_by_mail() -> None:
    point = {"id": "cp-1", "kind": "email", "value": "jefa@example.co"}
    known = published(1, "directory.person.upserted", person_id="p-2", contact_points=[point])
    over = published(2, "sla.resolved", called=[{"ref": "p-2"}])

    assert {("email", "jefa@example.co"): 1} == expected([known, over])


def test_the_command_reads_journals_and_its_status_is_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events, faults = tmp_path / "published.jsonl", tmp_path / "faults.jsonl"
    smtp, twilio = Journal(tmp_path / "smtp.jsonl"), Journal(tmp_path / "twilio.jsonl")
    write(events, replied(1), replied(2, BETO))
    write(faults)
    smtp.accepted("email", "ana@example.co", "<1@hub>", answered=False)
    smtp.accepted("email", "ana@example.co", "<1@hub>", answered=True)
    arguments = [str(events), str(smtp.path), str(twilio.path), "--faults", str(faults)]

    assert 1 == main(arguments)
    assert "lost: sms +573001234567 received 0 of 1" in capsys.readouterr().out

    twilio.accepted("sms", "+573001234567", "m-2", answered=True)

    assert 0 == main(arguments)
    assert "received 2, repeated after an unknown outcome 1\n" == capsys.readouterr().out


def test_a_yes_that_arrives_later_is_written_down_later(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "smtp.jsonl")
    first = journal.accepted("email", "ana@example.co", "<1@hub>", answered=False)
    journal.accepted("email", "beto@example.co", "<2@hub>", answered=False)
    journal.answered(first)

    assert [True, False] == [line.answered for line in read(journal.path)]


def write(path: Path, *lines: Mapping[str, Any]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
