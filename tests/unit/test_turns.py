"""A case as a conversation: whose turn it is, how far an answer has come, what is folded; canned answers."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from hub.model import Purpose, ReplyKind, State
from hub.operations.cases.schemas import (
    CaseProgress,
    CaseThreadAnswer,
    ThreadAttempt,
    ThreadEntry,
    ThreadEvent,
    ThreadKind,
    ThreadMessage,
    ThreadReply,
    ThreadWords,
)
from hub.operations.cases.turns import Side, Turn, days_of, tick_of
from hub.rendering.canned_es import CANNED, canned_of, filled

NOW: Final = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
EVENT: Final = UUID(int=1)

NOON = "12:00\N{NO-BREAK SPACE}p.\N{NO-BREAK SPACE}m."
"""An hour that no line tears."""


def event(key: UUID = EVENT, at: datetime = NOW, **fields: Any) -> ThreadEntry:
    named = ThreadEvent(key=key, id="1", source="hub", event="pqrs.replied")
    return ThreadEntry(kind=ThreadKind.EVENT, at=at, sentence="Algo pasó.", event=named, **fields)


def message(key: UUID = EVENT, **fields: Any) -> ThreadMessage:
    values: dict[str, Any] = {
        "id": UUID(int=2),
        "event": "pqrs.received",
        "event_key": key,
        "person": "p-1",
        "name": "María Peña",
        "channel": "whatsapp",
        "address": "",
        "purpose": Purpose.TRANSACTIONAL,
        "state": State.READ,
        "reason": None,
        "attempts": [ThreadAttempt(at=NOW, outcome="read", provider="w", reference=None, code="")],
        "subject": None,
        "text": "Recibimos su PQRS.",
        "text_origin": None,
        "text_note": None,
        **fields,
    }
    return ThreadMessage(**values)


def sent(**fields: Any) -> ThreadEntry:
    return ThreadEntry(kind=ThreadKind.MESSAGE, at=NOW, sentence="Salió.", message=message(**fields))


def wrote(at: datetime = NOW, kind: ReplyKind = ReplyKind.REPLY) -> ThreadEntry:
    reply = ThreadReply(
        id=UUID(int=3), kind=kind, channel="email", person="p-1", name="María", thread="pqrs_id:1", text="¿Y?"
    )
    return ThreadEntry(kind=ThreadKind.REPLY, at=at, sentence="María escribe.", reply=reply)


def turns(*entries: ThreadEntry, opened: str = "") -> list[Turn]:
    thread = CaseThreadAnswer(
        case="pqrs_id:1",
        number="PQ-1",
        title="PQRS recibida",
        opened_at=NOW - DAY,
        copropiedad=None,
        state=CaseProgress.OPEN,
        summary=[],
        awaits_answer=False,
        entries=list(entries),
        next=None,
        masked=False,
        named=True,
        may_unmask=True,
    )
    days = days_of(thread, opened=opened, writer="María", now=NOW)
    return [turn for day in days for turn in day.turns]


def test_words_of_staff_are_a_turn_with_the_ticks_of_their_messages() -> None:
    said = ThreadWords(text="Pasa el lunes.", by="account:luz", name="Luz Mora")
    [turn] = turns(event(words=said), sent())

    assert (Side.OURS, "Luz Mora", "Pasa el lunes.") == (turn.side, turn.name, turn.text)
    assert [f"WhatsApp leído {NOON}"] == [tick.words for tick in turn.ticks]


def test_automatic_message_is_a_line_that_folds_what_it_said() -> None:
    [turn] = turns(event(), sent())

    assert (Side.AUTOMATIC, "PQRS recibida", "Recibimos su PQRS.") == (turn.side, turn.title, turn.text)


def test_message_to_staff_and_its_words_are_no_turn() -> None:
    [turn] = turns(event(), sent(purpose=Purpose.INTERNAL, text="Para el personal."))

    assert Side.LINE is turn.side


def test_first_event_begins_with_the_words_of_the_person() -> None:
    first, second = turns(event(at=NOW - DAY), wrote(), opened="Humedad en el cuarto")

    assert (Side.THEIRS, "María", "Humedad en el cuarto") == (first.side, first.name, first.text)
    assert (False, True) == (first.waits, second.waits)


def test_last_word_waits_until_staff_has_answered() -> None:
    said = event(UUID(int=9), words=ThreadWords(text="Ya.", by=None, name="Luz"))

    assert [True] == [turn.waits for turn in turns(wrote())]
    assert [False, False] == [turn.waits for turn in turns(wrote(), said)]
    assert [Side.LINE] == [turn.side for turn in turns(wrote(kind=ReplyKind.AUTOMATIC))]


def test_days_have_names() -> None:
    thread_days = [NOW, NOW - DAY, NOW - 7 * DAY]
    entries = [wrote(at) for at in sorted(thread_days)]
    thread = CaseThreadAnswer(
        case="thread_id:1",
        number="1",
        title="",
        opened_at=None,
        copropiedad=None,
        state=CaseProgress.OPEN,
        summary=[],
        awaits_answer=False,
        entries=entries,
        next=None,
        masked=False,
        named=True,
        may_unmask=True,
    )

    names = [day.name for day in days_of(thread, opened="", writer="", now=NOW)]
    assert ["Martes 3 de marzo de 2026", "Ayer", "Hoy"] == names


@pytest.mark.parametrize(
    ("fields", "words", "tone"),
    [
        ({"state": State.BOUNCED}, f"WhatsApp devuelto {NOON}", "lost"),
        ({"state": State.QUEUED, "attempts": []}, "WhatsApp en camino", ""),
        ({"state": State.SENT, "reason": "captured"}, "WhatsApp en un archivo: nadie lo recibió", ""),
        ({"channel": "print", "state": State.SENT}, "Carta por entregar", ""),
    ],
)
def test_tick_says_how_far_a_message_has_come(fields: dict[str, Any], words: str, tone: str) -> None:
    tick = tick_of(message(**fields))

    assert (words, tone) == (tick.words, tick.tone)


def test_messages_of_a_turn_to_many_are_counted_and_harm_stands_first() -> None:
    """An emergency goes to a whole building: one line for each message is no conversation."""
    told = [sent(channel="sms") for _ in range(30)]
    lost = [sent(channel="sms", state=State.FAILED) for _ in range(2)]
    [turn] = turns(event(), *told, *lost)

    assert [("SMS no llegó (2)", "lost"), ("SMS leído (30)", "read")] == [
        (tick.words, tick.tone) for tick in turn.ticks
    ]


def test_gaps_of_canned_answers_are_filled_also_where_nothing_is_known() -> None:
    """A gap that stays would reach the person."""
    gaps = {
        name
        for texts in CANNED.values()
        for one in texts
        for _, name, *_ in string.Formatter().parse(one.text)
    }

    assert gaps - {None} <= {"nombre", "asunto", "radicado", "unidad", "copropiedad"}
    for texts in CANNED.values():
        assert all("{" not in filled(one.text, {}) for one in texts)
        assert len({one.key for one in texts}) == len(texts)
    assert "Hola, Inés." in filled(canned_of("mantenimiento")[0].text, {"nombre": "Inés"})
