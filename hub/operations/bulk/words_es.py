"""Words of bulk actions in Spanish: their names, and the reasons of skipped rows. Only literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.model.bulk import BulkKind, SkipReason


class BulkWords(NamedTuple):
    """Words of a kind: its title, its button, its effect, and the name of one of its rows."""

    title: str
    press: str
    does: str
    one: str
    many: str
    nothing: str
    """The sentence where a filter finds nothing."""


KINDS_ES: Final[Mapping[BulkKind, BulkWords]] = {
    BulkKind.RESEND: BulkWords(
        "Reenviar mensajes",
        "Reenviar",
        "Salen otra vez, como nuevos, a la misma persona y por el mismo medio. Nadie lo recibe dos veces: se "
        "omite a quien ya le salió el aviso por otro medio.",
        "mensaje",
        "mensajes",
        "Solo se reenvía lo que falló, rebotó, se venció o no se envió.",
    ),
    BulkKind.CANCEL: BulkWords(
        "Cancelar mensajes",
        "Cancelar",
        "No salen nunca, y no se prueba otro medio. No se puede deshacer: habría que publicar el aviso otra "
        "vez.",
        "mensaje",
        "mensajes",
        "Solo se cancela lo que todavía no ha salido: por salir, en espera o reintentando.",
    ),
    BulkKind.REPLAY: BulkWords(
        "Reintentar rechazados",
        "Reintentar",
        "Se publican otra vez, tal como llegaron. Lo que vuelva a fallar queda pendiente de nuevo.",
        "aviso rechazado",
        "avisos rechazados",
        "Solo se reintenta lo que está pendiente.",
    ),
    BulkKind.DISCARD: BulkWords(
        "Descartar rechazados",
        "Descartar",
        "Nadie recibe esos avisos, y salen de lo pendiente. Quedan guardados con su estado, y cada uno se "
        "puede reintentar después. Lo que llegue mientras tanto no se toca.",
        "aviso rechazado",
        "avisos rechazados",
        "Solo se descarta lo que está pendiente.",
    ),
    BulkKind.PRINTED: BulkWords(
        "Marcar cartas como impresas",
        "Marcar como impresas",
        "Quedan como impresas, y ya no faltan por imprimir. Después se entregan o se envían por correo.",
        "carta",
        "cartas",
        "Solo se marca lo que está por imprimir.",
    ),
}
STATES_ES: Final[Mapping[str, str]] = {
    "running": "En curso",
    "done": "Terminada",
    "cancelled": "Detenida",
}
RESULTS_ES: Final[Mapping[str, str]] = {
    "done": "Hechos",
    "skipped": "Omitidos",
    "failed": "Fallidos",
    "waiting": "Sin hacer",
}
RESULT_COUNTS_ES: Final[Mapping[str, tuple[str, str]]] = {
    "done": ("hecho", "hechos"),
    "skipped": ("omitido", "omitidos"),
    "failed": ("fallido", "fallidos"),
}
"""Result → what stands behind a one, and behind any other number."""
SKIPPED_ES: Final[Mapping[str, str]] = {
    SkipReason.TOLD: "El aviso ya salió para la persona por otro medio, o está por salir",
    SkipReason.TOO_OLD: "Ya no sirve: pasó la hora del aviso",
    SkipReason.NO_CONTACT: "No tiene a dónde enviarse",
    SkipReason.CHANGED: "Ya no estaba así cuando le llegó el turno",
    SkipReason.SENDING: "Ya está saliendo",
    SkipReason.IN_DIGEST: "Va dentro de un resumen",
    SkipReason.WRONG_SENDER: "Se rechazó por quien lo envió: hay que mirarlo uno por uno",
    SkipReason.AGAIN: "Volvió a fallar mientras tanto",
    SkipReason.REFUSED: "La base de datos no lo acepta; la persona de sistemas puede ver por qué",
}


def known_words(reason: str) -> str:
    """Return the words of a reason that an address names; of any other text nothing."""
    return SKIPPED_ES.get(reason, "")


def skipped_words(reason: str) -> str:
    return SKIPPED_ES.get(reason, reason)
