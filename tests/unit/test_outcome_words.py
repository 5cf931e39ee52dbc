"""Words of outcomes: one table has each state and reason, whether it is final, its meaning and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.cli.commands import COMMANDS
from hub.model import State
from hub.model.reached import CAPTURED, FILE
from hub.model.state_machine import MOVES, UNSENT
from hub.operations.explain.messages import commands, sentences
from hub.rendering import labels_es
from hub.rendering.attempts_es import what_happened
from hub.rendering.outcomes_es import (
    LETTER_WAITS,
    REASON_STARTS,
    REASONS,
    STATES,
    TO_DO,
    described,
    to_do,
)
from tests.unit.test_docs import ROOT, rows
from tests.unit.test_explain_messages import sent, tried

PAGE = ROOT / "docs/states.md"
_COMMAND = re.compile(rf"\bhub (?:{'|'.join(entry.name for entry in COMMANDS)})\b")
_IN_A_SHELL = re.compile(rf"`|{_COMMAND.pattern}|HUB_|--")


def test_each_state_has_its_words_and_those_that_wait_are_not_final() -> None:
    assert {str(state) for state in State} == set(STATES)
    assert not any(STATES[state].final for state in (*UNSENT, State.SENDING, State.SENT))
    assert all(STATES[state].final for state in State if not MOVES[state])
    assert labels_es.MESSAGE_STATES == {state: words.label for state, words in STATES.items()}


def test_page_of_states_is_the_table() -> None:
    documented = rows(PAGE, "| state | label | final | means |")
    meant = [[f"`{s}`", w.label, "yes" if w.final else "no", w.means] for s, w in STATES.items()]

    assert meant == documented


def test_page_of_reasons_is_the_table() -> None:
    documented = {row[0]: row[1:] for row in rows(PAGE, "| reason | means | what to do | command |")}
    meant = {f"`{reason}`": [means, *_advice(reason)] for reason, means in REASONS.items()}
    meant |= {f"`{start}…`": [means, *_advice(start)] for start, means in REASON_STARTS.items()}

    assert meant == documented
    assert set(TO_DO) <= set(REASONS)


def _advice(reason: str) -> list[str]:
    words, command = to_do("failed", reason)
    return [words or "–", f"`{command}`" if command else ""]


def test_words_for_people_have_no_command_or_setting() -> None:
    words = [*STATES.values(), *REASONS.values(), *REASON_STARTS.values()]
    words += [advice.words for advice in (*TO_DO.values(), to_do("failed", "timeout"), LETTER_WAITS)]

    assert [] == [said for said in words if _IN_A_SHELL.search(str(said))]


@pytest.mark.parametrize(
    "page", sorted((ROOT / "hub/web/templates").glob("*.html")), ids=lambda page: page.name
)
def test_page_names_no_command(page: Path) -> None:
    assert None is _COMMAND.search(page.read_text())


def test_command_of_an_outcome_is_known_beside_its_words() -> None:
    assert ("hub redrive", "") == (to_do("failed", "timeout").command, to_do("delivered", None).command)


@pytest.mark.parametrize(
    ("state", "reason", "final", "means", "what"),
    [
        ("sent", None, False, "El proveedor lo aceptó; no ha dicho si llegó.", ""),
        ("sent", "captured", False, "Quedó en un archivo: nadie lo recibió.", ""),
        ("cancelled", "overtaken", True, REASONS["overtaken"], ""),
        ("failed", "smtp_550_5.1.1", True, "La dirección de correo no existe", "hay que reenviarlo"),
        ("failed", "document_not_printed", True, "hay que imprimirlo", "lo registre como entregado"),
        ("held", "paused", False, REASONS["paused"], "lo reanude"),
        ("unheard_of", None, False, "no conoce ese estado", ""),
    ],
)
def test_a_message_has_its_meaning_and_its_remedy(
    state: str, reason: str | None, final: bool, means: str, what: str
) -> None:
    words = described(state, reason)

    assert final is words.final
    assert means in words.means
    assert what in words.to_do
    assert bool(what) is bool(words.to_do)


def test_nothing_says_of_a_captured_message_that_a_provider_accepted_it() -> None:
    said = what_happened("accepted", "250", None, provider=FILE)

    assert [REASONS[CAPTURED], f"{REASONS[CAPTURED]}."] == [said, described("sent", CAPTURED).means]
    assert ("En un archivo", "Enviado") == tuple(
        labels_es.state_label("sent", reason) for reason in (CAPTURED, None)
    )


def test_explanation_names_no_command_and_the_command_line_adds_it() -> None:
    letter = sent(State.SENT, tried("accepted", provider="hub"), channel="print", address="")
    lost = sent(State.FAILED, tried("permanent"), reason="http_400")
    said = [sentence for message in (letter, lost) for sentence in sentences(message)]

    assert [] == [sentence for sentence in said if _IN_A_SHELL.search(sentence)]
    assert ["hub letters done", "hub redrive"] == commands([letter, lost, lost])
