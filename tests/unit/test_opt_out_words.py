from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from hub.contact_rules.opt_out_words import Command, OptWish, command
from hub.inbound.mail.quoting import LONGEST

OUT = Command(OptWish.OUT, alone=True)
BACK = Command(OptWish.BACK, alone=True)
AMONG_OTHERS = Command(OptWish.OUT, alone=False)
VECTORS = Path(__file__).parents[1] / "vectors/twilio_signature.json"


@pytest.mark.parametrize(
    "text",
    [
        "SALIR",
        "salir",
        " Cancelar. ",
        "¡BAJA!",
        "Alto, por favor",
        "stop",
        "SÁLIR",
        "«Salir»",
        "ＢＡＪＡ",
        "baja\nbaja",
        "Baja, gracias",
        "SALIR\n\nEl lun, 9 mar 2026 a las 8:05, Coproservicios escribió:\n> Recibimos su queja",
        "Baja\n-- \nMaría Peña\nCalle 1",
        "BAJA\n\nEnviado desde mi iPhone",
        "Salir por favor\n\nObtener Outlook para Android<https://aka.ms/x>",
        "Cancelar\n________________________________\nDe: Coproservicios",
        "STOP por favor",
        "unsubscribe",
        "Unsubscribe, please",
        "STOPALL",
        "Hola. Baja, por favor",
    ],
)
def test_opt_out_word_alone_revokes_the_consent(text: str) -> None:
    assert OUT == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "No me escriban más: BAJA",
        "no me escriban mas",
        "Por favor no me escriban más.",
        "No me escriba más, gracias",
        "Quiero darme de baja",
        "Buenas tardes. Quisiera darme de baja, por favor.",
        "me quiero dar de baja",
        "Denme de baja",
        "Solicito que me den de baja de la lista de correos",
        "Quiero darme de baja de sus\nmensajes comerciales",
        "no me envíen más publicidad",
        "No me envien mas correos!!",
        "No me manden más mensajes",
        "no más publicidad",
        "NO MAS SPAM",
        "No quiero recibir más publicidad",
        "No quiero más encuestas",
        "ya no quiero recibir mensajes",
        "No deseo que me escriban más",
        "Dejen de enviarme publicidad",
        "Dejen de escribirme por favor",
        "No vuelvan a escribirme",
        "No autorizo el envío de publicidad",
        "Retírenme de la lista de difusión",
        "Cancelen mi suscripción",
        "Desuscribirme",
        "Hola, no me envíen más propaganda. Muchas gracias.\n\nEnviado desde mi iPhone",
        "stop writing to me",
        "Please stop texting me",
        "Stop sending me emails",
        "don't contact me",
        "Don’t contact me again!",
        "Do not send me any more messages",
        "do not send me",
        "Please don't send me surveys",
        "remove me",
        "Remove me from your mailing list",
        "take me off this list, thanks",
        "I want to unsubscribe",
        "Please unsubscribe me from these emails",
        "opt out",
        "No more ads please",
        "I don't want to receive any more emails",
        "I do not want to hear from you again",
        "Hello, cancel my subscription",
        "No envíen más publicidad",
        "No enviar más mensajes",
        "no enviar publicidad",
        "No escribir más",
        "No molestar más",
        "No me envíen nada más",
        "No quiero recibir nada más",
        "No quiero que me vuelvan a escribir",
        "Cancelar suscripción",
        "me quiero desuscribir",
        "Nada de publicidad",
        "No acepto publicidad",
        "STOP ALL",
    ],
)
def test_phrase_that_says_no_revokes_the_consent_and_nobody_need_read_it(text: str) -> None:
    """Ley 2300 de 2023, art. 5, and Ley 1581 de 2012, art. 8 (e): an easy way, in any words."""
    assert OUT == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quiero darme de baja\nMaría Peña\nApto 301",
        "Quiero darme de baja María Peña apto 301",
        "No me escriban más. ¿Quién les dio mi número?",
        "Ya pagué la cuota. No me envíen más publicidad.",
        "¿Cómo me doy de baja?",
        "No me llamen más",
        "No me llamen más, estoy en una reunión",
        "No me llamen. Estoy cansada de sus mensajes",
        "No me envíen publicidad, estoy en una reunión",
        "No me escriban más a este número",
        "no me escriban más por WhatsApp",
        "Eliminen mi correo de su base de datos",
        "Revoco mi autorización para recibir publicidad",
        "Déjenme en paz",
        "Stop calling me",
        "Don't send me ads. How did you get my number?",
        "I withdraw my consent",
        "No más llamadas",
        "No quiero recibir más llamadas",
        "Quiero dar de baja mi correo",
        "Salir de la lista",
        "Remove my email from your list",
    ],
)
def test_phrase_among_other_words_revokes_the_consent_and_is_read_by_staff(text: str) -> None:
    assert AMONG_OTHERS == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "no me den de baja el servicio",
        "No me den de baja",
        "No quiero darme de baja",
        "¿cuándo dan de baja el ascensor?",
        "Quiero darme de baja del gimnasio",
        "Quiero dar de baja el parqueadero",
        "¿Ya dieron de baja al antiguo inquilino?",
        "La administración da de baja los extintores",
        "no me envíen la factura por correo",
        "No me envíen más facturas",
        "No me envíen el domiciliario sin avisar",
        "No me enviaron la encuesta",
        "No me escribieron ayer",
        "No me llamaron",
        "No me escriban antes de las 8",
        "no me escriban hoy, estoy de viaje",
        "No me llamen al trabajo",
        "No me llamen por favor, estoy en una reunión",
        "No me llamen, estoy ocupada. Escríbanme",
        "Estoy manejando, no me escriban por favor",
        "No me contacten: ando de viaje. Más tarde les respondo",
        "Don't call me, I'm in a meeting",
        "No me escriban a mi correo viejo sino al nuevo",
        "Nadie me escribe",
        "No quiero recibir el paquete",
        "No recibí mensajes",
        "No quiero recibir más mensajes como este: https://hub.example.co/unsubscribe/1",
        "Si no quiere recibir más encuestas, responda a este correo con la palabra SALIR.",
        "Responda BAJA a este mensaje y no le enviamos más.",
        "No hay más agua",
        "Retiro la autorización de ingreso de mi empleada",
        "Sáquenme de aquí",
        "Quiten el carro de mi parqueadero",
        "Cancelen mi cita",
        "Dejen de hacer ruido",
        "Don't send me the invoice by post",
        "Do not contact me before nine",
        "Please stop the water leak",
        "stop by my apartment",
        "Remove me as emergency contact",
        "Take me off the waiting list for parking",
        "The lift did not stop",
        "I don't want to pay this",
        "No more water in the building",
        "No hay agua desde ayer. Nada de información.",
        "Nada de correos",
        "No acepto ofertas",
        "No molesten a los vecinos",
        "No envíen la factura",
        "No mande más al plomero",
        "Dar de baja mi contrato",
        "Salir de la reunión",
        "Baja de la lista de espera",
        "No más llamadas a la portería",
        "stop all work",
    ],
)
def test_sentence_about_something_else_revokes_nothing(text: str) -> None:
    assert command(text) is None


