"""Reach of an event in Spanish: how far it came to a person, or why nobody tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.model.reached import Reached

REACHED: Final[Mapping[Reached, str]] = {
    Reached.TOLD: "Sí, le llegó",
    Reached.SENT: "Se le envió; no consta que llegara",
    Reached.PENDING: "Todavía no",
    Reached.NOT_REACHED: "No",
}
"""How far an event has reached a person."""

NOT_TRIED: Final[Mapping[str | None, str]] = {
    "recalled": "No: el aviso se retiró antes de que saliera.",
    "withdrawn": "No: alguien del equipo lo canceló antes de que saliera.",
    "ended": "No hizo falta: lo que avisaba ya había terminado, o ya estaba pagado.",
    "over": "No hizo falta: el asunto se resolvió antes de que saliera.",
    "overtaken": "No hizo falta: otro aviso más nuevo del mismo caso lo reemplazó.",
    "repeated": "No se repitió: minutos antes se le había enviado lo mismo.",
    "reached": "No hizo falta: el aviso anterior sí le llegó.",
    "not_payer": "No era para esta persona: otra paga ahora esta cuenta.",
    "not_wanted": "No: la persona pidió no recibir estos mensajes.",
    "opted_out": "No: la persona pidió no recibir estos mensajes.",
    "complaint": "No: la persona marcó un mensaje como no deseado, y no se le envían más de estos.",
    "not_consented": "No: la persona no ha autorizado estos mensajes.",
    "do_not_contact": "No: está marcada para no contactarla, y no se le envió.",
    "excluded": "No: la persona inscribió su dato en el Registro de Números Excluidos.",
    "asked_lately": "No: la persona tiene otra encuesta reciente.",
    "not_asked": "No hizo falta: la encuesta que recuerda no se le envió.",
    "too_old": "No: el aviso llegó cuando ya no servía avisar.",
    "contact_limit": "No: la ley limita los contactos, y su turno no llegó a tiempo.",
    "late_letter": "No: una carta se habría leído después de la fecha.",
    "not_allowed_here": "No: el centro está en prueba, y la persona no está en su lista.",
    "erased": "No: la persona pidió suprimir sus datos.",
    "restored": "No: es anterior a la copia restaurada, y quizá ya había salido.",
}
"""
Reason of a message that nobody tried to send → what became of its event, by the first that holds.

Where another reason is among them something failed: `se le quiso avisar y no se pudo`.
"""
