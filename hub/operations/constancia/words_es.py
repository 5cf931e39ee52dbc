"""The fixed texts of a constancia."""

from __future__ import annotations

from typing import Final

README: Final = """\
CONSTANCIA

constancia.pdf   lo que pasó, para leer e imprimir
constancia.json  lo mismo, para programas, con la huella (SHA-256) de cada archivo
mensajes/        los bytes que salieron: los correos enteros (.eml) y los demás mensajes (.json)
sellos/          los sellos de los minutos en que se registró cada intento, en cadena
verificar.py     el programa que comprueba este archivo, sin conexión

Para comprobar: saque verificar.py y, con Python 3.11 y «pip install cryptography», corra
    python verificar.py constancia.zip --key HUELLA
con la huella de la llave, que la empresa publica o manda en su correo diario de sellos.
No descomprima el ZIP para volver a comprimirlo: la firma es sobre el archivo tal como se lo dieron.
"""


PROMISES_ARE_OF_CASES: Final = "Los plazos constan en la constancia de cada caso."


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


HOW: Final = _paragraphs("""
Esta hoja es parte de un archivo ZIP firmado. Lo que se comprueba es ese archivo, no una impresión.

El programa «verificar.py», que está dentro del ZIP, lo comprueba sin conexión: «python verificar.py
constancia.zip --key HUELLA». Basta un byte cambiado para que la firma no corresponda.

HUELLA es la de la llave con la que firma la empresa. Tómela de un correo diario de sellos o pídasela a la
empresa; si es otra, no firmó la empresa. La que dice esta hoja no basta: quien falsifica el archivo también
escribe la hoja.

Cada intento de envío está en el sello de su minuto, y cada sello lleva la huella del anterior. Quien
recibió el correo de sellos de ese día comprueba con «--head HUELLA» que la cadena es la de entonces.

Los bytes que salieron están en la carpeta «mensajes». Un correo se puede comparar con el que recibió la
persona, debajo de los encabezados que agregaron los servidores.
""")

PROVES: Final = _paragraphs("""
Qué se dijo en cada mensaje que aceptó un proveedor, a qué dirección y cuándo.

Por qué no se le avisó a alguien: cada mensaje que terminó sin salir tiene su motivo y su instante.

Que nada de eso se cambió, se quitó ni se agregó después de sellado el minuto, unos 75 segundos después de
que empezó.

Contra la propia empresa: lo anterior, para los días cuya huella salió a un tercero por correo o tiene
estampa de tiempo.
""")

PROVES_NOT: Final = _paragraphs("""
Que la persona lo leyó o lo recibió, cuando el proveedor no lo informa. Que un servidor de correo aceptó un
mensaje es su palabra de que lo tomó.

Qué hizo el proveedor con el mensaje: un SMS se prueba como se le entregó al operador.

Palabras que ningún proveedor aceptó: de un intento sin respuesta consta que se hizo, no lo que decía.

La hora exacta, sin una autoridad: los instantes son los del reloj de la base de datos. Una estampa de
tiempo prueba que lo sellado existía al terminar el día.

Lo que informaron otros sistemas, las respuestas de las personas, los plazos y las autorizaciones: constan
como están guardados hoy, y no están sellados.
""")
