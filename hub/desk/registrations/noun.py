"""Registrations: their list, reads and act, as the doors have them; the form has a page of its own."""

from __future__ import annotations

from typing import Final

from hub.desk.registrations import acts
from hub.desk.registrations.rows import RegisterBody, RegistrationRow
from hub.doors.act import OPERATE, Act, List, Noun, Read
from hub.errors import InvalidDocument, InvalidEvent, NoSuch

PATH: Final = "/registrations"
ONE: Final = f"{PATH}/{{id}}"
_RECEIPT: Final = Read(
    acts.print_receipt, f"{ONE}/receipt", label="Comprobante en PDF", command="", needs=OPERATE
)

NOUN: Final = Noun(
    name="registrations",
    one=acts.REGISTRATION,
    audited={"registration.add": "Registró lo que alguien dijo, pidió o trajo"},
    lists=(
        List(
            acts.list_registrations,
            PATH,
            row=RegistrationRow,
            title="Registros",
            empty="Nada con esos filtros. Lo que llega por teléfono o en persona va por Registrar.",
            file="registros",
            section="/cases",
            lines=("at", "radicado", "kind", "copropiedad", "id"),
        ),
    ),
    reads=(
        Read(acts.show_registration, ONE, command="show", section="/cases", saves={"pdf": _RECEIPT}),
        Read(acts.find_alike, f"{PATH}/alike", command="", needs=OPERATE),
        _RECEIPT,
    ),
    acts=(
        Act(
            acts.register,
            PATH,
            command="register",
            status=201,
            done="Quedó registrado, y sale el aviso a quien le toca.",
            refuses=(InvalidEvent, InvalidDocument, NoSuch),
            says=lambda done: f"{done.radicado}  {done.id}",
        ),
    ),
    examples={
        RegisterBody: {
            "kind": "pqrs",
            "ref": "p-maria-pena",
            "copropiedad": "ph-altos-del-rosal",
            "data": {"kind": "queja", "subject": "El ascensor de la torre 1 se queda entre pisos"},
        }
    },
)
