"""
How a text is handed in for approval.

Source: Meta, Graph API, `POST /{whatsapp-business-account-id}/message_templates`.
"""

from __future__ import annotations

from typing import Any

from hub.channels.whatsapp.payload import LANGUAGE
from hub.model import Rendered


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
