"""Acts of staff in a case: their events, and the acts that have none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import AsyncMock

import pytest

from hub.catalog import BY_NAME
from hub.desk.cases import acts
from hub.desk.cases.rows import AnswerBody, CloseBody, TakeBody
from hub.doors.operator import Operator
from hub.errors import AnswerDue, NotOffered
from hub.model import Json, Move
from hub.model.casework import CaseKind, ReplyState
from hub.operations.cases.acts import (
    ANSWERS,
    CLOSINGS,
    LONGEST,
    REPLIES,
    CaseAct,
    act_of,
    event_of,
    offered,
    replied,
)
from hub.operations.cases.writing import Conversation
from hub.ports.cases import CaseFacts, KnownCase
from hub.rendering import case_words_es
from hub.sla.replay import moves_of
from hub.testing import MemoryAudit, MemoryPublisher
from tests.contract.values import clock, event, reply_whole, stored
from tests.operators import operator
from tests.unit.factories import SCHEMAS
from tests.unit.test_templates import TEMPLATES, examples

NOW = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
ACTS = [(kind, act) for acts in (REPLIES, ANSWERS, CLOSINGS) for kind, act in acts.items()]


def facts(case: str, *, level: int = 1, **data: Json) -> CaseFacts:
    opened = stored(
        event(data={"radicado": "R-1", "service_area": "conserjeria", **data}), copropiedad_id="ph-1"
    )
    return CaseFacts(case=case, first=opened, head=(clock(case, level=level),), entries=())


def made(
    case: str, act: CaseAct, words: str = "Ya quedó.", form: str = "f", **more: Any
) -> Mapping[str, Json]:
    made = event_of(facts(case, **more), act, words, who="account:ana", form=form, now=NOW)
    SCHEMAS.check(made, now=NOW)
    data: Mapping[str, Json] = made.data
    return data


@pytest.mark.parametrize(("kind", "act"), ACTS)
def test_each_act_is_an_event_of_its_schema_with_the_place_of_the_case(kind: str, act: CaseAct) -> None:
    data = made(f"{kind}:1", act)

    assert ("1", "ph-1", "conserjeria") == (data[kind], data["copropiedad_id"], data["service_area"])
    assert not act.field or data[act.field] == "Ya quedó."


@pytest.mark.parametrize(("kind", "act"), ACTS)
def test_each_act_moves_the_clocks_of_its_case_though_the_hub_publishes_it(kind: str, act: CaseAct) -> None:
    of = event_of(facts(f"{kind}:1"), act, "Ya.", who="account:ana", form="f", now=NOW)

    assert Move.STOP in {move.move for move in moves_of(BY_NAME[act.event], of)}
    assert f"{kind}:1" == BY_NAME[act.event].case_of(of.data)


def test_act_belongs_where_the_opening_event_does() -> None:
    opened = stored(event(data={"radicado": "R-1"}), copropiedad_id="ph-2")
    known = CaseFacts(case="pqrs_id:1", first=opened, head=(clock("pqrs_id:1"),), entries=())
    act = event_of(known, REPLIES["pqrs_id"], "Ya.", who="account:ana", form="f", now=NOW)

    assert ("ph-1", "ph-2") == (known.head[0].context["copropiedad_id"], act.data["copropiedad_id"])


def test_act_belongs_where_the_promise_does_when_the_opening_event_is_gone() -> None:
    known = CaseFacts(case="pqrs_id:1", first=None, head=(clock("pqrs_id:1"),), entries=())
    act = event_of(known, REPLIES["pqrs_id"], "Ya.", who="account:ana", form="f", now=NOW)

    assert "ph-1" == act.data["copropiedad_id"]


def test_button_pressed_twice_is_one_event_and_other_words_are_another() -> None:
    ids = {
        (form, words): event_of(
            facts("pqrs_id:1"), REPLIES["pqrs_id"], words, who="account:ana", form=form, now=NOW
        ).id
        for form, words in (("f", "Ya."), ("f", "Ya. "), ("f", "No."), ("g", "Ya."))
    }

    assert ids["f", "Ya."] == ids["f", "Ya. "]
    assert 3 == len(set(ids.values()))


def test_closed_case_says_whether_it_climbed() -> None:
    act = CLOSINGS["pqrs_id"]

    assert (True, False) == tuple(made("pqrs_id:1", act, level=level)["first_instance"] for level in (1, 2))


def test_words_are_cut_and_have_no_control_characters() -> None:
    said = made("pqrs_id:1", REPLIES["pqrs_id"], "\x00Ya\x1b quedó.\r\n" + "x" * LONGEST)["summary"]

    assert "Ya quedó.\nx" == said[:11]
    assert LONGEST == len(said)


def test_kinds_without_an_event_for_it_offer_nothing() -> None:
    assert act_of(REPLIES, "thread_id:t") is None
    assert act_of(CLOSINGS, "privacy.incident_id:1") is None
    assert act_of(CLOSINGS, "request_id:1") is None


@dataclass
class OneCase:
    """The cases and the work of a hub with one case."""

    facts: CaseFacts
    taken: list[str] = field(default_factory=list)

    async def known(self, cases: Collection[str], **_: object) -> Sequence[KnownCase]:
        return [KnownCase(case=case, alone=True, first=self.facts.first) for case in cases]

    async def named(self, *_: object) -> Sequence[str]:
        return ()

    async def page(self, *_: object, **__: object) -> CaseFacts:
        return self.facts

    async def assignee(self, _: str) -> str | None:
        return None

    async def take_case(self, case: str, who: str, **_: object) -> str:
        self.taken.append(case)
        return who

    async def joined(self, _: str) -> Mapping[str, bool]:
        return {}

    async def settle_thread(self, case: str, *_: object, **__: object) -> None:
        self.taken.append(case)


def staff_of(known: CaseFacts) -> tuple[Operator, OneCase, MemoryPublisher, MemoryAudit]:
    one, notes, publisher = OneCase(known), MemoryAudit(), MemoryPublisher()
    by = operator(
        None, "account:ana", now=lambda: NOW, cases=one, casework=one, audit=notes, publisher=publisher
    )
    return by, one, publisher, notes


def with_term(*, ended: bool = False) -> CaseFacts:
    begun = facts("pqrs_id:1")
    term = clock("pqrs_id:1", name="legal_term", ended_at=NOW if ended else None)
    return replace(begun, head=(*begun.head, term))


async def answered(by: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the final answer, to a conversation of which nothing is known."""

    async def nobody(*_: object) -> Conversation:
        return Conversation(thread="pqrs_id:1")

    monkeypatch.setattr(acts, "conversation_of", nobody)
    monkeypatch.setattr(acts, "name_of", AsyncMock(return_value="Ana"))
    await acts.respond_to_case(by, PQRS, AnswerBody(words="Así es.", document="Acta 7"))


