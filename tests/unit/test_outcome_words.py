"""One table says of each state and reason whether it is final, what it means, and what to do."""

from __future__ import annotations

import pytest

from hub.model import State
from hub.model.state_machine import MOVES, UNSENT
from hub.rendering import labels_es
from hub.rendering.outcomes_es import REASON_STARTS, REASONS, STATES, TO_DO, described, to_do
from tests.unit.test_docs import ROOT, rows

PAGE = ROOT / "docs/states.md"


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
    documented = {row[0]: row[1:] for row in rows(PAGE, "| reason | means | what to do |")}
    meant = {f"`{reason}`": [means, to_do("failed", reason) or "–"] for reason, means in REASONS.items()}
    meant |= {f"`{start}…`": [means, to_do("failed", start)] for start, means in REASON_STARTS.items()}

    assert meant == documented
    assert set(TO_DO) <= set(REASONS)


@pytest.mark.parametrize(
    ("state", "reason", "final", "means", "what"),
    [
        ("sent", None, False, "El proveedor lo aceptó; no ha dicho si llegó.", ""),
        ("cancelled", "overtaken", True, REASONS["overtaken"], ""),
        ("failed", "smtp_550_5.1.1", True, "La dirección de correo no existe", "hub redrive"),
        ("failed", "document_not_printed", True, "hay que imprimirlo", "hub letters done"),
        ("held", "paused", False, REASONS["paused"], "hub resume"),
        ("unheard_of", None, False, "no conoce ese estado", ""),
    ],
)
def test_a_message_says_what_it_means_and_what_to_do(
    state: str, reason: str | None, final: bool, means: str, what: str
) -> None:
    words = described(state, reason)

    assert final is words["final"]
    assert means in str(words["means"])
    assert what in str(words["to_do"])
    assert bool(what) is bool(words["to_do"])
