"""Spanish labels of the hub's machine words. Only literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hub.rendering.titles_es import CLOCKS, EVENTS

MESSAGE_STATES: Final[Mapping[str, str]] = {
    "queued": "En cola",
    "sending": "Enviando",
    "sent": "Enviado",
    "waiting": "En su bandeja, sin leer",
    "delivered": "Entregado",
    "read": "Leído",
    "held": "En espera",
    "retrying": "Reintentando",
    "failed": "Fallido",
    "bounced": "Rebotado",
    "suppressed": "No se envía",
    "expired": "Vencido",
    "cancelled": "Cancelado",
}

CLOCK_STATES: Final[Mapping[str, str]] = {
    "open": "A tiempo",
    "at_risk": "En riesgo",
    "breached": "Incumplido",
    "met": "Cumplido",
    "cancelled": "Cancelado",
}

DEAD_STATES: Final[Mapping[str, str]] = {
    "open": "Pendiente",
    "replayed": "Reintentada",
    "discarded": "Descartada",
}

CHANNELS: Final[Mapping[str, str]] = {
    "email": "Correo",
    "sms": "SMS",
    "push": "Notificación móvil",
    "inbox": "Bandeja",
    "print": "Impreso",
    "whatsapp": "WhatsApp",
    "voice": "Llamada",
    "chat": "Chat del equipo",
}

OUTCOMES: Final[Mapping[str, str]] = {
    "accepted": "Aceptado por el proveedor",
    "transient": "No se pudo; se intenta de nuevo",
    "permanent": "Rechazado",
    "unknown": "Sin respuesta: pudo haber llegado",
    "sent": "El proveedor informa que lo envió",
    "delivered": "El proveedor informa que llegó",
    "read": "El proveedor informa que se leyó",
    "failed": "El proveedor informa que no llegó",
}

PURPOSES: Final[Mapping[str, str]] = {
    "emergency": "Emergencia",
    "legal": "Legal",
    "transactional": "Respuesta a un trámite",
    "service": "Servicio",
    "survey": "Encuesta",
    "collection": "Cobro",
    "commercial": "Comercial",
    "internal": "Equipo interno",
}

CONSENTS: Final[Mapping[str, str]] = {**PURPOSES, "data_treatment": "Tratamiento de datos personales"}
"""Purposes of consents."""

MODES: Final[Mapping[str, str]] = {
    "capture": "Captura: nadie real recibe mensajes",
    "allowlist": "Prueba: solo la lista autorizada recibe mensajes",
    "live": "En vivo",
}

REASONS: Final[Mapping[str, str]] = {
    # the hub's own
    "unknown_person": "La persona no está en el directorio",
    "no_contact": "La persona no tiene un dato de contacto que sirva para este canal",
    "stranger": "La persona no está en el directorio y no tiene bandeja",
    "not_configured": "El canal no está configurado",
    "broken": "El canal está averiado: de eso trata el aviso",
    "not_consented": "La persona no ha autorizado estos mensajes, o no por este canal",
    "not_allowed_here": "No está en la lista autorizada del modo de prueba",
    "scheduled": "Es un recordatorio; saldrá cuando llegue su hora",
    "paused": "Un operador tiene en pausa el canal o el evento; saldrá cuando lo reanude",
    "reached": "El aviso anterior sí le llegó; este ya no hacía falta",
    "over": "El asunto se resolvió antes de que este aviso saliera",
    "ended": "Lo que recordaba ya terminó; este ya no hacía falta",
    "too_old": "Llegó cuando ya no servía avisar",
    "gone": "El dato de contacto dejó de existir",
    "suppressed": "Un operador pidió no escribir a ese dato de contacto",
    "inline_not_allowed": "Este tipo de mensaje solo se envía a personas del directorio",
    "contact_hours": "Fuera del horario permitido; saldrá en la próxima franja",
    "working_hours": "Fuera de la jornada de trabajo de la persona; saldrá cuando empiece la próxima",
    "expired": "Se venció antes de poder enviarse",
    "template": "A la plantilla le falta un dato del evento",
    "channel_fault": "Falla interna del canal; el registro del hub dice cuál",
    "storage": "La base de datos no respondió",
    "storage_refused": "La base de datos no acepta el mensaje",
    "outbox": "No se pudo escribir el archivo",
    # any provider
    "timeout": "El proveedor no respondió a tiempo",
    "connect_timeout": "No se logró conexión con el proveedor a tiempo",
    "connect_failed": "No se pudo conectar con el proveedor",
    "connection_lost": "El proveedor cortó la conexión",
    "protocol": "El proveedor respondió algo que no se entiende",
    "provider_answer": "El proveedor respondió algo que no se entiende",
    "provider_auth": "El proveedor no acepta nuestras credenciales",
    "provider_tls": "La conexión segura con el proveedor falló",
    "provider_offers": "El servidor de correo no ofrece lo que se le pide",
    "provider_permission": "Nuestra cuenta no tiene permiso para enviar",
    "provider_project": "El proyecto del proveedor no existe",
    "provider_account": "Nuestra cuenta con el proveedor no está activa",
    "provider_sender": "El proveedor no acepta nuestro remitente",
    "provider_region": "Nuestra cuenta no puede enviar a ese país",
    "provider_trial": "Nuestra cuenta con el proveedor es de prueba",
    "provider_callback": "El proveedor no acepta nuestra dirección de avisos",
    "provider_payment": "El proveedor espera un pago nuestro",
    "provider_queue_full": "La cola del proveedor está llena",
    "provider_unknown": "El proveedor falló sin decir por qué",
    "rate_limited": "El proveedor pidió ir más despacio",
    "quota_exceeded": "El proveedor pidió ir más despacio",
    "unavailable": "El proveedor no está disponible",
    "internal": "El proveedor tiene una falla",
    "unspecified_error": "El proveedor falló sin decir por qué",
    "third_party_auth_error": "El proveedor no acepta nuestro certificado",
    # e-mail
    "bad_address": "La dirección no es válida",
    "smtputf8_unsupported": "El servidor de correo no admite tildes en la dirección",
    "too_large": "El mensaje es demasiado grande para el proveedor",
    # text messages
    "invalid_number": "El número no es válido",
    "unknown_number": "El número no existe",
    "not_mobile": "El número no recibe mensajes de texto",
    "premium_number": "El número es de tarifa especial",
    "unreachable_number": "No se puede enviar a ese número",
    "unreachable_handset": "El teléfono está apagado o sin señal",
    "blocked": "El operador bloqueó el mensaje",
    "filtered": "El operador filtró el mensaje",
    "opted_out": "La persona pidió no recibir mensajes",
    "empty_text": "El mensaje no tiene texto",
    "too_long": "El mensaje de texto es demasiado largo",
    "price_limit": "El mensaje supera el precio permitido",
    # WhatsApp
    "not_on_whatsapp": "El número no tiene WhatsApp o no puede recibir mensajes de empresas",
    "withheld": "WhatsApp decidió no entregarlo",
    "not_delivered_in_time": "WhatsApp no logró entregarlo a tiempo",
    "outside_window": "La persona no ha escrito en las últimas 24 horas",
    "quality_limited": "WhatsApp limita nuestros envíos porque se los marcó como no deseados",
    "template_not_approved": "WhatsApp no ha aprobado la plantilla",
    "template_parameters": "La plantilla aprobada tiene otros datos que la del hub",
    "template_policy": "La plantilla no cumple las reglas de WhatsApp",
    "template_paused": "WhatsApp pausó la plantilla",
    "template_disabled": "WhatsApp desactivó la plantilla",
    "template_syncing": "WhatsApp todavía no tiene lista la plantilla",
    # push
    "unregistered": "El dispositivo ya no tiene la aplicación",
    "sender_id_mismatch": "El dispositivo es de otra aplicación",
    "invalid_argument": "El proveedor no acepta el mensaje",
    "invalid_token": "El dispositivo no es válido",
}

REASON_STARTS: Final[Mapping[str, str]] = {
    "smtp_421": "El servidor de correo está ocupado; se reintenta",
    "smtp_45": "El servidor de correo pidió intentar más tarde",
    "smtp_4": "El servidor de correo no lo recibió por ahora",
    "smtp_552": "El buzón está lleno o el mensaje es demasiado grande",
    "smtp_550_5.1": "La dirección de correo no existe",
    "smtp_550": "El servidor de correo rechazó la dirección",
    "smtp_5": "El servidor de correo rechazó el mensaje",
    "twilio_": "El proveedor no acepta el mensaje",
    "whatsapp_": "WhatsApp no acepta el mensaje",
    "http_4": "El proveedor rechazó el mensaje",
    "http_5": "El proveedor tiene una falla",
}
"""Prefix of a reason with a code → label; the longest prefix wins."""

DEAD_REASONS: Final[tuple[tuple[str, str], ...]] = (
    (": required", "Falta un dato obligatorio"),
    ("type: unknown", "El hub no conoce este tipo de evento"),
    ("only the hub itself", "Solo el hub puede publicar este tipo de evento"),
    ("is the hub itself", "Se publicó en nombre del hub, que es otro"),
    ("this source is bound", "El origen es de otro usuario de RabbitMQ"),
    ("it came over HTTP", "Llegó por HTTP con una llave que no puede publicarlo"),
    ("for another source", "La llave es de otro origen"),
    ("not publish events of this type", "La llave no es para este tipo de evento"),
    ("the body: expected", "El contenido no es un evento en JSON"),
    ("content type:", "El tipo de contenido no es el de un evento"),
    ("data: expected", "Los datos del evento no tienen la forma esperada"),
    ("minutes from now", "La hora del evento está en el futuro"),
    ("more than", "El evento es demasiado grande"),
    (": expected", "Un dato no tiene la forma esperada"),
)
"""Part of a dead letter's reason → label; the first match wins. The page shows the exact reason below."""

