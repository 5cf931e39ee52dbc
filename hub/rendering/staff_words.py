"""
Words of engineers, each with what staff reads instead. Pure; docs/glossary.md has the same table.

Staff knows people, notices and terms. Nobody there has heard of a queue or a circuit, and a word that is not
understood at night is one more call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

FOR_STAFF: Final[Mapping[str, str]] = {
    "hub": "el centro",
    "evento": "el aviso",
    "id": "el número",
    "payload": "los datos",
    "JSON": "los datos",
    "circuito": "el descanso de un proveedor",
    "cola": "lo que está por salir",
    "ticket": "lo que está por salir",
    "intake": "la entrada de los avisos",
    "delivery": "el envío de los mensajes",
    "timers": "los plazos y los recordatorios",
    "worker": "la máquina",
    "exchange": "la entrada de los avisos",
    "webhook": "un sistema que recibe los resultados",
    "endpoint": "la dirección de un sistema",
    "user_id": "quien lo envió",
    "API": "otro sistema",
    "token": "la llave",
    "backlog": "lo atrasado",
    "breaker": "el descanso de un proveedor",
    "lease": "el turno",
    "heartbeat": "la señal de vida",
}
"""A word of ours → the words for staff."""

ENGINEERS_WORD: Final = re.compile(
    rf"(?<![\w/.@:-])(?:{'|'.join(FOR_STAFF)})s?(?![\w:.@/-]\w|\w)", re.IGNORECASE
)
"""Such a word on its own, in the plural too: not a part of an address, a name or a code."""
