"""
The kinds of incident of the hub itself: their symptoms, the channels they break, what to do. Pure.

Instants and ages come from the database's clock. The texts are for staff that runs no command, in Spanish;
docs/operations/trouble.md has the same table, and the commands for whoever runs the hub.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hub.model import (
    Event,
    Incident,
    Json,
    Lane,
    Symptom,
    own_event,
)
from hub.policy.intake import ANONYMOUS

BEGAN: Final = "hub.trouble.began"
ENDED: Final = "hub.trouble.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentKind:
    """
    One kind of incident. `title` names the parts of its key by number: `circuit:sms:twilio` → {1}, {2}.

    `silences`: the key's first part is a channel, which must not carry messages about the incident.
    `twice`: the symptom counts only if seen twice in a row, because a start or a restart looks like it.
    """

    name: str
    title: str
    seen: str
    to_do: str
    meanwhile: str
    silences: bool = False
    twice: bool = False


KINDS: Final[tuple[IncidentKind, ...]] = (
    IncidentKind(
        name="circuit",
        title="El proveedor {2} de {1} está fallando",
        seen="La mitad de sus llamadas falla o tarda demasiado: se le deja descansar.",
        to_do="Mire en Canales desde cuándo, y llame al proveedor; si dura, pida que pongan otro.",
        meanwhile="Los mensajes pasan al siguiente proveedor o esperan y se reintentan; ninguno se pierde.",
        silences=True,
    ),
    IncidentKind(
        name="document_host",
        title="{1} no entrega sus documentos",
        seen="La mitad de las llamadas a ese servidor falla o no termina a tiempo: se le deja descansar.",
        to_do="Avise a quien publica desde ese servidor: sus documentos no se pueden descargar.",
        meanwhile="Sus mensajes esperan un rato y salen con el enlace; los demás salen igual.",
    ),
    IncidentKind(
        name="queue_age",
        title="Los mensajes {2} de {1} están atrasados",
        seen="El más antiguo de los que están por salir espera más de lo permitido.",
        to_do="Mire en Canales si un proveedor falla o está en pausa; si no, avise a la persona de sistemas.",
        meanwhile="Los mensajes salen con retraso; los que se venzan antes quedan como vencidos.",
        silences=True,
    ),
    IncidentKind(
        name="unattended",
        title="No trabaja {1}",
        seen="Hay avisos o mensajes listos, y ninguna máquina los toma.",
        to_do="Avise ya a la persona de sistemas: debe arrancar esa parte.",
        meanwhile="Todo espera y nada se pierde; este aviso también, si lo que falta es lo que lo envía.",
        twice=True,
    ),
    IncidentKind(
        name="dead_letters",
        title="Hay avisos de otros sistemas que no se pudieron recibir",
        seen="Llegó un rechazado en la última hora, o hay demasiados pendientes.",
        to_do="Mírelos en Rechazados: ahí dice qué tiene mal cada uno, y se corrige.",
        meanwhile="De ellos no se le avisa a nadie; se guardan enteros.",
    ),
    IncidentKind(
        name="impersonation",
        title="Alguien publica en nombre de otro",
        seen="En la última hora llegó un aviso en nombre de un sistema que no es el que lo envió.",
        to_do="Mírelo en Rechazados; si no es un error, pida a la persona de sistemas que cambie la llave.",
        meanwhile="No mueve plazos ni le avisa a nadie, y no se puede reintentar con los demás.",
    ),
    IncidentKind(
        name="auditor",
        title="No trabajan los plazos y los recordatorios",
        seen="Hace demasiado que no terminan una ronda.",
        to_do="Avise ya a la persona de sistemas: debe arrancar esa parte.",
        meanwhile="No hay reintentos, recordatorios ni escalamientos; se recuperan al volver.",
    ),
    IncidentKind(
        name="balance",
        title="Queda poco saldo en {2} de {1}",
        seen="El saldo que dice el proveedor es menor que el mínimo acordado.",
        to_do="Recargue la cuenta del proveedor; Canales dice cuáles hay.",
        meanwhile="Los mensajes salen todavía; sin saldo se rechazan.",
        silences=True,
    ),
    IncidentKind(
        name="skew",
        title="Los relojes de {1} y {2} no coinciden",
        seen="Sus horas difieren en más de lo permitido.",
        to_do="Avise a la persona de sistemas: debe poner en hora los dos equipos.",
        meanwhile="Se usa la hora de la base de datos; lo programado puede correrse esos segundos.",
    ),
    IncidentKind(
        name="topology",
        title="Se interrumpió la entrada de los avisos",
        seen="Faltaba una parte del camino por el que llegan; el centro la repone en segundos.",
        to_do="Pida a quienes publican que repitan lo de ese rato: lo ya conocido no cambia nada. "
        "Avise a la persona de sistemas: alguien pudo borrarla.",
        meanwhile="Lo publicado en ese rato pudo confirmarse y perderse; lo de después llega.",
    ),
    IncidentKind(
        name="sender_rate",
        title="{2} publica demasiados avisos {1}",
        seen="Publica más de lo permitido a todos o, si tiene un límite propio, más que ese.",
        to_do="Pregunte a ese sistema si es de verdad: entonces pida que le suban el límite. "
        "Si no, pida a la persona de sistemas que le quite la llave.",
        meanwhile="Lo que sobra se recibe con menos prioridad; nada se pierde, y lo de los demás pasa antes.",
    ),
    IncidentKind(
        name="webhook",
        title="Un sistema dejó de recibir los resultados",
        seen="Falló tres días seguidos, o pidió que no lo llamaran más.",
        to_do="Avise a quien opera ese sistema; cuando lo corrija, enciéndalo en Cuentas y llaves.",
        meanwhile="Lo que esperaba se guarda, lo nuevo para él no. A las personas se avisa igual.",
    ),
    IncidentKind(
        name="webhook_age",
        title="Los resultados para un sistema esperan demasiado",
        seen="El más antiguo de los que le faltan espera más de lo permitido.",
        to_do="Avise a quien opera ese sistema; en Cuentas y llaves se le envía una prueba.",
        meanwhile="Todo se guarda y se reintenta; a los tres días se apaga. A las personas se avisa igual.",
    ),
    IncidentKind(
        name="exclusions",
        title="La lista de números excluidos se está venciendo",
        seen="La lista cargada del registro llega a la edad que la ley acepta.",
        to_do="Descargue del registro la lista de hoy, y pida a la persona de sistemas que la cargue.",
        meanwhile="La publicidad sale mientras la lista sirva; después espera. Lo demás sale igual.",
    ),
    IncidentKind(
        name="register",
        title="La publicidad espera la lista de números excluidos",
        seen="Hay mensajes comerciales en espera, y la lista del registro falta o está vieja.",
        to_do="Descargue del registro la lista de hoy, y pida a la persona de sistemas que la cargue.",
        meanwhile="La ley no permite enviarlos sin mirar la lista. Con una nueva salen solos, o se vencen.",
    ),
    IncidentKind(
        name="unknown_codes",
        title="Muchos comprueban mensajes que no son nuestros",
        seen="En una hora se comprobaron demasiados códigos que no son nuestros.",
        to_do="Pregunte en recepción y cartelera si circula un mensaje falso; avise a los residentes.",
        meanwhile="A quien comprueba se le dice que ese código no es nuestro, y cómo llamar a la empresa.",
    ),
    IncidentKind(
        name="unrecognised",
        title="Varias personas no reconocen un mensaje nuestro",
        seen="En una hora se reportaron demasiados mensajes.",
        to_do="Llame a cada una y mire su mensaje: quizá un envío fue a quien no era.",
        meanwhile="Los mensajes siguen saliendo; si el envío está mal, ponga ese aviso en pausa en Canales.",
    ),
    IncidentKind(
        name="server",
        title="No responde {1}",
        seen="No contesta a un saludo.",
        to_do="Avise ya a la persona de sistemas: debe encender ese servidor.",
        meanwhile="Sin Redis todo sigue, más despacio; sin RabbitMQ nada sale y este aviso llega tarde.",
        twice=True,
    ),
)

BY_KIND: Final[Mapping[str, IncidentKind]] = MappingProxyType({kind.name: kind for kind in KINDS})

_CHANNELS: Final[Mapping[str, str]] = {
    "email": "correo",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "push": "notificaciones",
    "inbox": "bandeja",
}
_WORDS: Final[Mapping[str, str]] = {
    **_CHANNELS,
    "postgresql": "PostgreSQL",
    "redis": "Redis",
    "rabbitmq": "RabbitMQ",
    Lane.URGENT: "urgentes",
    Lane.NORMAL: "normales",
    Lane.BULK: "masivos",
    "intake": "la entrada de los avisos",
    "delivery": "el envío de los mensajes",
    ANONYMOUS: "Quien no da su nombre",
}


def known(found: Iterable[Incident]) -> list[Incident]:
    """Leave out the incidents of kinds that only an older or newer hub knows: that hub reports them."""
    return [incident for incident in found if incident.key.partition(":")[0] in BY_KIND]


def kind_of(key: str) -> IncidentKind:
    return BY_KIND[key.partition(":")[0]]


def confirmed(symptoms: Iterable[Symptom], before: Collection[str]) -> list[Symptom]:
    """Return the symptoms that count; `before` has the keys of the previous pass."""
    return [symptom for symptom in symptoms if symptom.key in before or not kind_of(symptom.key).twice]


def title_of(key: str) -> str:
    """Return the incident's title, one line in Spanish."""
    title = kind_of(key).title
    parts = key.split(":", title.count("{"))  # what is last may have colons of its own
    return title.format(*(_WORDS.get(part, part) for part in parts))


