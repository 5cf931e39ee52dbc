"""Flaws of the evidence, with their words in Spanish, and what a verification has counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.model.evidence import Seal


class Flaw(StrEnum):
    """A part of the evidence that does not fit."""

    CHANGED_ROW = "changed_row"
    MISSING_ROW = "missing_row"
    MISSING_MONTH = "missing_month"
    ADDED_ROW = "added_row"
    CHANGED_BYTES = "changed_bytes"
    CHANGED_SEAL = "changed_seal"
    BROKEN_LINK = "broken_link"
    MISSING_SEALS = "missing_seals"
    CHANGED_VERSION = "changed_version"
    MISSING_VERSION = "missing_version"
    UNKNOWN_HEAD = "unknown_head"
    WRONG_STAMP = "wrong_stamp"
    WRONG_STATE = "wrong_state"
    MISSING_BYTES = "missing_bytes"
    OTHER_WORDS = "other_words"


FLAWS_ES: Final[Mapping[Flaw, str]] = {
    Flaw.CHANGED_ROW: "Alguien cambió este intento después de sellado.",
    Flaw.MISSING_ROW: "Este intento está sellado y ya no está guardado.",
    Flaw.MISSING_MONTH: "Faltan filas de un mes que la retención todavía guarda",
    Flaw.ADDED_ROW: "Este intento no está en el sello de su minuto: alguien lo agregó después.",
    Flaw.CHANGED_BYTES: "Los bytes guardados no son los de la huella sellada.",
    Flaw.CHANGED_SEAL: "Alguien cambió este sello: su huella no sale de lo que dice.",
    Flaw.BROKEN_LINK: "Este sello no sigue al anterior: la cadena está rota aquí.",
    Flaw.MISSING_SEALS: "Faltan sellos antes de este.",
    Flaw.CHANGED_VERSION: "Alguien cambió esta versión de los textos.",
    Flaw.MISSING_VERSION: "Falta esta versión de los textos, y un mensaje sellado la nombra.",
    Flaw.UNKNOWN_HEAD: "Ningún sello tiene la huella que se dio: la cadena no es la de entonces.",
    Flaw.WRONG_STAMP: "La estampa de tiempo guardada no es de la huella de este sello.",
    Flaw.WRONG_STATE: "El estado del mensaje no es el que dicen sus intentos y finales sellados",
    Flaw.MISSING_BYTES: "Este mensaje legal salió, y ya no están los bytes que se guardaron de él.",
    Flaw.OTHER_WORDS: "Este mensaje, hecho de nuevo, no es el que salió.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that does not fit: of a seal, a message, one of its attempts (`at`), or a version."""

    flaw: Flaw
    seal: int | None = None
    minute: datetime | None = None
    message_id: UUID | None = None
    at: datetime | None = None
    version: str | None = None
    detail: str = ""

    @property
    def what(self) -> str:
        return f"{FLAWS_ES[self.flaw]}{self.detail}"


@dataclass(slots=True, kw_only=True)
class Verification:
    """
    The counts of a verification. `gone` are sealed rows of months that the retention has dropped.

    `erased` are legal messages without their bytes, because the data of the person were erased.
    """

    seals: int = 0
    messages: int = 0
    erased: int = 0
    stamps: int = 0
    rows: int = 0
    gone: int = 0
    head: Seal | None = None
    mismatches: list[Mismatch] = field(default_factory=list)