PQRS = "pqrs_id:1"


async def test_case_whose_legal_term_runs_is_not_closed_and_its_final_answer_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ley 1755 de 2015, art. 14: only the answer on the merits ends the term."""
    by, _, publisher, notes = staff_of(with_term())
    asked = await acts.ask_close(by, PQRS)
    with pytest.raises(AnswerDue, match="final answer"):
        await acts.close_case(by, PQRS, CloseBody(words="Ya."))
    assert ("", [], []) == (asked.press, publisher.events, notes.rows)

    await answered(by, monkeypatch)

    [event] = publisher.events
    assert ("pqrs.responded", "Así es.", "Acta 7", NOW.isoformat()) == (
        event.name,
        *(event.data[name] for name in ("answer", "document_ref", "responded_at")),
    )
    assert ["case.respond"] == [note.action for note in notes.rows]


async def test_case_whose_term_has_ended_is_closed_and_has_no_second_final_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by, _, publisher, _ = staff_of(with_term(ended=True))
    await acts.close_case(by, PQRS, CloseBody(words="Ya."))
    with pytest.raises(NotOffered, match="has ended"):
        await answered(by, monkeypatch)

    assert ["pqrs.closed"] == [event.name for event in publisher.events]


async def test_question_before_a_close_names_no_reference() -> None:
    by, *_ = staff_of(facts("thread_id:7f3a"))
    of_talk, of_petition = await acts.ask_close(by, "thread_id:7f3a"), await acts.ask_close(by, PQRS)

    assert "7f3a" not in f"{of_talk.title} {of_talk.facts} {of_petition.title}"
    assert ([], ["words"]) == ([*of_talk.fields], [one["name"] for one in of_petition.fields])


async def test_each_promise_that_taking_a_case_acknowledges_has_a_note_of_its_own() -> None:
    ready = facts("pqrs_id:1", level=2)
    by, one, _, notes = staff_of(ready)
    taken = await acts.take_case(by, PQRS, TakeBody())

    assert (1, ["pqrs_id:1"]) == (taken.acknowledged, one.taken)
    assert [
        ("case.take_on", "case:pqrs_id:1", {}),
        ("clock.acknowledge", f"clock:{ready.head[0].id}", {"level": 2}),
    ] == [(note.action, note.subject, note.detail) for note in notes.rows]


def test_act_that_a_case_has_not_is_refused() -> None:
    with pytest.raises(NotOffered, match="reply to the person"):
        offered(REPLIES, KnownCase(case="work_id:1", alone=True), "reply to the person")


def test_settled_reply_ends_its_promise_in_its_own_thread() -> None:
    reply = reply_whole(thread="pqrs_id:1", copropiedad="ph-1")
    answered, closed = (
        replied(reply, state, who="account:ana", now=NOW)
        for state in (ReplyState.ANSWERED, ReplyState.CLOSED)
    )
    for one in (answered, closed):
        SCHEMAS.check(one, now=NOW)

    assert answered.id == closed.id
    assert "pqrs_id:1" == BY_NAME[answered.name].case_of(answered.data)
    assert (None, "none") == (answered.data.get("channel"), closed.data["channel"])


def test_all_kinds_and_questions_have_words() -> None:
    assert set(CaseKind) == case_words_es.CASE_KINDS.keys()
    assert CLOSINGS.keys() == case_words_es.CLOSINGS.keys()
    assert {kind for kind, act in CLOSINGS.items() if act.field} == {
        kind for kind, (question, _) in case_words_es.CLOSINGS.items() if question
    }


@pytest.mark.parametrize("form", ["email", "print"])
def test_mail_and_letter_say_the_final_answer_and_name_no_document_that_is_none(form: str) -> None:
    said = TEMPLATES.preview("pqrs.responded", examples("pqrs.responded")[-1])[form].text

    assert "la segunda queda anulada" in said
    assert "en el documento" not in said
