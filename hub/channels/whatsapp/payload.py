"""
The body of a message to WhatsApp.

Outside of the 24 hours after a person's own message only templates may be sent that Meta has
approved, so that the hub always sends one: its name and the values of its gaps.
Source: Meta, Cloud API, "Template messages" with named parameters.
"""

from __future__ import annotations

import json
from typing import Any, Final

from hub.model import Outgoing

LANGUAGE: Final = "es_CO"
"""The code of the approved translation, exactly: any other answers 132001."""


def encode(outgoing: Outgoing) -> bytes:
    return json.dumps(_message(outgoing), ensure_ascii=False).encode()


def _message(outgoing: Outgoing) -> dict[str, Any]:
    rendered = outgoing.rendered
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": outgoing.message.address.removeprefix("+"),
        "type": "template",
        "template": {
            "name": rendered.template,
            "language": {"code": LANGUAGE},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "parameter_name": name, "text": value}
                        for name, value in rendered.parameters
                    ],
                }
            ],
        },
        # Every status of this message gives it back, so that a receipt finds it by our own id.
        "biz_opaque_callback_data": str(outgoing.message.id),
    }
