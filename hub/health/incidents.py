"""
The kinds of incident of the hub itself: their symptoms, the channels they break, what to do. Pure.

Instants and ages come from the database's clock. The texts are for operators, in Spanish;
docs/operations/trouble.md has the same table.
"""

from __future__ import annotations

import re
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
        seen="La mitad de sus llamadas falla o tarda demasiado: se le deja descansar (`[breaker]`).",
        to_do="Mire `hub channel list` y el estado del proveedor; lo que espera: `hub deliveries`.",
        meanwhile="Los mensajes pasan al siguiente proveedor o esperan y se reintentan; ninguno se pierde.",
        silences=True,
    ),
    IncidentKind(
        name="document_host",
        title="{1} no entrega sus documentos",
        seen="La mitad de las llamadas a ese servidor falla o no termina a tiempo: se le deja descansar.",
        to_do="Avise a quien publica desde ese servidor; pruebe desde el del hub si responde.",
        meanwhile="Sus mensajes esperan `[documents] wait` y salen con el enlace; los demás salen igual.",
    ),
    IncidentKind(
        name="queue_age",
        title="La cola {2} de {1} está atrasada",
        seen="Su mensaje más antiguo espera más de lo que dice `[monitor] queue_max_age`.",
        to_do="Mire `hub channel list`; si ningún proveedor está averiado, arranque otro `hub run delivery`.",
        meanwhile="Los mensajes salen con retraso; los que se venzan antes quedan como vencidos.",
        silences=True,
    ),
    IncidentKind(
        name="unattended",
        title="Nadie atiende las colas de {1}",
        seen="Hay tickets o eventos listos en una cola que ningún proceso consume.",
        to_do="Arranque el papel que falta: `hub run intake` o `hub run delivery`.",
        meanwhile="Todo espera en RabbitMQ; este aviso también, si lo que falta es lo que lo envía.",
        twice=True,
    ),
    IncidentKind(
        name="dead_letters",
        title="Hay eventos que no se pudieron recibir",
        seen="Llegó un rechazado en la última hora, o los pendientes superan `[monitor] max_dead_letters`.",
        to_do="Mírelos con `hub dead list` y `hub dead show ID`; corregido el origen, `hub dead replay ID`.",
        meanwhile="De esos eventos no se avisa a nadie; se guardan enteros.",
    ),
    IncidentKind(
        name="impersonation",
        title="Alguien publica en nombre de otro",
        seen="En la última hora llegó un evento con un origen que no es de quien lo envió, como `urn:hub`.",
        to_do="Mírelo con `hub dead show ID`; si no es un error, cambie la clave o la llave del remitente.",
        meanwhile="No mueve relojes ni avisa a nadie; `hub dead replay --all` lo deja por fuera.",
    ),
    IncidentKind(
        name="auditor",
        title="El papel timers no trabaja",
        seen="Su última ronda completa es más vieja que `[monitor] audit_max_age`.",
        to_do="Arranque `hub run timers` y mire su registro.",
        meanwhile="No hay reintentos, recordatorios ni escalamientos; se recuperan al volver.",
    ),
    IncidentKind(
        name="balance",
        title="Queda poco saldo en {2} de {1}",
        seen="El saldo que dice el proveedor es menor que el suyo o el de `[monitor] min_balance`.",
        to_do="Recargue la cuenta del proveedor; `hub channel list` dice cuáles hay.",
        meanwhile="Los mensajes salen todavía; sin saldo se rechazan.",
        silences=True,
    ),
    IncidentKind(
        name="skew",
        title="Los relojes de {1} y {2} no coinciden",
        seen="Difieren en más de `[monitor] max_clock_skew`.",
        to_do="Revise la sincronización de la hora: `timedatectl status` en ambos equipos.",
        meanwhile="Los procesos usan la hora de PostgreSQL; las citas de Redis corren con la de Redis.",
    ),
    IncidentKind(
        name="topology",
        title="Faltó el camino de los eventos en RabbitMQ",
        seen="Faltaba un exchange, un enlace o una cola; el hub los declara de nuevo en segundos.",
        to_do="Pida a quienes publican que repitan lo de ese rato: lo ya conocido no cambia nada. "
        "Mire quién puede configurar: `rabbitmqctl list_permissions`.",
        meanwhile="Lo publicado en ese rato pudo confirmarse y perderse; lo de después llega.",
    ),
    IncidentKind(
        name="sender_rate",
        title="{2} publica demasiado en la cola {1}",
        seen="Publica más de lo que dice `[intake.rate]` o, si tiene límite propio, `[intake.senders]`.",
        to_do="Pregunte a ese sistema si es de verdad: entonces súbale el límite en `[intake.senders]`. "
        "Si no, quítele el permiso en RabbitMQ, o la llave con `hub keys revoke`.",
        meanwhile="Lo que sobra se recibe con menos prioridad; nada se pierde, y lo de los demás pasa antes.",
    ),
    IncidentKind(
        name="webhook",
        title="Un webhook quedó apagado",
        seen="Falló tres días seguidos, o su receptor pidió que no lo llamaran más.",
        to_do="Mire `hub webhooks list`; corregido el receptor, `hub webhooks on ID`, o bórrelo.",
        meanwhile="Lo que esperaba se guarda, lo nuevo para él no. A las personas se avisa igual.",
    ),
    IncidentKind(
        name="webhook_age",
        title="Los resultados de un webhook esperan demasiado",
        seen="Su evento más antiguo espera más de lo que dice `[monitor] webhook_max_age`.",
        to_do="Mire `hub webhooks list` y avise a quien opera el receptor; `hub webhooks test ID` lo prueba.",
        meanwhile="Todo se guarda y se reintenta; a los tres días se apaga. A las personas se avisa igual.",
    ),
    IncidentKind(
        name="exclusions",
        title="La lista de números excluidos se está venciendo",
        seen="La lista cargada del registro llega a la edad de `[exclusions] max_age`.",
        to_do="Descargue del registro la lista de hoy y cárguela con su fecha: "
        "`hub exclusions load ARCHIVO --date AAAA-MM-DD`.",
        meanwhile="La publicidad sale mientras la lista sirva; después espera. Lo demás sale igual.",
    ),
    IncidentKind(
        name="register",
        title="La publicidad espera la lista de números excluidos",
        seen="Hay mensajes comerciales en espera, y la lista del registro falta o está vieja.",
        to_do="Descargue del registro la lista de hoy y cárguela con su fecha: "
        "`hub exclusions load ARCHIVO --date AAAA-MM-DD`.",
        meanwhile="La ley no permite enviarlos sin mirar la lista. Con una nueva salen solos, o se vencen.",
    ),
    IncidentKind(
        name="unknown_codes",
        title="Muchos comprueban mensajes que no son nuestros",
        seen="En una hora se comprobaron más códigos errados que `[monitor] max_unknown_codes`.",
        to_do="Pregunte en recepción y cartelera si circula un mensaje falso; avise a los residentes.",
        meanwhile="A quien comprueba se le dice que ese código no es nuestro, y cómo llamar a la empresa.",
    ),
    IncidentKind(
        name="unrecognised",
        title="Varias personas no reconocen un mensaje nuestro",
        seen="En una hora se reportaron más mensajes que `[monitor] max_unrecognised`.",
        to_do="Mire los avisos de cada uno y `hub genuine CODIGO`: quizá un envío fue a quien no era.",
        meanwhile="Los mensajes siguen saliendo; si el envío está mal, deténgalo con `hub pause EVENTO`.",
    ),
    IncidentKind(
        name="server",
        title="No responde {1}",
        seen="No contesta a un saludo. De PostgreSQL solo hablan el registro y el latido que falta.",
        to_do="Mire `hub check` y encienda el servidor.",
        meanwhile="Sin Redis todo sigue desde SQL; sin RabbitMQ nada sale y este aviso llega tarde.",
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
    Lane.URGENT: "urgente",
    Lane.NORMAL: "normal",
    Lane.BULK: "masiva",
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
            "to_do": _quoted(kind.to_do),
            "meanwhile": kind.meanwhile,
        }
    return {**data, "until": (incident.resolved_at or incident.since).isoformat()}


def _quoted(words: str) -> str:
    """Put commands in «quotes», as a letter does: event data is not Markdown."""
    return re.sub(r"`([^`]*)`", r"«\1»", words)
