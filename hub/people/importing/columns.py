"""The columns of a file: their names, and the aliases that people write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from hub.people.importing.folding import fold_heading

T = TypeVar("T")


def _meanings(words: Mapping[T, str]) -> Mapping[str, T]:
    return {word: meaning for meaning, aliases in words.items() for word in aliases.split(", ")}


def _named(columns: Mapping[str, str]) -> Mapping[str, str]:
    named = {column: f"{column}, {aliases}" for column, aliases in columns.items()}
    return {fold_heading(word): column for word, column in _meanings(named).items()}


_NAME: Final = (
    "nombres, nombre completo, nombres completos, nombres y apellidos, nombre y apellido, "
    "nombre y apellidos, apellidos y nombres, nombre propietario, nombre del propietario, "
    "nombre de propietario, nombres propietario, nombre residente, nombre del residente"
)
_DOCUMENT: Final = (
    "cedula, cc, c c, nit, c c nit, cc nit, cedula nit, cedula o nit, nit cc, identificacion, "
    "no identificacion, numero de identificacion, documento de identidad, no documento, "
    "numero de documento, no cedula"
)
_EMAIL: Final = "correo electronico, email, e mail, mail, correos, correos electronicos"
_PHONE: Final = (
    "telefono, telefonos, movil, tel, telefono celular, numero de celular, numero celular, no celular, "
    "celulares, whatsapp"
)
_SINCE: Final = "fecha inicio, fecha de inicio, inicio, fecha de ingreso, fecha ingreso"
_UNTIL: Final = "fecha fin, fecha final, fin, fecha de salida, fecha de retiro, fecha hasta"
_LOCALE: Final = "lengua, locale"
_PLACE: Final = "conjunto, edificio, propiedad horizontal, ph, p h"

COLUMNS: Final[Mapping[str, str]] = {
    "copropiedad": _PLACE,
    "torre": "bloque, interior, etapa, manzana",
    "piso": "nivel",
    "unidad": (
        "apartamento, apto, apt, inmueble, casa, predio, unidad privada, numero de apartamento, no apto, "
        "no apartamento, torre y apto, torre apto, apto torre, torre y apartamento, apartamento y torre"
    ),
    "coeficiente": "coef, coeficiente de copropiedad, coeficiente %, coeficientes, % coeficiente",
    "nombre": _NAME,
    "documento": _DOCUMENT,
    "correo": _EMAIL,
    "celular": _PHONE,
    "rol": "calidad, tipo, roles, tipo de persona, relacion, propietario o residente",
    "desde": f"{_SINCE}, fecha escritura, fecha de escritura, fecha de compra",
    "hasta": _UNTIL,
    "acceso_digital": "acceso digital, digital, medios electronicos, acepta medios electronicos",
    "letra_grande": "letra grande, impresion en letra grande, macrotipo",
    "idioma": _LOCALE,
}
"""Columns of a file of units and people, each with its other names."""
REQUIRED: Final = ("unidad", "nombre", "rol")

STAFF_COLUMNS: Final[Mapping[str, str]] = {
    "copropiedad": f"{_PLACE}, sede, lugar, donde",
    "nombre": f"{_NAME}, empleado, funcionario, colaborador",
    "documento": _DOCUMENT,
    "correo": f"{_EMAIL}, correo corporativo",
    "celular": f"{_PHONE}, celular corporativo",
    "cargo": "funcion, cargo funcion, oficio, duty",
    "nivel": "nivel de escalamiento, nivel escalamiento, escalamiento, level",
    "area": "area de servicio, dependencia, departamento",
    "turno": "turno 24 7, 24 7, turno 24 horas, disponibilidad, disponibilidad 24 7, on call",
    "direccion": "es direccion, direccion de la empresa, directivo",
    "desde": _SINCE,
    "hasta": _UNTIL,
    "idioma": _LOCALE,
}
"""Columns of a file of staff."""
STAFF_REQUIRED: Final = ("nombre", "cargo")
SEVERAL: Final = frozenset({"correo", "celular"})
"""Columns that a file may have more than once: `CELULAR 1`, `CELULAR 2`."""

DUTIES: Final[Mapping[str, str]] = _meanings(
    {
        "service": "servicio al cliente, servicio, atencion al cliente",
        "coordinator": "coordinacion, coordinador, coordinadora",
        "operations": "operaciones, gerencia de operaciones, gerente de operaciones",
        "management": "gerencia, gerente, gerencia general, gerente general",
        "maintenance": "mantenimiento",
        "front_desk": "porteria, recepcion, vigilancia",
        "on_call": "turno, guardia, emergencias",
        "privacy_officer": "proteccion de datos, oficial de proteccion de datos",
        "account_manager": (
            "administrador, administradora, administrador delegado, ejecutivo de cuenta, ejecutiva de cuenta"
        ),
        "ops": "sistemas, operador del hub",
    }
)
"""Word for a duty → the `duty` of a membership."""
DUTY_WORDS: Final = (
    "servicio al cliente, coordinación, operaciones, gerencia, mantenimiento, portería, turno, "
    "protección de datos, administrador o sistemas"
)
COMPANY: Final = frozenset({"empresa", "la empresa", "compania", "company", "todas"})
"""Values of the column `copropiedad` for people who work for all of them."""

ROLES: Final[Mapping[str, str]] = _meanings(
    {
        "owner": (
            "propietario, propietaria, prop, propietario no residente, propietario(a), dueno, duena, "
            "copropietario, copropietaria"
        ),
        "resident": "residente, habitante, res, ocupante",
        "tenant": "arrendatario, arrendataria, arrendatario(a), arr, arrend, inquilino, inquilina",
        "payer": "pagador, pagadora, responsable de pago",
        "council": "consejo, consejero, consejera, miembro del consejo",
        "auditor": "revisor, revisora, revisor fiscal, revisora fiscal",
        "proxy": "apoderado, apoderada",
    }
)
ROLE_WORDS: Final[Mapping[str, str]] = {
    "owner": "propietario",
    "resident": "residente",
    "tenant": "arrendatario",
    "payer": "pagador",
    "council": "consejo",
    "auditor": "revisor",
    "proxy": "apoderado",
}
ROLE_CHOICES: Final = "propietario, residente, arrendatario, pagador, consejo, revisor o apoderado"
OF_THE_WHOLE: Final = frozenset({"council", "auditor", "staff"})
"""Roles in a copropiedad, not in a unit."""

LOCALES: Final = _meanings({"es": "es, espanol, castellano, es-co", "en": "en, ingles, english"})
YES_NO: Final = _meanings({True: "si, s, x, 1, verdadero, true", False: "no, n, 0, falso, false"})

NAMED: Final[Mapping[str, str]] = _named(COLUMNS)
STAFF_NAMED: Final[Mapping[str, str]] = _named(STAFF_COLUMNS)
