"""The columns that a file may have: what each is called, and the other words for it that people write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.people.importing.folding import fold_heading


def _named(columns: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    return {fold_heading(word): column for column, aliases in columns.items() for word in (column, *aliases)}


_NAME: Final = (
    "nombres",
    "nombre completo",
    "nombres completos",
    "nombres y apellidos",
    "nombre y apellido",
    "nombre y apellidos",
    "apellidos y nombres",
    "nombre propietario",
    "nombre del propietario",
    "nombre de propietario",
    "nombres propietario",
    "nombre residente",
    "nombre del residente",
)
_DOCUMENT: Final = (
    "cedula",
    "cc",
    "c c",
    "nit",
    "c c nit",
    "cc nit",
    "cedula nit",
    "cedula o nit",
    "nit cc",
    "identificacion",
    "no identificacion",
    "numero de identificacion",
    "documento de identidad",
    "no documento",
    "numero de documento",
    "no cedula",
)
_EMAIL: Final = ("correo electronico", "email", "e mail", "mail", "correos", "correos electronicos")
_PHONE: Final = (
    "telefono",
    "telefonos",
    "movil",
    "tel",
    "telefono celular",
    "numero de celular",
    "numero celular",
    "no celular",
    "celulares",
    "whatsapp",
)
_SINCE: Final = ("fecha inicio", "fecha de inicio", "inicio", "fecha de ingreso", "fecha ingreso")
_UNTIL: Final = ("fecha fin", "fecha final", "fin", "fecha de salida", "fecha de retiro", "fecha hasta")
_LOCALE: Final = ("lengua", "locale")
_PLACE: Final = ("conjunto", "edificio", "propiedad horizontal", "ph", "p h")

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "copropiedad": _PLACE,
    "torre": ("bloque", "interior", "etapa", "manzana"),
    "piso": ("nivel",),
    "unidad": (
        "apartamento",
        "apto",
        "apt",
        "inmueble",
        "casa",
        "predio",
        "unidad privada",
        "numero de apartamento",
        "no apto",
        "no apartamento",
        "torre y apto",
        "torre apto",
        "apto torre",
        "torre y apartamento",
        "apartamento y torre",
    ),
    "coeficiente": ("coef", "coeficiente de copropiedad", "coeficiente %", "coeficientes", "% coeficiente"),
    "nombre": _NAME,
    "documento": _DOCUMENT,
    "correo": _EMAIL,
    "celular": _PHONE,
    "rol": ("calidad", "tipo", "roles", "tipo de persona", "relacion", "propietario o residente"),
    "desde": (*_SINCE, "fecha escritura", "fecha de escritura", "fecha de compra"),
    "hasta": _UNTIL,
    "acceso_digital": ("acceso digital", "digital", "medios electronicos", "acepta medios electronicos"),
    "idioma": _LOCALE,
}
"""Of a file of units and people."""
REQUIRED: Final = ("unidad", "nombre", "rol")

STAFF_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "copropiedad": (*_PLACE, "sede", "lugar", "donde"),
    "nombre": (*_NAME, "empleado", "funcionario", "colaborador"),
    "documento": _DOCUMENT,
    "correo": (*_EMAIL, "correo corporativo"),
    "celular": (*_PHONE, "celular corporativo"),
    "cargo": ("funcion", "cargo funcion", "oficio", "duty"),
    "nivel": ("nivel de escalamiento", "nivel escalamiento", "escalamiento", "level"),
    "area": ("area de servicio", "dependencia", "departamento"),
    "turno": ("turno 24 7", "24 7", "turno 24 horas", "disponibilidad", "disponibilidad 24 7", "on call"),
    "direccion": ("es direccion", "direccion de la empresa", "directivo"),
    "desde": _SINCE,
    "hasta": _UNTIL,
    "idioma": _LOCALE,
}
"""Of a file of the company's people."""
STAFF_REQUIRED: Final = ("nombre", "cargo")
SEVERAL: Final = frozenset({"correo", "celular"})
"""Columns that a file may have more than once: `CELULAR 1`, `CELULAR 2`."""

DUTIES: Final[Mapping[str, str]] = {
    "servicio al cliente": "service",
    "servicio": "service",
    "atencion al cliente": "service",
    "coordinacion": "coordinator",
    "coordinador": "coordinator",
    "coordinadora": "coordinator",
    "operaciones": "operations",
    "gerencia de operaciones": "operations",
    "gerente de operaciones": "operations",
    "gerencia": "management",
    "gerente": "management",
    "gerencia general": "management",
    "gerente general": "management",
    "mantenimiento": "maintenance",
    "porteria": "front_desk",
    "recepcion": "front_desk",
    "vigilancia": "front_desk",
    "turno": "on_call",
    "guardia": "on_call",
    "emergencias": "on_call",
    "proteccion de datos": "privacy_officer",
    "oficial de proteccion de datos": "privacy_officer",
    "administrador": "account_manager",
    "administradora": "account_manager",
    "administrador delegado": "account_manager",
    "ejecutivo de cuenta": "account_manager",
    "ejecutiva de cuenta": "account_manager",
    "sistemas": "ops",
    "operador del hub": "ops",
}
"""What people call a duty → the `duty` of a membership."""
DUTY_WORDS: Final = (
    "servicio al cliente, coordinación, operaciones, gerencia, mantenimiento, portería, turno, "
    "protección de datos, administrador o sistemas"
)
COMPANY: Final = frozenset({"empresa", "la empresa", "compania", "company", "todas"})
"""What stands in the column `copropiedad` for who works for all of them."""

ROLES: Final[Mapping[str, str]] = {
    "propietario": "owner",
    "propietaria": "owner",
    "prop": "owner",
    "propietario no residente": "owner",
    "propietario(a)": "owner",
    "dueno": "owner",
    "duena": "owner",
    "copropietario": "owner",
    "copropietaria": "owner",
    "residente": "resident",
    "habitante": "resident",
    "res": "resident",
    "ocupante": "resident",
    "arrendatario": "tenant",
    "arrendataria": "tenant",
    "arrendatario(a)": "tenant",
    "arr": "tenant",
    "arrend": "tenant",
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
OF_THE_WHOLE: Final = frozenset({"council", "auditor", "staff"})
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

NAMED: Final[Mapping[str, str]] = _named(COLUMNS)
STAFF_NAMED: Final[Mapping[str, str]] = _named(STAFF_COLUMNS)
