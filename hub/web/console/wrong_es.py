"""Reasons why an administrator's change was refused, in Spanish; the exact words stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from hub.errors import (
    AnswerDue,
    ApproverNeeded,
    BeyondOwnRights,
    ChannelClosed,
    HandedToOneself,
    HeldByAnother,
    HubError,
    InvalidAccount,
    InvalidDocument,
    InvalidEvent,
    InvalidKey,
    InvalidSubscription,
    LastAdministrator,
    LateHour,
    NameTaken,
    NoApprover,
    NoPerson,
    NotJoined,
    NotSnoozed,
    NotSplit,
    NotWaiting,
    SamePerson,
    SeniorNeeded,
    UnknownAccount,
)
from hub.rendering.case_words_es import RESPOND_FIRST
from hub.web.responses import refusal_of

PAST_HOUR: Final = "Esa hora ya pasó: escoja otra, o «Al mandarla»."
_WORDS: Final[Mapping[type[HubError], str]] = MappingProxyType(
    {
        AnswerDue: RESPOND_FIRST,
        BeyondOwnRights: "Nadie da más de lo que puede. Pídalo a quien puede todo eso en el mismo lugar.",
        ChannelClosed: "Por ese canal no se le puede escribir ahora. Escoja otro: sus palabras siguen aquí.",
        HandedToOneself: "El caso no se entrega a uno mismo: asúmalo.",
        HeldByAnother: "Lo tiene {error.holder}. Si le corresponde a usted, tómelo de esa persona.",
        InvalidAccount: "Revise los campos: el usuario, el nombre, el cargo y la copropiedad.",
        InvalidDocument: "El archivo no se puede enviar: debe ser un PDF, PNG o JPEG completo y no muy "
        "grande. Un PDF firmado va solo.",
        InvalidKey: "Revise los campos: el nombre, lo que la llave abre, el origen y los avisos.",
        InvalidSubscription: "Revise la dirección y el origen.",
        LastAdministrator: "Es la última cuenta que administra toda la empresa: dé antes ese cargo a otra.",
        NotJoined: "Solo se unen casos de las mismas personas y copropiedad, sin respuesta definitiva.",
        NotSnoozed: "Escoja un día después de hoy, en menos de tres meses. Una emergencia no se pospone.",
        NotSplit: "Solo va aparte lo que alguien escribió aquí por otro asunto, y no en una emergencia.",
        NoApprover: "Nadie más la puede aprobar: otra persona necesita una cuenta unida a su ficha.",
        NoPerson: "Deciden dos personas, lo de un sistema también: una las cuentas a su ficha, en Cuentas.",
        ApproverNeeded: "A tantas personas, por otro canal, solo la manda quien puede aprobarla.",
        NotWaiting: "Ya no espera: alguien la decidió, cambió, o se le pasó el plazo.",
        SamePerson: "Quien la escribió o la mandó no la aprueba, tampoco con otra cuenta.",
        SeniorNeeded: "Con tantas personas la aprueba la coordinación o la gerencia de esas copropiedades.",
        NameTaken: "Ya hay una llave con ese nombre que sirve. Cámbiela, anúlela, o dé otro nombre.",
    }
)
REFUSED: Final = tuple(_WORDS)
"""The errors that a form of the administration catches and shows, with their exact words."""
_TYPED: Final[Mapping[type[HubError], str]] = MappingProxyType(
    {
        InvalidEvent: "Falta algo, o no cabe: revise lo que escribió.",
        LateHour: PAST_HOUR,
        UnknownAccount: "Esa persona ya no atiende esta copropiedad. Escoja a otra.",
    }
)
"""The same for forms that come back with what was typed, whatever refuses them."""
STATUSES_ES: Final[Mapping[int, tuple[str, str]]] = {
    400: (
        "No se entiende lo que pide la página",
        "Vuelva atrás, revise los campos e intente otra vez.",
    ),
    403: (
        "No tiene permiso para esto",
        "Pida a un administrador el cargo que lo permite, o cargue otra vez.",
    ),
    404: ("Aquí no hay nada", "Puede haberse borrado, o ser de una copropiedad que usted no ve."),
    409: (
        "Ya no se puede",
        "Alguien lo hizo antes, o cambió mientras tanto. Mire cómo está ahora.",
    ),
    413: ("Es demasiado de una vez", "Pida menos: un período más corto o un filtro más."),
}
"""Status → the fault, and its remedy."""
_AWAY: Final = ("Una parte del centro no responde", "Inténtelo de nuevo en unos segundos.")


class Wrong(NamedTuple):
    """`exact` are the words of the API."""

    words: str
    exact: str
    status: int


def wrong_of(error: HubError) -> Wrong:
    status, known = refusal_of(error).status, {**_WORDS, **_TYPED}
    said = next((known[kind].format(error=error) for kind in type(error).__mro__ if kind in known), "")
    return Wrong(said or ". ".join(STATUSES_ES.get(status, _AWAY)), str(error), status)
