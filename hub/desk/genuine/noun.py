"""Codes that people read to staff: their read, as the doors have it."""

from __future__ import annotations

from typing import Final

from hub.desk.genuine import acts
from hub.doors.act import Noun, Read
from hub.errors import UnknownCode

NOUN: Final = Noun(
    name="genuine",
    one="message",
    audited={
        "genuine.look": "Verificó el código de un mensaje",
    },
    reads=(Read(acts.show_genuine, "/genuine/{code}", refuses=(UnknownCode,), command=""),),
)
