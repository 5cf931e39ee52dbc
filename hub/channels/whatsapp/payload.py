"""
The body of a message to WhatsApp, and how its text is handed in for approval beforehand.

Outside of the 24 hours after a person's own message only templates may be sent that Meta has
approved, so that the hub always sends one: its name and the values of its gaps.
Source: Meta, Cloud API, "Template messages" with named parameters; Graph API,
`POST /{whatsapp-business-account-id}/message_templates`.
"""

from __future__ import annotations

import json
from typing import Any, Final

from hub.model import Outgoing, Rendered

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


def submission(body: str, example: Rendered) -> dict[str, Any]:
    """Make the request for one text; `body` has the gaps that `example` shows filled."""
    return {
        "name": example.template,
        "language": LANGUAGE,
        # What the hub says follows from something that the person asked for, lives in or owes.
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {
                "type": "BODY",
                "text": body,
                "example": {
                    "body_text_named_params": [
                        {"param_name": name, "example": value} for name, value in example.parameters
                    ]
                },
            }
        ],
    }
