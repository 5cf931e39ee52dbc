"""The columns that a file may have: what each is called, and the other words for it that people write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.importing.folding import fold

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "copropiedad": ("conjunto", "edificio", "propiedad horizontal", "ph"),
    "torre": ("bloque", "interior", "etapa", "manzana"),
    "piso": ("nivel",),
    "unidad": ("apartamento", "apto", "apt", "inmueble", "casa", "unidad privada", "numero de apartamento"),
    "coeficiente": ("coef", "coeficiente de copropiedad", "coeficiente %"),
    "nombre": (
        "nombres",
        "nombre completo",
        "nombres y apellidos",
        "nombre y apellido",
        "nombre y apellidos",
    ),
    "documento": ("cedula", "cc", "nit", "identificacion", "documento de identidad", "no documento"),
    "correo": ("correo electronico", "email", "e-mail", "mail", "correos"),
    "celular": ("telefono", "movil", "tel", "telefono celular", "numero de celular", "celulares", "whatsapp"),
    "rol": ("calidad", "tipo", "roles", "tipo de persona", "relacion"),
    "desde": ("fecha inicio", "fecha de inicio", "inicio", "fecha de ingreso", "fecha desde"),
    "hasta": ("fecha fin", "fecha final", "fin", "fecha de salida", "fecha hasta"),
    "acceso_digital": ("acceso digital", "digital", "medios electronicos", "acepta medios electronicos"),
    "idioma": ("lengua", "locale"),
}
REQUIRED: Final = ("unidad", "nombre", "rol")

ROLES: Final[Mapping[str, str]] = {
    "propietario": "owner",
    "propietaria": "owner",
    "dueno": "owner",
    "duena": "owner",
    "copropietario": "owner",
    "copropietaria": "owner",
    "residente": "resident",
    "habitante": "resident",
    "arrendatario": "tenant",
    "arrendataria": "tenant",
    "inquilino": "tenant",
    "inquilina": "tenant",
    "pagador": "payer",
    "pagadora": "payer",
    "responsable de pago": "payer",
    "consejo": "council",
    "consejero": "council",
    "consejera": "council",
    "miembro del consejo": "council",
    "revisor": "auditor",
    "revisora": "auditor",
    "revisor fiscal": "auditor",
    "revisora fiscal": "auditor",
    "apoderado": "proxy",
    "apoderada": "proxy",
}
ROLE_WORDS: Final[Mapping[str, str]] = {
    "owner": "propietario",
    "resident": "residente",
    "tenant": "arrendatario",
    "payer": "pagador",
    "council": "consejo",
    "auditor": "revisor",
    "proxy": "apoderado",
}
OF_THE_WHOLE: Final = frozenset({"council", "auditor"})
"""Roles that somebody has in a copropiedad, not in a unit."""

LOCALES: Final[Mapping[str, str]] = {
    "es": "es",
    "espanol": "es",
    "castellano": "es",
    "es-co": "es",
    "en": "en",
    "ingles": "en",
    "english": "en",
}
YES_NO: Final[Mapping[str, bool]] = {
    "si": True,
    "s": True,
    "x": True,
    "1": True,
    "verdadero": True,
    "true": True,
    "no": False,
    "n": False,
    "0": False,
    "falso": False,
    "false": False,
}

NAMED: Final[Mapping[str, str]] = {
    fold(word): column for column, aliases in COLUMNS.items() for word in (column, *aliases)
}
