"""TOMO, in the forms that people type on a telephone."""

from __future__ import annotations

import pytest

from hub.contact_rules.opt_out_words import command
from hub.inbound.ack_by_text import AckRequest, case_key, read_ack


@pytest.mark.parametrize(
    "text",
    [
        "TOMO",
        "tomo",
        " Tomo. ",
        "¡TÓMO!",
        "Tomar",
        "Lo tomo yo, gracias",
        "Ok, tomo el caso",
        "ＴＯＭＯ",
        "Tomo\n\nEnviado desde mi iPhone",
        "TOMO\n> PQ-2026-000123 pasa a su nivel (2)",
    ],
)
def test_tomo_alone_acknowledges(text: str) -> None:
    assert AckRequest() == read_ack(text)


@pytest.mark.parametrize(
    "text",
    [
        "TOMO PQ-2026-000123",
        "tomo pq2026000123",
        "Tomo el caso PQ 2026 000123, por favor",
        "PQ-2026-000123: lo tomo",
        "Tomo el radicado pq_2026_000123.",
    ],
)
def test_a_case_can_be_named_with_it(text: str) -> None:
    assert AckRequest(case_key("PQ-2026-000123"), numbered=True) == read_ack(text)


def test_conversation_can_be_named_by_any_id() -> None:
    assert AckRequest(case_key("de-5f2b1c9a7e4d"), numbered=False) == read_ack("TOMO de-5f2b1c9a7e4d")


@pytest.mark.parametrize(
    "text", ["", "¿Lo tomo?", "Tomé nota", "toma", "tómelo usted", "SALIR", "PQ-2026-000123"]
)
def test_text_without_tomo_is_an_ordinary_reply(text: str) -> None:
    assert read_ack(text) is None


@pytest.mark.parametrize(
    "text", ["No lo tomo", "Tomo a las 8", "No, tomo mañana a las 8", "Tomo dos pastillas"]
)
def test_text_with_other_words_names_no_case(text: str) -> None:
    request = read_ack(text)

    assert request is not None
    assert (True, False) == (bool(request.key), request.numbered)


@pytest.mark.parametrize("text", ["TOMO", "Tomo PQ-2026-000123", "Tomar"])
def test_tomo_revokes_no_consent(text: str) -> None:
    assert command(text) is None