def avoided_channels(key: str) -> list[str]:
    """Return the channels that the incident breaks, which must not carry messages about it."""
    return [key.split(":")[1]] if kind_of(key).silences else []


def event_of(incident: Incident, *, now: datetime) -> Event:
    """
    Make the event that an incident began or, once its begin was published, that it is over.

    The event's id is made from the incident's key and begin: a repeat after a crash is a duplicate.
    """
    name = BEGAN if incident.told_at is None else ENDED
    at = incident.since if name == BEGAN else incident.resolved_at or incident.since
    return own_event(
        name,
        f"{incident.key}@{incident.since.isoformat()}:{name.rpartition('.')[2]}",
        # The event does not choose its recipients; an intake of before still requires the field.
        {**_data(incident, name), "notify": []},
        # The database's clock may be ahead, which is an incident too; intake refuses future times.
        time=min(at, now),
    )


def _data(incident: Incident, name: str) -> dict[str, Json]:
    kind = kind_of(incident.key)
    data = {
        "trouble_id": f"{incident.key}@{incident.since.isoformat()}",
        "kind": kind.name,
        "key": incident.key,
        "title": title_of(incident.key),
        "since": incident.since.isoformat(),
        "avoid": avoided_channels(incident.key),
    }
    if name == BEGAN:
        return {
            **data,
            "measured": incident.measured,
            "to_do": kind.to_do,
            "meanwhile": kind.meanwhile,
        }
    return {**data, "until": (incident.resolved_at or incident.since).isoformat()}