UNREACHED: Final[Mapping[str, str]] = {
    "unknown_unit": "El directorio no tiene la unidad: corrija su código en el sistema de origen, o cárguela",
    "unknown_copropiedad": "El directorio no tiene la copropiedad: corrija su código, o cárguela",
    "unknown_person": "El directorio no tiene a la persona: corrija su código, o cárguela",
    "empty_audience": "Nadie del directorio recibe este aviso: revise quién vive o trabaja allí",
    "no_channel": "A alguien no lo alcanza ningún canal: avísele en persona, y registre su celular",
}
"""Why an event does not reach its whole audience, and what to do about it."""

LEVELS: Final[Mapping[str, str]] = {
    "1": "Servicio al cliente",
    "2": "Coordinación del área",
    "3": "Gerencia de operaciones",
    "4": "Gerencia general",
}
"""The escalation levels of the company's policy, 7.2."""

OFFICES: Final[Mapping[str, str]] = {
    "viewer": "Consulta",
    "operator": "Operación",
    "manager": "Gestión",
    "privacy_officer": "Protección de datos",
    "administrator": "Administración",
}

EVERYTHING: Final[Mapping[str, Any]] = {
    "messageStates": MESSAGE_STATES,
    "clockStates": CLOCK_STATES,
    "deadStates": DEAD_STATES,
    "channels": CHANNELS,
    "purposes": PURPOSES,
    "outcomes": OUTCOMES,
    "events": EVENTS,
    "clocks": CLOCKS,
    "reasons": REASONS,
    "reasonStarts": REASON_STARTS,
    "deadReasons": DEAD_REASONS,
    "unreached": UNREACHED,
    "levels": LEVELS,
}
"""The labels that the page receives as JSON."""
