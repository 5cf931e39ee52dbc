"""The words of the layouts of emails, which are the same in every message of a locale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FRAME: Final[Mapping[str, str]] = {
    "lang": "es-CO",
    "managed_by": "Administra",
    "answer": "Puede responder a este correo:",
    "answered": "lo leemos y le contestamos.",
    "internal": "Mensaje interno: puede llevar datos de personas. No lo reenvíe.",
    "phone": "Teléfono:",
    "own_page": "Ver este mensaje y su caso",
    "unsubscribe": "No quiero recibir más mensajes como este",
}
