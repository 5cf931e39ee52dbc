"""Messages, and mails that somebody reports as lost: lists, reads and acts, as the doors have them."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.messages import acts, recalls
from hub.desk.messages.rows import (
    CancelBody,
    ReasonBody,
    RecallBody,
    RedriveBody,
    RedriveOneBody,
    UnreachedLine,
)
from hub.doors.act import PRIVACY, Act, List, Noun, Read
from hub.errors import InvalidEvent, MessageSettled, NothingChosen, NotOffered
from hub.model.audiences import UnreachedRow
from hub.model.letters import HandedOver
from hub.model.message_rows import MessageRow

PATH: Final = "/messages"
_ONE: Final = f"{PATH}/{{id}}"
_CHANGED: Final = "No se hizo nada. Ya no estaba así cuando le llegó el turno."
MESSAGES: Final = List(acts.list_messages, PATH, row=MessageRow, command="")
REDRIVE: Final = Act(acts.redrive, f"{PATH}/redrive", status=201, refuses=(NothingChosen,), command="")
CANCEL: Final = Act(acts.cancel_messages, f"{PATH}/cancel", status=201, refuses=(NothingChosen,), command="")


def _decided(done: HandedOver, word: str) -> str:
    return f"{done.id}  {word if done.changed else 'nothing to do: nobody reports it as lost'}"


NOUN: Final = Noun(
    name="messages",
    one=acts.MESSAGE,
    lists=(
        MESSAGES,
        List(acts.list_unreached, "/unreached", row=UnreachedRow, command=""),
        List(
            acts.list_unreached_in_words,
            f"{PATH}/unreached",
            api=False,
            command="",
            row=UnreachedLine,
            title="Avisos que no llegan a todos",
            file="no-llegan-a-todos",
            section=PATH,
            live="unreached",
            template="desk/messages/unreached.html",
        ),
    ),
    reads=(
        Read(acts.list_causes, f"{PATH}/causes", command=""),
        Read(acts.show_message, _ONE, command=""),
        Read(acts.show_evidence, f"{_ONE}/evidence", needs=PRIVACY, command=""),
        Read(acts.list_recipients, "/events/{key}/recipients", command=""),
    ),
    acts=(
        REDRIVE,
        CANCEL,
        Act(acts.redrive_message, f"{_ONE}/redrive", refuses=(MessageSettled,), command=""),
        Act(acts.cancel_message, f"{_ONE}/cancel", refuses=(MessageSettled,), command=""),
    ),
    examples={
        CancelBody: {"state": "held", "event": "admin.circular.issued", "why": "wrong"},
        RedriveOneBody: {"also_told": True},
        ReasonBody: {"why": "asked"},
        RedriveBody: {
            "state": "failed",
            "channel": "sms",
            "since": "2026-03-09T08:00:00-05:00",
            "dry_run": True,
        },
    },
)
RECALLS: Final = Noun(
    name="recalls",
    one="event",
    acts=(
        Act(
            recalls.recall_event,
            "/events/{key}/recall",
            command="take-back",
            section=PATH,
            keeps=True,
            label="Retirar este aviso",
            asks=recalls.ask_recall,
            done="Se retira: no sale nada más, y en unos segundos se ve aquí.",
            unchanged="Ya estaba retirado.",
            refuses=(NotOffered, InvalidEvent),
            says=lambda row: (
                f"{row.id}  {row.event_id if row.changed else 'nothing to do: taken back before'}"
            ),
        ),
    ),
    audited={"event.recall": "Retiró un aviso"},
    examples={RecallBody: {"reason": "El corte es el viernes.", "correction_markdown": "Es el **viernes**."}},
)
BOUNCES: Final = Noun(
    name="bounces",
    one=acts.MAIL,
    acts=(
        Act(
            acts.confirm,
            f"{_ONE}/bounced",
            command="confirm",
            label="Sí rebotó",
            done="Quedó registrado.",
            unchanged=_CHANGED,
            says=partial(_decided, word="lost"),
        ),
        Act(
            acts.dismiss,
            f"{_ONE}/arrived",
            command="dismiss",
            label="Sí llegó",
            done="Quedó registrado.",
            unchanged=_CHANGED,
            says=partial(_decided, word="arrived"),
        ),
    ),
)
