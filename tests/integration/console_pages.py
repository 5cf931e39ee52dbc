"""
Every page of the console in its states: section → name → path, in a hub of `console_hub.py`.

A new page needs a line here, and nothing else: axe-core, the keyboard, both schemes and both widths then
judge it, and `scripts/page_pictures.py` takes its pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "now": {
        "now": "/",
        "channels": "/channels",
    },
    "accounts": {
        "accounts": "/accounts",
        "account": "/accounts/MARK",
        "account-sure": "/accounts/MARK?sure=disable",
        "account-take": "/accounts/MARK?sure=take&office=viewer&place=ph-MARK",
        "keys": "/keys",
        "key": "/keys/other",
        "key-sure": "/keys/other?sure=true",
        "webhooks": "/webhooks",
        "webhooks-off": "/webhooks?off=urn:coproservicios:crm",
    },
    "audit": {
        "audit-person": "/audit?person=p-MARK",
        "audit": "/audit",
        "audit-none": "/audit?by=nosuch&since=2026-03-01&until=2026-03-31",
    },
    "dead": {
        "dead": "/dead",
        "dead-none": "/dead?reason=nosuch",
        "dead-letter": "/dead/DEAD",
    },
    "templates": {
        "templates": "/templates",
        "templates-hub": "/templates?group=own",
        "template-email": "/templates/pqrs.received",
        "template-sms": "/templates/pqrs.received?channel=sms",
        "template-print": "/templates/pqrs.received?channel=print&copropiedad=ph-MARK",
        "template-whatsapp": "/templates/pqrs.received?channel=whatsapp",
    },
    "messages": {
        "messages": "/messages",
        "messages-none": "/messages?person=nosuch",
        "messages-narrowed": "/messages?state=failed&channel=print",
    },
}