@pytest.mark.parametrize("text", ["no quiero ", "no me envien mas mas ", "baja. ", "a\n\n"])
def test_long_text_takes_no_time(text: str) -> None:
    """A mail of 20,000 characters is the longest that is read (`hub.inbound.mail.quoting`)."""
    began = time.process_time()
    command(text * (LONGEST // len(text)))

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["INICIAR", "alta", "Start.", "Iniciar, por favor"])
def test_opt_in_word_alone_restores_the_consent(text: str) -> None:
    assert BACK == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "BAJA, señor: ¿me retiran?",
        "Alto: hay una fuga en el piso 3",
        "¡Salir! Ya.",
        "BAJA\nMaría Peña\nApto 101",
        "\nSalir por favor\n\nGracias, María",
    ],
)
def test_sentence_with_opening_opt_out_word_is_also_read_by_staff(text: str) -> None:
    assert AMONG_OTHERS == command(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "por favor",
        "Quiero cancelar mi cita",
        "La presión está baja.",
        "Alto riesgo en el piso 3",
        "baja presión en el grifo, gracias",
        "no puedo salir",
        "Alta, pero después",
        "salirse",
        "> SALIR",
        "Enviado desde mi iPhone",
        "Alta\nMaría Peña",
        "No puedo\nsalir",
        "🙂",
    ],
)
def test_sentence_that_only_contains_the_word_is_ordinary(text: str) -> None:
    assert command(text) is None


def test_text_of_twilios_published_vectors_revokes_the_consent() -> None:
    rows = {row["id"]: row for row in json.loads(VECTORS.read_text())["rows"]}

    assert AMONG_OTHERS == command(rows["inbound_baja_utf8"]["params"]["Body"])
