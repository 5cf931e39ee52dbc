"""
Spanish words of people in lists and tables: their contacts, the messages that they may get, the reasons why
they were left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONTACT_KINDS: Final[Mapping[str, str]] = {
    "email": "Correo",
    "phone": "Celular o teléfono",
    "push": "Aplicación",
}
CONTACT_STATES: Final[Mapping[str, str]] = {
    "works": "Sirve",
    "unverified": "Sin verificar",
    "suppressed": "No se usa",
}
FORECASTS: Final[Mapping[str, str]] = {"yes": "Sí", "later": "Más tarde", "no": "No"}
"""Whether the hub may write now."""
WHY_NOT: Final[Mapping[str, str]] = {
    "no_contact": "sin contacto",
    "not_mobile": "no es celular",
    "not_consented": "no lo autorizó",
    "not_wanted": "no lo quiere",
    "do_not_contact": "está marcada",
    "opted_out": "pidió no recibir",
    "complaint": "se quejó",
    "quiet_hours": "pidió silencio",
    "contact_hours": "fuera de horario",
    "working_hours": "fuera de jornada",
    "suppressed": "pedimos no usarlo",
    "gone": "ya no existe",
}
"""Reason → two words for a table; the others are said whole."""
WHY_NOBODY: Final[Mapping[str, str]] = {
    "quiet": "Quien lo publicó pidió registrarlo sin avisar a nadie.",
    "condition": "No se cumplía la condición para avisar a un grupo.",
    "waiting": "Falta saber quién es la persona del caso.",
    "expanding": "Todavía se está preparando: faltan personas.",
    "nobody": "El directorio no tiene a nadie en un grupo.",
}
"""Why an audience has nobody, or not everybody."""
LEFT_OUT: Final[Mapping[str, str]] = {
    "on_leave": "Estaba en licencia o vacaciones; le avisaron a quien la reemplaza",
    "not_opted_in": "No había autorizado recibir esto",
    "told_by_another_audience": "Ya le llegaba por otro grupo del mismo aviso",
}
"""Why a person of an audience was left out."""
