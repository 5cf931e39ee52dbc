"""
The body of a WhatsApp message, and the request to approve its template.

Outside of the 24 hours after a person's own message Meta allows only approved templates. So the hub sends a
template: its name and the values of its parameters. Only what somebody of the staff writes within these
hours is a text of its own.
Source: Meta, Cloud API, "Template messages" with named parameters, "Text messages"; Graph API,
`POST /{whatsapp-business-account-id}/message_templates`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from hub.model import Outgoing, Rendered
from hub.policy.residents import BUTTON

LONGEST_TEXT: Final = 4096
"""Characters of a text that is no template."""
_CODES: Final = {"es": "es_CO"}
"""Language → the exact code of its approved translation: Meta answers any other with 132001."""

_BUTTONS: Final = {"en": "See this message"}


def encode(outgoing: Outgoing) -> bytes:
    return json.dumps(_message(outgoing), ensure_ascii=False).encode()


def _message(outgoing: Outgoing) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": outgoing.message.address.removeprefix("+"),
        **_said(outgoing.rendered),
        # Meta returns it in every status of this message, so that a receipt carries our own id.
        "biz_opaque_callback_data": str(outgoing.message.id),
    }


def _said(rendered: Rendered) -> dict[str, Any]:
    if not rendered.template:
        return {"type": "text", "text": {"preview_url": False, "body": rendered.text[:LONGEST_TEXT]}}
    return {
        "type": "template",
        "template": {
            "name": rendered.template,
            "language": {"code": _code(rendered)},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "parameter_name": name, "text": value}
                        for name, value in rendered.parameters
                    ],
                },
                *_button(rendered),
            ],
        },
    }


def _code(rendered: Rendered) -> str:
    return _CODES.get(rendered.language, rendered.language)


def _button(rendered: Rendered) -> Iterator[dict[str, Any]]:
    """Yield what completes the address of the template's button: its gap has a number, also among names."""
    if rendered.button:
        end = {"type": "text", "text": rendered.button}
        yield {"type": "button", "sub_type": "url", "index": "0", "parameters": [end]}


def submission(body: str, example: Rendered, *, page: str = "") -> dict[str, Any]:
    """
    Make the approval request of one template; `example` has sample values for the gaps of `body`.

    `page` is the address that its button opens, up to the end that each message has of its own.
    """
    return {
        "name": example.template,
        "language": _code(example),
        # UTILITY: every message concerns something that the person asked for, lives in or owes.
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
            },
            *_asked_button(example, page),
        ],
    }


def _asked_button(example: Rendered, page: str) -> Iterator[dict[str, Any]]:
    if example.button:
        example_url = f"{page}{example.button}"
        text = _BUTTONS.get(example.language, BUTTON)
        button = {"type": "URL", "text": text, "url": f"{page}{{{{1}}}}", "example": [example_url]}
        yield {"type": "BUTTONS", "buttons": [button]}
