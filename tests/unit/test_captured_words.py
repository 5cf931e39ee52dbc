"""What went into a file is sent to nobody, wherever its state is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from hub.cli.clocks import _step_lines
from hub.desk.search.items_es import message
from hub.desk.search.rows import FoundMessage
from hub.model import State, StepKind
from hub.model.reached import CAPTURED
from hub.model.residents import SentLine
from hub.model.step_messages import ToldByName
from hub.operations.clocks.schemas import ClockStep
from hub.operations.residents.own_words_es import arrival
from hub.rendering.labels_es import CAPTURED_LABEL, MESSAGE_STATES

AT = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
ID = UUID(int=7)
STEP = ClockStep(key="escalate:2", kind=StepKind.ESCALATE, at=AT, from_level=1, to_level=2, done=True)


def own(reason: str | None) -> str:
    """What the page of a resident says: by what it came, in the place of `sent`."""
    line = SentLine(
        id=ID, event="pqrs.received", channel="sms", state=State.SENT, created_at=AT, reason=reason
    )
    return arrival([line]).replace("por SMS", "enviado").capitalize()


def found(reason: str | None) -> str:
    """What the search says."""
    row = FoundMessage(
        id=ID,
        event_key=ID,
        event="pqrs.received",
        person="p-1",
        name="María Peña",
        channel="sms",
        state="sent",
        reason=reason,
        created_at=AT,
        copropiedad=None,
    )
    return message(row, named=True).detail.split(" · ")[1]


def told(reason: str | None) -> str:
    """What `hub clocks show` says."""
    notice = ToldByName(
        step=STEP.key,
        message_id=ID,
        event="sla.breached",
        person="p-1",
        channel="sms",
        state=State.SENT,
        reason=reason,
        at=AT,
        name="Ana",
    )
    [line] = _step_lines(STEP, [notice])
    return line[5].capitalize()


@pytest.mark.parametrize("said", [own, found, told])
@pytest.mark.parametrize(("reason", "words"), [(CAPTURED, CAPTURED_LABEL), (None, MESSAGE_STATES["sent"])])
def test_message_in_a_file_is_not_called_sent(
    said: Callable[[str | None], str], reason: str | None, words: str
) -> None:
    assert words == said(reason)
