from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.contact_rules.opt_out_words import Command, OptWish, command

OUT = Command(OptWish.OUT, alone=True)
BACK = Command(OptWish.BACK, alone=True)
AMONG_OTHERS = Command(OptWish.OUT, alone=False)
VECTORS = Path(__file__).parents[1] / "vectors/twilio_signature.json"


@pytest.mark.parametrize(
    "text",
    [
        "SALIR",
        "salir",
        " Cancelar. ",
        "¡BAJA!",
        "Alto, por favor",
        "stop",
        "SÁLIR",
        "«Salir»",
        "ＢＡＪＡ",
        "baja\nbaja",
        "Baja, gracias",
        "SALIR\n\nEl lun, 9 mar 2026 a las 8:05, Coproservicios escribió:\n> Recibimos su queja",
        "Baja\n-- \nMaría Peña\nCalle 1",
        "BAJA\n\nEnviado desde mi iPhone",
        "Salir por favor\n\nObtener Outlook para Android<https://aka.ms/x>",
        "Cancelar\n________________________________\nDe: Coproservicios",
    ],
)
def test_opt_out_word_alone_revokes_the_consent(text: str) -> None:
    assert OUT == command(text)


@pytest.mark.parametrize("text", ["INICIAR", "alta", "Start.", "Iniciar, por favor"])
def test_opt_in_word_alone_restores_the_consent(text: str) -> None:
    assert BACK == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "BAJA, señor: ¿me retiran?",
        "Alto: hay una fuga en el piso 3",
        "¡Salir! Ya.",
        "BAJA\nMaría Peña\nApto 101",
        "\nSalir por favor\n\nGracias, María",
    ],
)
def test_sentence_with_opening_opt_out_word_is_also_read_by_staff(text: str) -> None:
    assert AMONG_OTHERS == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "por favor",
        "Quiero cancelar mi cita",
        "La presión está baja.",
        "Alto riesgo en el piso 3",
        "baja presión en el grifo, gracias",
        "no puedo salir",
        "Alta, pero después",
        "salirse",
        "> SALIR",
        "Enviado desde mi iPhone",
        "Alta\nMaría Peña",
        "No puedo\nsalir",
        "🙂",
    ],
)
def test_sentence_that_only_contains_the_word_is_ordinary(text: str) -> None:
    assert command(text) is None


def test_text_of_twilios_published_vectors_revokes_the_consent() -> None:
    rows = {row["id"]: row for row in json.loads(VECTORS.read_text())["rows"]}

    assert AMONG_OTHERS == command(rows["inbound_baja_utf8"]["params"]["Body"])
